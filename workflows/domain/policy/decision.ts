/** The procedure's decision tree: may the machine go on alone, and where does the state come from? */
import type { Cause } from '../crash/cause/cause.js';
import type { RecoveryPolicy } from './policy.js';
import { counted } from '../content/counted.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../numbers/durations.js';

export interface CheckpointCandidate {
  name: string;
  valid: boolean;
  ageMs: number | null;
  sequence: number | null;
  errors: string[];
  warnings: string[];
  /** Of its header, where that is proven. */
  epoch?: number;
  instanceId?: string;
  /** Why it does not fit the crash, or the others: people are asked before it is used. */
  doubts?: string[];
  /** Its name and its header do not agree, in words. */
  strange?: string;
  /** Taken after the crash was noticed. */
  late?: true;
}

export type Autonomy = { kind: 'automatic' } | { kind: 'ask'; reasons: string[] };

export type StateSource =
  /** `sequence`: the highest seen, so that the recovered checkpoint goes on from there. */
  | { kind: 'checkpoint'; name: string; ageMs: number; why: string; sequence: number }
  | { kind: 'exchanges'; why: string; sequence: number };

export interface SafetyFacts {
  crashCount: number;
  /** How often the same bug has struck within the policy's time; 0 where no signature tells it. */
  sameBug: number;
  cause: Cause;
  /** Newest first, by what is in them. */
  checkpoints: CheckpointCandidate[];
}

export function decideAutonomy(facts: SafetyFacts, policy: RecoveryPolicy): Autonomy {
  const reasons = [
    ...(facts.crashCount > policy.crashLoop.maxCrashes
      ? [
          `repeated crashes: ${facts.crashCount} in ${policy.crashLoop.windowMs / 1000} s ` +
            `(limit ${policy.crashLoop.maxCrashes})`,
        ]
      : []),
    ...sameBugAgain(facts.sameBug, policy),
    ...(policy.automaticCauses.includes(facts.cause) ? [] : [`cause: ${facts.cause}`]),
    ...checkpointDoubts(facts.checkpoints, policy),
  ];
  return reasons.length === 0 ? { kind: 'automatic' } : { kind: 'ask', reasons };
}

/** It strikes too rarely for a crash loop, and will again. */
function sameBugAgain(times: number, { crashLoop }: RecoveryPolicy): string[] {
  const { maxSameBug, sameBugMs } = crashLoop;
  if (times === 0 || times <= maxSameBug) return [];
  return [`the same bug: ${times} times in ${spanOf(sameBugMs)} (limit ${maxSameBug})`];
}

/** In what it comes out round in, or nearly. */
function spanOf(ms: number): string {
  if (ms < 2 * HOUR_MS) return counted(Math.ceil(ms / MINUTE_MS), 'minute');
  return ms < 2 * DAY_MS
    ? counted(Math.round(ms / HOUR_MS), 'hour')
    : counted(Math.round(ms / DAY_MS), 'day');
}

/** Why policy asks a person before a state is taken from these; newest first. */
export function checkpointDoubts(
  checkpoints: readonly CheckpointCandidate[],
  { checkpoint: { onCorrupt, onMissing } }: RecoveryPolicy,
): string[] {
  const newest = checkpoints[0];
  const best = checkpoints.find(({ valid }) => valid);
  return [
    ...(newest?.valid === false && onCorrupt === 'ask'
      ? [`the newest checkpoint ${newest.name} is corrupt: ${newest.errors.join('; ')}`]
      : []),
    ...(best?.doubts ?? []).map((doubt) => `the checkpoint ${best?.name} does not fit: ${doubt}`),
    ...(onMissing === 'ask' && best === undefined
      ? ['no valid checkpoint: orders in flight and the risk state cannot be known']
      : []),
  ];
}

/** As they are known after some of them did not load, whatever their inspection had said. */
export function withUnusable(
  checkpoints: readonly CheckpointCandidate[],
  unusable: readonly CheckpointCandidate[],
): CheckpointCandidate[] {
  const names = new Set(unusable.map(({ name }) => name));
  return [...unusable, ...checkpoints.filter(({ name }) => !names.has(name))];
}

/**
 * Fresh and valid: the checkpoint. Otherwise a valid one that is stale or older than a corrupt one
 * still serves, because the venues' fills since then are applied to it. Without any: the exchanges.
 */
export function chooseStateSource(
  checkpoints: readonly CheckpointCandidate[],
  policy: RecoveryPolicy,
): StateSource {
  const sequence = Math.max(0, ...checkpoints.map((candidate) => candidate.sequence ?? 0));
  const best = checkpoints.find(({ valid }) => valid);
  if (best === undefined) {
    const why = checkpoints.length === 0 ? 'there is no checkpoint' : 'no checkpoint is valid';
    return { kind: 'exchanges', why, sequence };
  }
  const ageMs = best.ageMs ?? 0;
  const isFresh = ageMs < policy.checkpoint.freshMs && best.late !== true;
  const others = checkpoints.filter((one) => one !== best);
  const why = [describeChoice(best === checkpoints[0], isFresh), ...strangers(others)].join('; ');
  return { kind: 'checkpoint', name: best.name, ageMs, why, sequence };
}

function strangers(others: readonly CheckpointCandidate[]): string[] {
  return others.flatMap(({ name, strange }) =>
    strange === undefined ? [] : [`${name} is strange: ${strange}`],
  );
}

function describeChoice(newest: boolean, fresh: boolean): string {
  if (!newest) return 'the newest is corrupt; this is the previous good one';
  return fresh ? 'fresh and valid' : 'valid but not fresh: fills since then are applied';
}
