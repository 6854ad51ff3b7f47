/**
 * A drill: a person has said, signed, that the next crash of an engine is one of their making. It is recovered from as
 * any other, and marked wherever it is told.
 *
 * Invariants: it softens no rule and counts as a crash; it marks one crash and no later one, and only for a while,
 * so that a real one long after it is never taken for it.
 */
import { MINUTE_MS } from '../numbers/durations.js';

export interface Drill {
  by: string;
  reason: string;
}

/** As the guardian keeps it. */
export type Announced = Drill & { atMs: number };

/** From the word to the crash. */
export const DRILL_WITHIN_MS = 10 * MINUTE_MS;

/** Null where none is announced, or it was long ago. */
export function drillAt(announced: Announced | undefined, nowMs: number): Drill | null {
  if (announced === undefined || nowMs - announced.atMs > DRILL_WITHIN_MS) return null;
  const { by, reason } = announced;
  return { by, reason };
}

/** Of whatever is told of one: the word comes first, as a line may be cut. */
export function drillTitle(title: string): string {
  return `DRILL: ${title}`;
}
