/**
 * The state that a reconciliation leaves: what the venues hold, what they could not tell, and the
 * risk state after the fills that the state had missed.
 *
 * Invariants: a figure of an account that was read is the venue's; what is remembered as applied is
 * what the figures hold; no profit or loss is booked of a fill that may have been booked before.
 */
import { isZero } from '../numbers/decimal.js';
import type { FillGroup } from '../books/fills.js';
import { exceedsBy, minus, plus, textOf, ZERO, type FixedPoint } from '../numbers/fixed-point.js';
import { settlementAsset } from '../books/instruments.js';
import type { Missing } from '../books/unapplied.js';
import type { ReconciliationLine, Sides } from './line.js';
import { riskAfterFills, type RiskAfterFills } from './risk-state.js';
import type { Breaker } from '../policy/policy.js';
import { balanceKey, positionKey, accountKey, type Account } from '../books/keys.js';
import type { EngineState, Fill, Position } from '../books/state.js';

/** `isDoubtful`: fills that the state may hold although it does not name them. */
export interface Compared extends Sides {
  lines: readonly ReconciliationLine[];
  groups: readonly FillGroup[];
  isDoubtful: (fill: Fill) => boolean;
}

/**
 * Exchange truth where it could be read, internal belief where it could not; the risk state is left
 * to `riskAfter`. An entry price that the venue does not tell stays as we know it, while fills
 * explain the quantity.
 */
export function reconciledState(
  internal: EngineState,
  { truth, read, hidden, fills, flows, lines }: Compared,
): EngineState {
  const keep = (held: Account) => !read.has(accountKey(held));
  const held = truth.positions.filter(({ quantity }) => !isZero(quantity));
  return {
    ...internal,
    positions: [
      ...internal.positions.filter((one) => keep(one) || hidden.has(positionKey(one))),
      ...withOurEntryPrices(held, lines),
    ],
    balances: [
      ...internal.balances.filter(keep),
      ...truth.balances.filter(({ total }) => !isZero(total)),
    ],
    appliedFills: withApplied(internal.appliedFills, [...fills, ...flows]),
  };
}

function withOurEntryPrices(
  positions: Position[],
  lines: readonly ReconciliationLine[],
): Position[] {
  if (positions.every(({ averagePrice }) => averagePrice !== null)) return positions;
  const ours = new Map<string, string>();
  for (const { instrument, side, entryPrice, verdict, venue, account } of lines) {
    const explained = verdict === 'match' || verdict === 'explained';
    if (instrument === null || side === null || !explained) continue;
    const known = entryPrice?.internal ?? null;
    if (known !== null) ours.set(positionKey({ venue, account, instrument, side }), known);
  }
  return positions.map((position) => ({
    ...position,
    averagePrice: position.averagePrice ?? ours.get(positionKey(position)) ?? null,
  }));
}

/** Behind the ids of before, oldest first; none of them was there. Two legs of one id are one. */
function withApplied(
  applied: EngineState['appliedFills'],
  news: readonly Missing<unknown>[],
): EngineState['appliedFills'] {
  if (news.length === 0) return applied;
  const merged = new Map<string, string[]>();
  for (const { venue, id } of news) {
    const ids = merged.get(venue);
    if (ids === undefined) merged.set(venue, [...(applied[venue] ?? []), id]);
    else if (ids.at(-1) !== id) ids.push(id);
  }
  return { ...applied, ...Object.fromEntries(merged) };
}

export interface DailyRules {
  cashAssets?: readonly string[];
  maxDailyLoss?: string | undefined;
  breaker?: Breaker | undefined;
}

export function riskAfter(
  internal: EngineState,
  compared: Compared,
  { cashAssets = [], maxDailyLoss, breaker }: DailyRules,
): RiskAfterFills {
  const { ours, isDoubtful } = compared;
  const doubtful = doubtfulMoves(compared);
  const missed = doubtful.size === 0 ? new Set<string>() : missedForSure(compared, doubtful);
  return riskAfterFills(internal.risk, withoutCounted(compared), {
    cashAssets,
    maxDailyLoss,
    breaker,
    held: (key) => ours.get(key)?.amount,
    maybeCounted: (key, fill) => isDoubtful(fill) && !missed.has(key),
  });
}

function doubtfulMoves({ byUnnamed, untold }: Compared): Map<string, FixedPoint> {
  if (untold.size === 0) return byUnnamed;
  return new Map([
    ...byUnnamed,
    ...Array.from(untold, ([key, moves]) => [key, sumOf(moves)] as const),
  ]);
}

function sumOf(moves: readonly { amount: FixedPoint }[]): FixedPoint {
  return moves.reduce((sum, { amount }) => plus(sum, amount), ZERO);
}

/** Fills that a position holds for sure, though it names none: with them it would not come out. */
function withoutCounted({ groups, untold, byFills, isDoubtful, lines, tolerance }: Compared) {
  if (untold.size === 0) return groups;
  const left = new Map(lines.filter(comesOut).map((line) => [keyOf(line), line.explainedByFills]));
  return groups.map((group) => {
    const key = group.positionKey ?? '';
    const moved = sumOf(untold.get(key) ?? []);
    const news = textOf(minus(byFills.get(key) ?? ZERO, moved));
    const isCounted = exceedsBy(moved, tolerance) && left.get(key) === news;
    return isCounted ? { ...group, fills: group.fills.filter((one) => !isDoubtful(one)) } : group;
  });
}

/**
 * Positions whose doubtful fills the state had missed: with them the position and its cash come out,
 * and without them at least one of the two does not.
 */
function missedForSure(
  { groups, byFills, tolerance, lines }: Compared,
  doubtful: ReadonlyMap<string, FixedPoint>,
): Set<string> {
  const withAll = new Set(
    lines
      .filter((line) => comesOut(line))
      .filter((line) => line.explainedByFills === textOf(byFills.get(keyOf(line)) ?? ZERO))
      .map(keyOf),
  );
  const moved = (key: string) => exceedsBy(doubtful.get(key) ?? ZERO, tolerance);
  const proven = groups.flatMap(({ venue, account, instrument, positionKey: position }) => {
    if (position === null) return [];
    const cash = balanceKey({ venue, account, asset: settlementAsset(instrument) ?? '' });
    const figures = [position, cash].filter(moved);
    return figures.length > 0 && figures.every((key) => withAll.has(key)) ? [position] : [];
  });
  return new Set(proven);
}

function comesOut({ verdict }: ReconciliationLine): boolean {
  return verdict === 'match' || verdict === 'explained';
}

function keyOf({ venue, account, item, instrument, side }: ReconciliationLine): string {
  return instrument === null || side === null
    ? balanceKey({ venue, account, asset: item })
    : positionKey({ venue, account, instrument, side });
}
