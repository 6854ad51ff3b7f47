/**
 * Fills of a venue of which the state names none: it may hold any of those from before its time.
 *
 * Invariants: not told is not "none applied", and equal is equal: the state is taken to hold the first so
 * many with which a figure comes out; what is surely later than the state is never in it; where no number
 * of them makes a figure come out, the state's own time tells them apart.
 */
import { effectOfGroups, groupFills } from '../../books/fills.js';
import type { TimesAt } from '../../books/flows.js';
import type { Fill } from '../../books/state.js';
import { ZERO, plus, textOf, type FixedPoint } from '../../numbers/fixed-point.js';

interface UntoldMove {
  /** By the state's own time, which tells where nothing else does. */
  isBefore: boolean;
  amount: FixedPoint;
}

/** By position key or balance key, oldest first. */
export type UntoldMoves = ReadonlyMap<string, readonly UntoldMove[]>;

/** `fills`: oldest first, those that the state may hold. */
export function untoldMoves(fills: readonly Fill[], timesAt: TimesAt): UntoldMoves {
  const moves = new Map<string, UntoldMove[]>();
  for (const fill of fills) {
    for (const [key, amount] of effectOfGroups(groupFills([fill]))) {
      const move = { isBefore: fill.timeMs <= timesAt(fill).asOfMs, amount };
      const before = moves.get(key);
      if (before === undefined) moves.set(key, [move]);
      else before.push(move);
    }
  }
  return moves;
}

/** Of the moves of one figure, the first so many: they are in it. */
export interface HeldMoves {
  count: number;
  amount: FixedPoint;
}

export const NONE_HELD: HeldMoves = { count: 0, amount: ZERO };

export function heldOf(
  moves: readonly UntoldMove[],
  comesOutWith: (held: FixedPoint) => boolean,
): HeldMoves {
  const held = [NONE_HELD];
  for (const { amount } of moves) {
    const last = held.at(-1) ?? NONE_HELD;
    held.push({ count: last.count + 1, amount: plus(last.amount, amount) });
  }
  const byTime = moves.filter(({ isBefore }) => isBefore).length;
  return held.findLast(({ amount }) => comesOutWith(amount)) ?? held[byTime] ?? NONE_HELD;
}

export function heldNote({ amount }: HeldMoves): string {
  return `${textOf(amount)} is of fills that it is taken to hold: the state names no fills of this venue`;
}
