/**
 * What goes wrong in one simulation, as data: it can be printed, kept with a seed, made shorter, and run again.
 *
 * Invariants: a plan is JSON; a fault that never finds its place does nothing; what a fault does stands in the
 * level that it is run at, and what it may be in the table of kinds.
 */
import { z } from 'zod';

/** Of an attempt at an activity: the places at which at-least-once delivery shows. */
export const POINTS = ['before_effect', 'after_effect', 'before_answer', 'after_answer'] as const;
export type Point = (typeof POINTS)[number];

/** What may befall a process there. */
export const MISHAPS = ['crash', 'stop_and_wake', 'executed_and_timed_out'] as const;
export type Mishap = (typeof MISHAPS)[number];

/** What an incident is about from its beginning: found at the death, in the books, at the checks, in the rules. */
export const FOUND_KINDS = ['situation', 'books', 'checks', 'rules'] as const;

/** Each of them is on or off for a whole seed. */
export const FAULT_KINDS = [
  ...MISHAPS,
  'engine_death',
  'activity_fails',
  'cut_off',
  'report_twice',
  'situation',
  'person',
  'operator',
  'engine_hangs',
  'venue',
  'books',
  'checks',
  'rules',
  'power_cut',
  'at_port',
  'more',
  'clock',
  'upgrade',
  'accounts',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

const Failpoint = z.strictObject({
  /** An activity, or a port that activities work on, as `port:fence.raise`. */
  of: z.string(),
  /** Attempts at it are counted from 1, over the whole simulation. */
  nth: z.int().min(1),
  point: z.enum(POINTS),
});
export type Failpoint = z.infer<typeof Failpoint>;

/** At a point of an attempt; so long after the first crash; or at the n-th question to people. */
const Place = z.union([
  Failpoint,
  z.strictObject({ afterMs: z.int().min(0) }),
  z.strictObject({ question: z.int().min(1) }),
]);
export type Place = z.infer<typeof Place>;

/** `ms`: how long it lasts, or how late it is; `what`: which of several, empty where there is one. */
export const Fault = z.strictObject({
  kind: z.enum(FAULT_KINDS),
  at: Place,
  ms: z.int().min(0),
  what: z.string(),
});
export type Fault = z.infer<typeof Fault>;

export const Plan = z.array(Fault);
export type Plan = readonly Fault[];

export function isAtFailpoint(fault: Fault): fault is Fault & { at: Failpoint } {
  return 'of' in fault.at;
}

/** At one thing that an activity does, as `port:fence.raise`. */
export function isAtPort(fault: Fault): fault is Fault & { at: Failpoint } {
  return fault.kind === 'at_port' && isAtFailpoint(fault);
}

/** Added for planted bugs: at one moment or two at once, and what accounts, orders and figures are like. */
const MORE_FOUND: readonly FaultKind[] = ['more', 'accounts'];

/** What the incident is about, which happens at no moment. */
export function isFound({ kind }: Fault): boolean {
  return MORE_FOUND.includes(kind) || FOUND_KINDS.some((each) => each === kind);
}

/** One line of a story. */
export function faultWords({ kind, at, ms, what }: Fault): string {
  const named = [kind, what].filter(Boolean).join(' ').replaceAll('_', ' ');
  return `${named} ${placeWords(at)}${ms === 0 ? '' : `, ${ms} ms`}`;
}

function placeWords(at: Place): string {
  if ('question' in at) return `at question ${at.question}`;
  if ('afterMs' in at) return `${at.afterMs} ms after the crash`;
  return `${at.point.replace('_', ' ')} of ${at.of} ${at.nth}`;
}
