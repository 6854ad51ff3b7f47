/**
 * The state that a reconciliation leaves: what the venues hold, what they could not tell, and the
 * risk state after the fills that the state had missed.
 *
 * Invariants: a figure of an account that was read is the venue's; what is remembered as applied is
 * what the figures hold; no profit or loss is booked of a fill that may have been booked before.
 */
import { isZero } from '../numbers/decimal.js';
import type { FillGroup } from '../books/fills.js';
import { exceedsBy, ZERO } from '../numbers/fixed-point.js';
import { settlementAsset } from '../books/instruments.js';
import type { Missing } from '../books/unapplied.js';
import type { ReconciliationLine, Sides } from './line.js';
import { riskAfterFills, type RiskAfterFills } from './risk-state.js';
import { balanceKey, positionKey, accountKey, type Account } from '../books/keys.js';
import type { EngineState, Position } from '../books/state.js';

/** `unnamedUntilMs`: fills up to here that the state does not name are doubtful. */
export interface Compared extends Sides {
  lines: readonly ReconciliationLine[];
  groups: readonly FillGroup[];
  unnamedUntilMs: number;
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
}

export function riskAfter(
  internal: EngineState,
  compared: Compared,
  { cashAssets = [], maxDailyLoss }: DailyRules,
): RiskAfterFills {
  const { groups, ours, byUnnamed, unnamedUntilMs } = compared;
  const proven = byUnnamed.size === 0 ? new Set<string>() : missedForSure(compared);
  return riskAfterFills(internal.risk, groups, {
    cashAssets,
    maxDailyLoss,
    held: (key) => ours.get(key)?.amount,
    maybeCounted: (key, { timeMs }) => timeMs <= unnamedUntilMs && !proven.has(key),
  });
}

/**
 * Positions whose unnamed fills the state had missed: with them the position and its cash come out,
 * and without them at least one of the two does not.
 */
function missedForSure({ groups, byUnnamed, tolerance, lines }: Compared): Set<string> {
  const comesOut = new Map(
    lines.map((line) => [keyOf(line), line.verdict === 'match' || line.verdict === 'explained']),
  );
  const moved = (key: string) => exceedsBy(byUnnamed.get(key) ?? ZERO, tolerance);
  const proven = groups.flatMap(({ venue, account, instrument, positionKey: position }) => {
    if (position === null) return [];
    const cash = balanceKey({ venue, account, asset: settlementAsset(instrument) ?? '' });
    const figures = [position, cash].filter(moved);
    return figures.length > 0 && figures.every((key) => comesOut.get(key)) ? [position] : [];
  });
  return new Set(proven);
}

function keyOf({ venue, account, item, instrument, side }: ReconciliationLine): string {
  return instrument === null || side === null
    ? balanceKey({ venue, account, asset: item })
    : positionKey({ venue, account, instrument, side });
}
