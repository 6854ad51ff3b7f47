/**
 * Epochs: a number that rises with every recovery, by which what is old is refused.
 *
 * Invariants: an epoch is told by others only within a step of what is known, so that one wild number
 * can never make every later one stale; a fence takes the same step, so what the guardian goes to at
 * one report is never beyond it.
 */

/** The largest that the engine's control contract takes (15 digits), as a whole number of a double. */
export const LAST_EPOCH = 999_999_999_999_999;
/** How far above the last one seen an epoch may be: no engine crashes that often unseen. */
export const FURTHEST_STEP = 1_000;

export function isEpoch(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= LAST_EPOCH;
}

/**
 * What is known after others told theirs: the furthest of those that can be. A `known` that is no
 * epoch, as an earlier version could be made to keep, counts as none.
 */
export function furthestEpoch(known: number, told: readonly unknown[]): number {
  const from = isEpoch(known) ? known : 0;
  // One less than a step: the next epoch above it is still within the fence's.
  const limit = from + FURTHEST_STEP - 1;
  return Math.max(from, ...told.filter(isEpoch).filter((epoch) => epoch <= limit));
}

/** The epoch of the next instance: above all that can be believed. */
export function nextEpoch(known: number, told: readonly unknown[]): number {
  return furthestEpoch(known, told) + 1;
}

/** Why a fence that saw `seen` takes no such epoch, as the end of a sentence; null where it may. */
export function epochFault(seen: number, epoch: unknown): string | null {
  if (!isEpoch(epoch)) return `is no whole number from 0 to ${LAST_EPOCH}`;
  if (epoch <= seen + FURTHEST_STEP) return null;
  return `is more than ${FURTHEST_STEP} above ${seen}, the last one that this host saw`;
}
