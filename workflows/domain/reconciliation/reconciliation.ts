/**
 * Internal state against exchange truth, per venue, account, instrument and side.
 *
 * Invariants: the venue is the source of truth; a figure is compared where either side holds it or
 * a fill or cash flow moved it, so that a position only the venue knows is found; venues are never
 * summed, so offsetting errors do not hide each other; what fills and flows do not explain is
 * unexplained, and is dust only where a mark says that it is worth little; what a venue could not
 * tell is `unknown` and keeps its internal value. Results do not depend on the order of any input.
 */
import { accountKey, positionKey } from '../books/keys.js';
import { broughtForward } from './moves/brought-forward.js';
import { figuresOf, mergeBalances, mergePositions } from './figures.js';
import { CLOCK_SKEW_MS } from './moves/doubt.js';
import { effectOfGroups, forcedOf, groupFills, missingFillRows } from '../books/fills.js';
import { fixed, plus, ZERO, type FixedPoint } from '../numbers/fixed-point.js';
import { effectOfFlows, missingFlows, type StateTimes, type TimesAt } from '../books/flows.js';
import { specsOf } from '../books/snapshot.js';
import { compareFigure, type ReconciliationLine } from './line.js';
import { asKept } from './wallets.js';
import { readableVenues, type ReadableVenue, type Snapshot } from '../books/snapshot.js';
import { reconciledState, riskAfter, type Compared } from './reconciled-state.js';
import { namesItsFills, type EngineState, type Fill, type Position } from '../books/state.js';
import { unknownsOf } from './unknowns.js';
import { markUnsided } from './disputes.js';
import { worthOf, type Worth } from '../books/worth.js';
import { untoldMoves } from './moves/untold-fills.js';
import { markUnverified, unverifiedIn, type Unverified } from './unverified.js';
import type { Breaker } from '../policy/policy.js';

export type { ReconciliationLine, Verdict } from './line.js';

export interface Reconciliation {
  lines: ReconciliationLine[];
  fillsApplied: number;
  flowsApplied: number;
  state: EngineState;
  /** What could not be known, or is doubtful, one sentence each. */
  unknowns: string[];
  /** Null where the internal state was a source of its own. */
  unverified: Unverified | null;
}

/** `dust` and `unverified` are missing in records of earlier versions. */
export interface ReconciliationCounts {
  match: number;
  explained: number;
  dust?: number;
  unverified?: number;
  unexplained: number;
  unknown: number;
}

/**
 * `tolerance` in units of the figure; itself it still passes. `dustNotional`: an unexplained rest
 * worth no more is dust, '0' for none. `asOfMs`: the time of the internal state; cash flows after
 * it count, and all of them where it is not given; those of the last `doubtMs` before it may. Older
 * fills that the state does not name are doubtful. `cashAssets`: worth 1 each, and the only
 * currencies in which a mark prices anything, or a result is added up. `maxDailyLoss`: beyond it
 * the breaker is latched. `independent`: false where the internal state was made of what the venues
 * tell, so that agreeing with them proves nothing. `inferred`: fills that no trade report tells, which a
 * person is to take; they are never remembered as applied.
 */
export interface ReconciliationOptions {
  tolerance: string;
  dustNotional?: string;
  asOfMs?: number;
  doubtMs?: number;
  cashAssets?: readonly string[];
  maxDailyLoss?: string | undefined;
  breaker?: Breaker | undefined;
  independent?: boolean | undefined;
  inferred?: readonly Fill[] | undefined;
}

export function reconcile(
  internal: EngineState,
  snapshot: Snapshot,
  options: ReconciliationOptions,
): Reconciliation {
  const sides = sidesOf(internal, snapshot, options);
  const { ours, theirs, fills, flows, byFills, byFlows, forced } = sides;
  const keys = new Set([...ours.keys(), ...theirs.keys(), ...byFills.keys(), ...forced.keys()]);
  for (const key of byFlows.keys()) keys.add(key);
  const lines = [...keys].sort().flatMap((key) => compareFigure(key, sides) ?? []);
  markUnsided(lines);
  const compared = { ...sides, lines };
  const { risk, unknowns } = riskAfter(internal, compared, options);
  const reconciled = {
    lines,
    fillsApplied: fills.length,
    flowsApplied: flows.length,
    state: { ...reconciledState(internal, compared), risk },
    unknowns: [...unknowns, ...unknownsOf(snapshot, compared)],
  };
  if (options.independent !== false) return { ...reconciled, unverified: null };
  markUnverified(lines);
  return { ...reconciled, unverified: unverifiedIn(lines, sides.worth) };
}

export function countVerdicts(
  lines: readonly ReconciliationLine[],
): Required<ReconciliationCounts> {
  const counts = { match: 0, explained: 0, dust: 0, unverified: 0, unexplained: 0, unknown: 0 };
  for (const line of lines) counts[line.verdict] += 1;
  return counts;
}

function sidesOf(
  internal: EngineState,
  snapshot: Snapshot,
  options: ReconciliationOptions,
): Omit<Compared, 'lines'> {
  const { tolerance, dustNotional = '0', cashAssets = [] } = options;
  const venues = readableVenues(snapshot);
  const specs = specsOf(snapshot);
  const kept = venues.map((venue) => asKept(internal, venue));
  const ours = figuresOf({
    positions: mergePositions(internal.positions, specs),
    balances: mergeBalances(internal.balances),
  });
  const moves = movesOf(internal, { venues, kept }, options);
  const told = {
    positions: mergePositions(flatten(venues.map((venue) => venue.positions)), specs),
    balances: mergeBalances(flatten(kept.map(({ balances }) => balances))),
  };
  const expected = (key: string) =>
    moves.untold.has(key) ? null : expectedOf(key, { ...moves, ours });
  const limits = { tolerance: fixed(tolerance), specs };
  const { truth, notes } = broughtForward(told, { ...limits, venues, expected });
  let worth: Worth | undefined;
  return {
    ...moves,
    ...limits,
    truth,
    ours,
    theirs: figuresOf(truth),
    forwarded: notes,
    dustNotional,
    read: new Set(venues.map(accountKey)),
    hidden: new Set(venues.flatMap((venue) => hiddenAt(venue, internal.positions))),
    worth: () => (worth ??= worthOf(snapshot, cashAssets)),
  };
}

interface Read {
  venues: readonly ReadableVenue[];
  /** What they hold, by the names that the state has for it. */
  kept: readonly ReturnType<typeof asKept>[];
}

/** What moved since the state, as far as it does not hold it already. */
function movesOf(
  internal: EngineState,
  { venues, kept }: Read,
  { asOfMs = -1, doubtMs = CLOCK_SKEW_MS, inferred = [] }: ReconciliationOptions,
) {
  const timesAt = timesOf(venues, { asOfMs, doubtMs });
  const fills = missingFillRows(internal, flatten(venues.map((venue) => venue.fills)));
  const flows = missingFlows(internal, flatten(kept.map(({ cashFlows }) => cashFlows)));
  const news = [...fills.map(({ item }) => item), ...inferred];
  const groups = groupFills(news);
  const { unnamed, untold, isDoubtful } = doubtfulOf(internal, news, timesAt);
  const newFlows = flows.map(({ item }) => item);
  return {
    fills,
    flows,
    groups,
    isDoubtful,
    byFills: effectOfGroups(groups),
    byFlows: effectOfFlows(newFlows, timesAt),
    byUnnamed: effectOfGroups(groupFills(unnamed)),
    untold: untoldMoves(untold, timesAt),
    byInferred: effectOfGroups(groupFills(inferred)),
    forced: forcedOf(groups),
    positionFills: new Map(groups.map((group) => [group.positionKey ?? '', group.fills])),
  };
}

/** The state's time by the clock of each venue, which may differ from that by which states are dated. */
function timesOf(venues: readonly ReadableVenue[], { asOfMs, doubtMs }: StateTimes): TimesAt {
  const same = { asOfMs, doubtMs };
  const differing = venues.filter(({ clockAheadMs = 0 }) => clockAheadMs !== 0 && asOfMs >= 0);
  if (differing.length === 0) return () => same;
  const times = new Map(
    differing.map((one) => [
      accountKey(one),
      { asOfMs: Math.max(0, asOfMs - (one.clockAheadMs ?? 0)), doubtMs },
    ]),
  );
  return (account) => times.get(accountKey(account)) ?? same;
}

type Sums = Pick<Compared, 'ours' | 'byFills' | 'byFlows'>;

/** What our side comes to with all that it had missed. */
function expectedOf(key: string, { ours, byFills, byFlows }: Sums): FixedPoint {
  const held = fixed(ours.get(key)?.amount ?? '0');
  return plus(plus(held, byFills.get(key) ?? ZERO), byFlows.get(key)?.later ?? ZERO);
}

/**
 * Of fills that the state does not name, what may be in it even so: `unnamed`, where it names others of
 * that venue, what is older than it; `untold`, where it names none, whatever is not surely later.
 */
function doubtfulOf(internal: EngineState, fills: readonly Fill[], timesAt: TimesAt) {
  const isTold = ({ venue }: Fill) => namesItsFills(internal, venue);
  const isUnnamed = (fill: Fill) => {
    const { asOfMs, doubtMs } = timesAt(fill);
    return isTold(fill) && fill.timeMs <= asOfMs - doubtMs;
  };
  const mayHold = (fill: Fill) => {
    const { asOfMs, doubtMs } = timesAt(fill);
    // Without a time of its own nothing tells what it may hold.
    return asOfMs >= 0 && !isTold(fill) && fill.timeMs <= asOfMs + doubtMs;
  };
  const isDoubtful = (fill: Fill) => isUnnamed(fill) || mayHold(fill);
  return { unnamed: fills.filter(isUnnamed), untold: fills.filter(mayHold), isDoubtful };
}

/** Held by us, not told by the venue, and not among what it lists: it would read as flat. */
function hiddenAt(venue: ReadableVenue, ours: readonly Position[]): string[] {
  if (venue.unnamedPositions !== true) return [];
  const told = new Set([...venue.instruments, ...venue.positions].map((one) => one.instrument));
  const here = ours.filter((one) => accountKey(one) === accountKey(venue));
  return here.filter(({ instrument }) => !told.has(instrument)).map(positionKey);
}

/** One array is passed on as it is: a venue may report a hundred thousand fills. */
function flatten<T>(lists: readonly T[][]): readonly T[] {
  return lists.length === 1 ? (lists[0] ?? []) : lists.flat();
}
