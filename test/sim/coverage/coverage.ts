/**
 * How often each path was taken, over simulations and processes.
 *
 * Invariant: the words come from the closed lists of the domain, so that what was never reached is seen; it is
 * counted, never sampled.
 */
import { GateKind } from '../../../workflows/domain/content/gate-kind.js';
import { RESOLUTIONS } from '../../../workflows/domain/orders/resolution.js';
import { Verdict } from '../../../workflows/domain/reconciliation/line.js';
import {
  STEPS,
  type GateRecord,
  type RecoveryRecord,
  type StepRecord,
} from '../../../workflows/domain/record.js';
import { FAULT_KINDS, isAtFailpoint, MISHAPS, POINTS, type Fault } from '../faults/plan.js';
import { STEP_ACTIVITIES } from '../faults/failpoints.js';
import type { Facts } from '../oracle/facts.js';

const OUTCOMES = ['recovered', 'halted', 'cancelled', 'running'] as const;
const GATE_ENDS = ['approved', 'rejected', 'expired', 'withdrawn', 'open'] as const;
/** `waiting`: it has waited for people meanwhile. */
const STEP_ENDS = ['done', 'failed', 'waiting'] as const;

/** What is counted, and all words that can be. */
const COUNTED = {
  outcome: OUTCOMES,
  step: STEPS.flatMap((step) => STEP_ENDS.map((end) => `${step} ${end}`)),
  gate: GateKind.options,
  'gate end': GATE_ENDS,
  resolution: RESOLUTIONS,
  verdict: Verdict.options,
  fault: FAULT_KINDS,
  failpoint: Object.values(STEP_ACTIVITIES).flatMap((activity) =>
    POINTS.flatMap((point) => MISHAPS.map((mishap) => `${activity} ${point} ${mishap}`)),
  ),
} as const satisfies Record<string, readonly string[]>;

type Counter = keyof typeof COUNTED;

const ASKS_NOBODY = 'nothing in this step asks people';

/** What the product cannot come to, and why; what is reached all the same is named. */
export const UNREACHABLE: Partial<Record<Counter, Readonly<Record<string, string>>>> = {
  step: {
    'contain waiting': ASKS_NOBODY,
    'analyse waiting': ASKS_NOBODY,
    'after waiting': ASKS_NOBODY,
    'after failed': 'what fails in it is told and passed over, and no cancellation comes to it',
  },
};

/** Of each counter, how often each word; words that were never reached are missing. */
export type Coverage = Partial<Record<Counter, Record<string, number>>>;

export function coverageOf({ incidents, fates, verdicts, happened }: Facts): Coverage {
  const gates = incidents.flatMap((record) => record.gates);
  return {
    outcome: countOf(incidents.map(({ outcome }) => outcome)),
    step: countOf(incidents.flatMap(stepEnds)),
    gate: countOf(gates.map(({ kind }) => kind)),
    'gate end': countOf(gates.map(({ outcome }) => outcome)),
    resolution: countOf(fates.map(({ told }) => told)),
    verdict: { ...verdicts },
    fault: countOf(happened.map(({ kind }) => kind)),
    failpoint: countOf(happened.flatMap(failpointOf)),
  };
}

function stepEnds({ steps, gates }: RecoveryRecord): string[] {
  const ended = steps.filter(({ status }) => status === 'done' || status === 'failed');
  return [
    ...ended.map(({ name, status }) => `${name} ${status}`),
    ...gates.flatMap((gate) => waitingStep(gate, steps)),
  ];
}

/** The manual checklist is asked about between two attempts. */
function waitingStep({ kind, openedAtMs }: GateRecord, steps: readonly StepRecord[]): string[] {
  if (kind === 'manual_recovery') return [];
  const step = steps.findLast(
    ({ startedAtMs, endedAtMs }) =>
      startedAtMs <= openedAtMs && (endedAtMs ?? Infinity) >= openedAtMs,
  );
  return step === undefined ? [] : [`${step.name} waiting`];
}

function failpointOf(fault: Fault): string[] {
  if (!isAtFailpoint(fault)) return [];
  const word = `${fault.at.of} ${fault.at.point} ${fault.kind}`;
  return COUNTED.failpoint.includes(word) ? [word] : [];
}

function countOf(words: readonly string[]): Record<string, number> {
  return merged(words.map((word) => ({ [word]: 1 })));
}

function merged(counts: readonly Record<string, number>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const each of counts) {
    for (const [word, count] of Object.entries(each)) sum[word] = (sum[word] ?? 0) + count;
  }
  return sum;
}

export function together(coverages: readonly Coverage[]): Coverage {
  const names = Object.keys(COUNTED) as Counter[];
  return Object.fromEntries(
    names.map((name) => [name, merged(coverages.map((each) => each[name] ?? {}))]),
  );
}

/** Of each counter: how many of its words were reached, how often each, which were below `often`, and which never. */
export function coverageLines(coverage: Coverage, often = 0): string[] {
  return (Object.keys(COUNTED) as Counter[]).flatMap((name) => {
    const counts = coverage[name] ?? {};
    const all: readonly string[] = COUNTED[name];
    const impossible = Object.keys(UNREACHABLE[name] ?? {});
    const words = all.filter((word) => !impossible.includes(word));
    const reached = words.filter((word) => (counts[word] ?? 0) > 0);
    const never = words.filter((word) => !reached.includes(word));
    const seldom = reached.filter((word) => (counts[word] ?? 0) < often);
    const strange = impossible.filter((word) => (counts[word] ?? 0) > 0);
    return [
      `${name}: ${reached.length} of ${words.length} reached`,
      ...(reached.length === 0 ? [] : [`  ${reachedWords(name, counts, reached)}`]),
      ...(seldom.length === 0 ? [] : [`  below ${often}: ${namedWords(seldom)}`]),
      ...(never.length === 0 ? [] : [`  never: ${namedWords(never)}`]),
      ...(strange.length === 0
        ? []
        : [`  reached, and named as unreachable: ${strange.join(', ')}`]),
    ];
  });
}

const MOST_NAMED = 24;

function namedWords(words: string[]): string {
  const more = words.length - MOST_NAMED;
  return `${words.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function reachedWords(name: Counter, counts: Record<string, number>, words: string[]): string {
  if (name !== 'failpoint') return words.map((word) => `${word} ${counts[word]}`).join(', ');
  const least = Math.min(...words.map((word) => counts[word] ?? 0));
  return `the least often ${least} times`;
}
