/**
 * Reading every venue: orders, fills, balances and positions, orders again. Reads are not atomic, so
 * a reading in which our orders moved is made again, a bounded number of times; a thorough one stands
 * only where two in a row agree in everything.
 *
 * Invariants: a venue that cannot be read, or that never stands still, is `unreadable` and says
 * why; it never becomes an empty answer. What a readable venue cannot tell is named in its gaps. Of a
 * live engine the orders are read once, and first, next to its own state: a second list proves nothing.
 */
import {
  isOursAsTold,
  isOursByName,
  type OrderIdPrefix,
} from '../../workflows/domain/orders/names.js';
import { canonicalJson } from '../../workflows/domain/content/canonical.js';
import { isDerivative } from '../../workflows/domain/books/fills.js';
import { balanceKey, positionKey } from '../../workflows/domain/books/keys.js';
import { baseAsset, unlistedAmong } from '../../workflows/domain/books/instruments.js';
import type { ReadableVenue, VenueTruth } from '../../workflows/domain/books/snapshot.js';
import type {
  Balance,
  InstrumentSpec,
  Order,
  Position,
} from '../../workflows/domain/books/state.js';
import { readFault, type Why } from '../../workflows/domain/books/read-fault.js';
import { venueFailure } from '../../workflows/failure.js';
import { faultOf, isFailure } from '../errors.js';
import type { RowApart, RowNotUnderstood, VenueAccount } from '../ports.js';
import { venueAheadMs } from './reading/clock.js';
import { datesApart } from './reading/dates.js';
import { apartGaps, leaving } from './reading/left-apart.js';
import { PATIENCE, patiently, type Pace, type Patience } from './patiently.js';

/** How long to go on, and where to show progress: an activity and a command line differ in this. */
export interface ReadingPace {
  patience: Patience;
  beat: (venue: string) => void;
  /** By the clock that dates states, and from which a reading begins. */
  nowMs: () => number;
  /** How far this host's own clock is ahead of that; 0 where this is left out. */
  aheadMs?: number;
  signal?: AbortSignal;
}

export interface Reading {
  sinceMs: number;
  /**
   * Also cash flows, marks, and fills of whatever the account holds: calls that only a difference
   * which fills do not explain, or a state rebuilt from nothing, is worth.
   */
  thorough: boolean;
  /** In these spot holdings are priced, so they name the markets where a holding was bought. */
  cashAssets: readonly string[];
  /** Client ids of our orders begin so. Others may trade on while we read. */
  orderIdPrefix: OrderIdPrefix;
  /** The engine trades meanwhile: nothing stands still. */
  live: boolean;
}

const SNAPSHOT_TRIES = 5;

export async function readVenues(
  accounts: readonly VenueAccount[],
  reading: Reading,
  pace: ReadingPace,
): Promise<VenueTruth[]> {
  return Promise.all(accounts.map((account) => readVenue(account, reading, pace)));
}

async function readVenue(
  account: VenueAccount,
  reading: Reading,
  { patience, nowMs, beat, aheadMs = 0, ...pace }: ReadingPace,
): Promise<VenueTruth> {
  const { venue, account: name } = account;
  const asked = { ...pace, beat: () => beat(venue) };
  // By this host's clock, and never later: where activities begin late, it seems to be ahead.
  const ours = { ...reading, sinceMs: Math.max(0, reading.sinceMs + Math.min(0, aheadMs)) };
  const read = async () => {
    const still = await readStill(account, ours, nowMs);
    if (still === null)
      throw venueFailure('VenueUnreadable', readFault({ kind: 'never_still', venue }));
    const clockAheadMs = venueAheadMs(account, aheadMs);
    const truth = await complete(account, still, ours, asked);
    return clockAheadMs === 0 ? truth : { ...truth, clockAheadMs };
  };
  try {
    return await patiently(read, patience, asked);
  } catch (error) {
    pace.signal?.throwIfAborted();
    return { readable: false, venue, account: name, why: faultOf(error, venue) };
  }
}

type Still = Pick<ReadableVenue, 'positions' | 'balances' | 'orders' | 'fills'> & {
  leftOrders: string[];
  /** What was left apart of it, and what is not sure. */
  gaps: string[];
  unnamedPositions: boolean;
  toldAtMs: Record<string, number>;
  fillsFromMs: number;
  /** Instruments beyond the configured ones whose fills were read. */
  others: string[];
  readFromMs: number;
};

/** Null where it moved every time. */
async function readStill(
  account: VenueAccount,
  reading: Reading,
  nowMs: () => number,
): Promise<Still | null> {
  let readFromMs = nowMs();
  let before: Before = { ...(await ordersOf(account, reading.orderIdPrefix)), pass: null };
  let others = othersAmong(account, before.orders);
  for (let attempt = 0; attempt < SNAPSHOT_TRIES; attempt += 1) {
    if (!reading.live) readFromMs = nowMs();
    const pass = await readPass(account, { others, before }, reading);
    const held = await heldElsewhere(account, pass, reading);
    const unread = held.filter((instrument) => !others.includes(instrument));
    if (unread.length === 0 && stands(before, pass, reading)) {
      return { ...pass, others, readFromMs };
    }
    before = { ...pass, pass };
    others = [...others, ...unread];
  }
  return null;
}

type Pass = Omit<Still, 'others' | 'readFromMs'>;

async function readPass(
  account: VenueAccount,
  { others, before }: { others: readonly string[]; before: ListedOrders },
  { sinceMs, live, orderIdPrefix }: Reading,
): Promise<Pass> {
  const history = await account.fillsSince(sinceMs, others);
  const { rows: fills, fromMs: fillsFromMs, apart = [], doubts = [] } = history;
  const left = leaving<RowApart>(() => true);
  const positions = datesApart(await account.positions(left.mayLeave), positionKey);
  const balances = datesApart(await account.balances(), balanceKey);
  const { orders, leftOrders } = live ? before : await ordersOf(account, orderIdPrefix);
  const gaps = [
    ...leftOrders,
    ...apartGaps('fill', apart),
    ...apartGaps('position', left.rows),
    ...doubts,
  ];
  return {
    positions: positions.rows,
    balances: balances.rows,
    toldAtMs: { ...positions.toldAtMs, ...balances.toldAtMs },
    orders,
    leftOrders,
    fills,
    fillsFromMs,
    gaps,
    unnamedPositions: left.rows.length > 0,
  };
}

interface ListedOrders {
  orders: Order[];
  /** What was left apart, in words. */
  leftOrders: string[];
}

/** A row may be left where it does not say that it is ours. */
async function ordersOf(account: VenueAccount, prefix: OrderIdPrefix): Promise<ListedOrders> {
  const { venue } = account;
  const left = leaving<RowNotUnderstood>((row) => !isOursAsTold({ ...row, venue }, prefix));
  const orders = await account.openOrders(left.mayLeave);
  return { orders, leftOrders: apartGaps('order', left.rows) };
}

interface Before extends ListedOrders {
  /** Null before the first. */
  pass: Pass | null;
}

function stands(before: Before, now: Pass, { live, thorough, orderIdPrefix }: Reading): boolean {
  if (live) return true;
  const ours = (all: Order[]) => all.filter((order) => isOursByName(order, orderIdPrefix));
  if (!sameRows(ours(before.orders), ours(now.orders))) return false;
  if (!thorough) return true;
  const { pass } = before;
  return pass !== null && MOVING.every((part) => sameRows(pass[part], now[part]));
}

const MOVING = ['fills', 'positions', 'balances'] as const;

/** What needs no second look at the orders: a price or a cash flow later is as true. */
async function complete(
  account: VenueAccount,
  still: Still,
  reading: Reading,
  pace: Pace,
): Promise<ReadableVenue> {
  const { venue, account: name } = account;
  const { positions, balances, orders, fills, others, readFromMs, unnamedPositions } = still;
  const { sinceMs, thorough } = reading;
  const instruments = await account.instrumentSpecs(others);
  const flows = thorough ? await account.cashFlowsSince(sinceMs) : null;
  const priced = thorough || orders.length > 0;
  const names = await otherNames(account, balances);
  const { marks, gap } = priced ? await marksOf(account, others, pace) : { marks: {}, gap: [] };
  const read = { venue, account: name, positions, balances, orders, fills, readFromMs };
  return {
    readable: true,
    ...read,
    cashFlows: flows?.rows ?? null,
    instruments,
    marks,
    ...(unnamedPositions ? { unnamedPositions } : {}),
    ...(Object.keys(still.toldAtMs).length === 0 ? {} : { toldAtMs: still.toldAtMs }),
    ...names,
    gaps: [
      ...account.blindSpots,
      ...still.gaps,
      ...untradable([...account.instruments, ...others], instruments),
      ...olderThan('fills', still.fillsFromMs, sinceMs),
      ...(thorough ? flowGaps(flows, sinceMs) : []),
      ...gap,
    ],
  };
}

async function otherNames(
  account: VenueAccount,
  balances: readonly Balance[],
): Promise<Pick<ReadableVenue, 'sameAs'>> {
  if (account.sameAs === undefined || balances.length === 0) return {};
  const sameAs = await account.sameAs(balances.map(({ asset }) => asset));
  return Object.keys(sameAs).length === 0 ? {} : { sameAs };
}

const FLOWS = 'funding, transfers and fees';

function flowGaps(flows: { fromMs: number } | null, sinceMs: number): string[] {
  return flows === null
    ? [`${FLOWS}: the venue tells none`]
    : olderThan(FLOWS, flows.fromMs, sinceMs);
}

function untradable(asked: readonly string[], specs: readonly InstrumentSpec[]): string[] {
  return unlistedAmong(asked, specs).map(
    (instrument) => `fills and prices of ${instrument}: the venue does not list it`,
  );
}

function olderThan(what: string, fromMs: number, sinceMs: number): string[] {
  if (fromMs <= sinceMs) return [];
  return [`${what} before ${new Date(fromMs).toISOString()}: the venue does not go back further`];
}

/** Without prices a reading is worth having, so they are not asked for as often. */
async function marksOf(
  account: VenueAccount,
  others: string[],
  pace: Pace,
): Promise<{ marks: Record<string, string>; gap: Why[] }> {
  try {
    const marks = await patiently(() => account.marks(others), PATIENCE.optional, pace);
    return { marks: Object.fromEntries(marks), gap: [] };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { marks: {}, gap: [faultOf(error, account.venue)] };
  }
}

function othersAmong({ instruments }: VenueAccount, held: { instrument: string }[]): string[] {
  const named = new Set(held.map(({ instrument }) => instrument));
  return [...named].filter((instrument) => !instruments.includes(instrument));
}

/** Spot fills are read by market, and a balance does not say in which one it was bought. */
async function heldElsewhere(
  account: VenueAccount,
  held: { positions: Position[]; balances: Balance[]; orders: Order[] },
  { thorough, cashAssets }: Reading,
): Promise<string[]> {
  const named = othersAmong(account, [...held.positions, ...held.orders]);
  if (!thorough || account.instruments.some(isDerivative)) return named;
  const known = new Set(account.instruments.map(baseAsset));
  const guesses = held.balances
    .filter(({ asset }) => !known.has(asset) && !cashAssets.includes(asset))
    .flatMap(({ asset }) => cashAssets.map((cash) => `${asset}/${cash}`));
  if (guesses.length === 0) return named;
  const listed = (await account.instrumentSpecs(guesses)).map(({ instrument }) => instrument);
  return [...new Set([...named, ...guesses.filter((guess) => listed.includes(guess))])];
}

/** Whatever the order in which they were told. */
function sameRows(a: readonly object[], b: readonly object[]): boolean {
  if (a.length !== b.length) return false;
  const sorted = (rows: readonly object[]) => rows.map(canonicalJson).sort();
  const other = sorted(b);
  return sorted(a).every((row, index) => row === other[index]);
}
