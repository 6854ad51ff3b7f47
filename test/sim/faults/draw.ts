/**
 * Faults by a seed: which kinds a seed has at all, then which of them, and where.
 *
 * Invariants: each kind draws from a stream of its own, so that leaving one out moves no other; a kind is on in
 * about a third of the seeds, because all at once hide each other.
 */
import { randomOf, type Random } from '../time/random.js';
import { failpointPlan } from './failpoints.js';
import { FAULT_KINDS, POINTS, type Fault, type FaultKind, type Place, type Plan } from './plan.js';

export const MIXES = ['none', 'light', 'harsh', 'failpoints'] as const;
export type Mix = (typeof MIXES)[number];

/** What a level can do: of each kind that it knows, which of it (one empty word where there is one only). */
export interface Repertoire {
  kinds: Partial<Record<FaultKind, readonly string[]>>;
  /** At which something may happen: what each incident comes to, and what only some do. */
  usual: readonly string[];
  others: readonly string[];
  /** What activities do, one by one; missing where a level does not tell. */
  ports?: readonly string[];
  /** Of virtual time, in which the moments of an incident are interesting. */
  lastsMs: number;
}

interface Range {
  places: 'failpoints' | 'moments' | 'questions' | 'ports';
  lowMs: number;
  highMs: number;
}

/** It is there from the beginning. */
const FOUND: Range = { places: 'moments', lowMs: 0, highMs: 0 };

/** In milliseconds of virtual time; a crash is short, because who is started anew is there soon. */
const RANGES: Record<FaultKind, Range> = {
  crash: { places: 'failpoints', lowMs: 200, highMs: 20_000 },
  stop_and_wake: { places: 'failpoints', lowMs: 2_000, highMs: 90_000 },
  executed_and_timed_out: { places: 'failpoints', lowMs: 0, highMs: 0 },
  engine_death: { places: 'failpoints', lowMs: 0, highMs: 3_000 },
  activity_fails: { places: 'failpoints', lowMs: 0, highMs: 2_000 },
  cut_off: { places: 'moments', lowMs: 500, highMs: 30_000 },
  report_twice: { places: 'moments', lowMs: 0, highMs: 0 },
  situation: FOUND,
  person: { places: 'questions', lowMs: 0, highMs: 3_000 },
  operator: { places: 'moments', lowMs: 0, highMs: 5_000 },
  engine_hangs: { places: 'failpoints', lowMs: 5_000, highMs: 60_000 },
  venue: { places: 'moments', lowMs: 500, highMs: 40_000 },
  books: FOUND,
  checks: FOUND,
  rules: FOUND,
  power_cut: { places: 'moments', lowMs: 500, highMs: 30_000 },
  at_port: { places: 'ports', lowMs: 200, highMs: 70_000 },
  more: { places: 'moments', lowMs: 0, highMs: 0 },
  clock: { places: 'moments', lowMs: 500, highMs: 120_000 },
  upgrade: { places: 'moments', lowMs: 0, highMs: 0 },
  accounts: FOUND,
};

const ON = 0.35;
const USUAL = 0.8;
const MOST: Record<'light' | 'harsh', number> = { light: 1, harsh: 3 };
/** The first is the one that most simulations come to. */
const ATTEMPTS = [1, 1, 1, 2, 2, 3];
/** Nobody answers at a port. */
const AROUND = ['before_effect', 'after_effect'] as const;
/** Few come to a third question. */
const QUESTIONS = [1, 1, 1, 2, 2, 3];

export function drawPlan(seed: string, mix: Mix, repertoire: Repertoire): Plan {
  if (mix === 'none') return [];
  if (mix === 'failpoints') return failpointPlan(Number(seed));
  return FAULT_KINDS.flatMap((kind) => drawKind(seed, { kind, most: MOST[mix] }, repertoire));
}

function drawKind(
  seed: string,
  { kind, most }: { kind: FaultKind; most: number },
  repertoire: Repertoire,
): Fault[] {
  const { kinds } = repertoire;
  const whats = kinds[kind];
  if (whats === undefined || randomOf(seed, `is ${kind} on`).next() >= ON) return [];
  const random = randomOf(seed, `faults: ${kind}`);
  const { places, lowMs, highMs } = RANGES[kind];
  return Array.from({ length: random.between(1, most) }, () => ({
    kind,
    at: drawPlace(places, random, repertoire),
    ms: random.between(lowMs, highMs),
    what: random.of(whats),
  }));
}

function drawPlace(
  places: Range['places'],
  random: Random,
  { usual, others, ports = [], lastsMs }: Repertoire,
): Place {
  if (places === 'moments') return { afterMs: random.between(0, lastsMs) };
  if (places === 'questions') return { question: random.of(QUESTIONS) };
  if (places === 'ports') {
    return { of: random.of(ports), nth: random.of(ATTEMPTS), point: random.of(AROUND) };
  }
  return {
    of: random.of(random.next() < USUAL ? usual : others),
    nth: random.of(ATTEMPTS),
    point: random.of(POINTS),
  };
}
