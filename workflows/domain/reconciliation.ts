/**
 * Internal state against exchange truth, per venue, account, instrument and side.
 *
 * Invariants: the venue is the source of truth; a figure is compared where either side holds it or
 * a fill or cash flow moved it, so that a position only the venue knows is found; venues are never
 * summed, so offsetting errors do not hide each other; what fills and flows do not explain is
 * unexplained, and is dust only where a mark says that it is worth little; what a venue could not
 * tell is `unknown` and keeps its internal value. Results do not depend on the order of any input.
 */
import { isZero } from './decimal.js';
import { figuresOf, mergeBalances, mergePositions } from './figures.js';
import { effectOfGroups, groupFills, missingFillRows } from './fills.js';
import { fixed } from './fixed-point.js';
import { effectOfFlows, missingFlows } from './flows.js';
import { specsOf } from './instruments.js';
import type { Missing } from './missing.js';
import { compareFigure, type ReconciliationLine, type Sides } from './reconciliation-line.js';
import { readableVenues, type Snapshot } from './snapshot.js';
import { positionKey, type EngineState, type Position } from './state.js';
import { riskAfterFills } from './risk-state.js';
import { worthOf, type Worth } from './worth.js';

export type { ReconciliationLine, Verdict } from './reconciliation-line.js';

export interface Reconciliation {
  lines: ReconciliationLine[];
  fillsApplied: number;
  flowsApplied: number;
  state: EngineState;
}

/** `dust` is missing in records of earlier versions. */
export interface ReconciliationCounts {
  match: number;
  explained: number;
  dust?: number;
  unexplained: number;
  unknown: number;
}

/**
 * `tolerance` in units of the figure; itself it still passes. `dustNotional`: an unexplained rest
 * worth no more is dust, '0' for none. `asOfMs`: the time of the internal state; cash flows after
 * it count, and all of them where it is not given. `cashAssets`: worth 1 each, and the only
 * currencies in which a mark prices anything.
 */
export interface ReconciliationOptions {
  tolerance: string;
  dustNotional?: string;
  asOfMs?: number;
  cashAssets?: readonly string[];
}

export function reconcile(
  internal: EngineState,
  snapshot: Snapshot,
  options: ReconciliationOptions,
): Reconciliation {
  const sides = sidesOf(internal, snapshot, options);
  const { ours, theirs, fills, flows } = sides;
  const keys = new Set([...ours.keys(), ...theirs.keys(), ...sides.byFills.keys()]);
  for (const key of sides.byFlows.keys()) keys.add(key);
  const lines = [...keys].sort().flatMap((key) => compareFigure(key, sides) ?? []);
  return {
    lines,
    fillsApplied: fills.length,
    flowsApplied: flows.length,
    state: reconciledState(internal, { ...sides, lines }),
  };
}

export function countVerdicts(
  lines: readonly ReconciliationLine[],
): Required<ReconciliationCounts> {
  const counts = { match: 0, explained: 0, dust: 0, unexplained: 0, unknown: 0 };
  for (const line of lines) counts[line.verdict] += 1;
  return counts;
}

function sidesOf(
  internal: EngineState,
  snapshot: Snapshot,
  { tolerance, dustNotional = '0', asOfMs = -1, cashAssets = [] }: ReconciliationOptions,
): Sides {
  const venues = readableVenues(snapshot);
  const specs = specsOf(snapshot);
  const fills = missingFillRows(internal, flatten(venues.map((venue) => venue.fills)));
  const flows = missingFlows(internal, flatten(venues.map((venue) => venue.cashFlows ?? [])));
  const truth = {
    positions: mergePositions(flatten(venues.map((venue) => venue.positions)), specs),
    balances: mergeBalances(flatten(venues.map((venue) => venue.balances))),
  };
  const groups = groupFills(fills.map(({ item }) => item));
  let worth: Worth | undefined;
  return {
    truth,
    fills,
    flows,
    specs,
    tolerance: fixed(tolerance),
    dustNotional,
    ours: figuresOf({
      positions: mergePositions(internal.positions, specs),
      balances: mergeBalances(internal.balances),
    }),
    theirs: figuresOf(truth),
    byFills: effectOfGroups(groups),
    byFlows: effectOfFlows(
      flows.map(({ item }) => item),
      asOfMs,
    ),
    positionFills: new Map(groups.map((group) => [group.positionKey ?? '', group.fills])),
    read: new Set(venues.map((v) => `${v.venue}|${v.account}`)),
    worth: () => (worth ??= worthOf(snapshot, cashAssets)),
  };
}

/** One array is passed on as it is: a venue may report a hundred thousand fills. */
function flatten<T>(lists: readonly T[][]): readonly T[] {
  return lists.length === 1 ? (lists[0] ?? []) : lists.flat();
}

/**
 * Exchange truth where it could be read, internal belief where it could not. An entry price that
 * the venue does not tell stays as we know it, while fills explain the quantity.
 */
function reconciledState(
  internal: EngineState,
  { truth, read, fills, flows, lines }: Sides & { lines: readonly ReconciliationLine[] },
): EngineState {
  const keep = (x: { venue: string; account: string }) => !read.has(`${x.venue}|${x.account}`);
  const held = truth.positions.filter(({ quantity }) => !isZero(quantity));
  return {
    ...internal,
    positions: [...internal.positions.filter(keep), ...withOurEntryPrices(held, lines)],
    balances: [
      ...internal.balances.filter(keep),
      ...truth.balances.filter(({ total }) => !isZero(total)),
    ],
    risk: riskAfterFills(
      internal.risk,
      fills.map(({ item }) => item),
    ),
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

/** Behind the ids of before, oldest first; none of them was there. */
function withApplied(
  applied: EngineState['appliedFills'],
  news: readonly Missing<unknown>[],
): EngineState['appliedFills'] {
  if (news.length === 0) return applied;
  const merged = new Map<string, string[]>();
  for (const { venue, id } of news) {
    const ids = merged.get(venue);
    if (ids === undefined) merged.set(venue, [...(applied[venue] ?? []), id]);
    else ids.push(id);
  }
  return { ...applied, ...Object.fromEntries(merged) };
}
