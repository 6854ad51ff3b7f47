/**
 * A difference counts when it stays. A live engine trades while its books are compared, and one look
 * proves nothing: what was on its way is there at the next.
 *
 * Invariants: books that once agree do agree, however many looks there were before; an order differs
 * only where every look finds the same difference; the amounts of a figure move, so that a figure
 * counts as its latest look has it; the number of looks is bounded, and at the last of them what
 * still differs counts.
 */

import { differenceId, isSameDifference, type OrderDifferences } from '../orders/differences.js';

/** How many looks there are at most. */
export const LOOKS = {
  /** Before each stage of the ramp. With waits that double, half a minute: large books read slowly. */
  ramp: 6,
  /** Of a single comparison, while the engine trades. */
  trading: 6,
  /** Of a single comparison where nothing moves: what stands still is the same at any later look. */
  atRest: 2,
  /** Of a continuous one: passes in a row. */
  watch: 2,
} as const;

export type AfterLook = 'agrees' | 'look_again' | 'differs';

/** `looks`: so many so far, this one included. `differs`: something stays so far. */
export function afterLook(
  { looks, differs }: { looks: number; differs: boolean },
  limit: number,
): AfterLook {
  if (!differs) return 'agrees';
  return looks < limit ? 'look_again' : 'differs';
}

/** `isSame`: whether one id at both looks is one difference; it is where this is not given. */
export interface Identity<T> {
  idOf: (difference: T) => string;
  isSame?: (before: T, now: T) => boolean;
}

/** What both looks found, as the later one has it and in its order. */
export function stayingIn<T>(
  before: readonly T[],
  now: readonly T[],
  { idOf, isSame }: Identity<T>,
): T[] {
  const earlier = new Map(before.map((each) => [idOf(each), each]));
  return now.filter((each) => {
    const was = earlier.get(idOf(each));
    return was !== undefined && (isSame?.(was, each) ?? true);
  });
}

/** What two readings have in common, as the later one has it. */
export function persistentOrders(a: OrderDifferences, b: OrderDifferences): OrderDifferences {
  const same = { idOf: differenceId, isSame: isSameDifference };
  return {
    differing: stayingIn(a.differing, b.differing, same),
    uncompared: [...new Set([...a.uncompared, ...b.uncompared])].sort(),
  };
}
