/**
 * What may be in a state already, though the state does not name it: fills and cash flows from
 * before its own time.
 *
 * Invariants: the clocks of an engine and of a venue differ by seconds, so what happened in the last
 * seconds before the state's time says nothing; an older cash flow is in the state; an older fill is
 * not, because a state names its fills, but a result that rests on one is said, and no profit or
 * loss of it is booked unless the figures show that it was missing.
 */
import {
  ZERO,
  exceedsBy,
  minus,
  plus,
  signOf,
  textOf,
  type FixedPoint,
} from '../../numbers/fixed-point.js';
import type { FlowEffect } from '../../books/flows.js';

/** Between the clocks of an engine and a venue. */
export const CLOCK_SKEW_MS = 10_000;

export interface Explanation {
  byFills: FixedPoint;
  byFlows: FixedPoint;
  rest: FixedPoint;
  /** One for each doubt that a person should know of. */
  notes: string[];
}

export interface Movements {
  difference: FixedPoint;
  byFills: FixedPoint | undefined;
  /** Part of `byFills`: by fills older than the state, which does not name them. */
  byUnnamed: FixedPoint | undefined;
  byFlows: FlowEffect | undefined;
}

export function explanationOf(
  { difference, byFills = ZERO, byUnnamed = ZERO, byFlows }: Movements,
  tolerance: FixedPoint,
): Explanation {
  const afterFills = minus(difference, byFills);
  const flows = flowsThatFit(afterFills, byFlows, tolerance);
  const rest = minus(afterFills, flows.amount);
  const { notes } = flows;
  if (signOf(byUnnamed) === 0) return { byFills, byFlows: flows.amount, rest, notes };
  const needed = exceedsBy(plus(rest, byUnnamed), tolerance);
  const said = [...notes, unnamedNote(byUnnamed, needed)];
  return { byFills, byFlows: flows.amount, rest, notes: said };
}

function unnamedNote(amount: FixedPoint, needed: boolean): string {
  const counted = `${textOf(amount)} is of fills older than the state, which does not name them`;
  return needed ? counted : `${counted}: without them it comes out, so it may hold them already`;
}

interface FittingFlows {
  amount: FixedPoint;
  notes: string[];
}

/**
 * Flows after the state's time are not in it. Those of the last seconds before it are, unless the
 * clocks differ: they are tried too where the figure does not come out without them.
 */
function flowsThatFit(
  change: FixedPoint,
  flows: FlowEffect | undefined,
  tolerance: FixedPoint,
): FittingFlows {
  if (flows === undefined) return { amount: ZERO, notes: [] };
  const { later, earlier } = flows;
  const fits = (amount: FixedPoint) => !exceedsBy(minus(change, amount), tolerance);
  const all = plus(later, earlier);
  if (signOf(earlier) === 0 || fits(later) || !fits(all)) return { amount: later, notes: [] };
  const said = `${textOf(earlier)} is of cash flows from just before the state's time`;
  return { amount: all, notes: [`${said}: the clocks differ, or it had not booked them`] };
}
