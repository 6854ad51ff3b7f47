/**
 * Any other ccxt venue that can do enough, by ccxt's unified methods alone.
 *
 * Invariants: its answers cannot be checked by format, so "nothing" is believed only when two reads
 * agree; what it cannot do is found out when the account is made, and named; an order is never said
 * to be absent, because a list may be a page of many. It tells no cash flows.
 */
import * as ccxt from 'ccxt';
import type { History } from '../../../activities/ports.js';
import { isDerivative } from '../../../workflows/domain/instruments.js';
import { isZero } from '../../../workflows/domain/decimal.js';
import type { LookUp } from '../../../workflows/domain/orders.js';
import type { Fill, Order } from '../../../workflows/domain/state.js';
import type { Exchange } from '../connection.js';
import { toBalances, toFill, toFilled, toOrder, toPosition } from '../parse.js';
import { text } from '../rows.js';
import {
  clientIdOf,
  closedAs,
  listed,
  DAY_MS,
  LOOK_BACK_MS,
  MAX_PAGES,
  orNotFound,
  tooManyPages,
  venueIdOf,
} from './adapter.js';
import type { Reach, VenueAdapter } from './adapter.js';

/** Of a venue that gives windows only: as many as can be read in a recovery. */
const WINDOWED_DAYS = 90;
/** A trade of this moment may be in one answer and not yet in another. */
const RECENT_MS = 5_000;

const NEEDED = ['fetchOpenOrders', 'fetchMyTrades', 'fetchBalance', 'cancelOrder', 'fetchTicker'];
const LOOK_UPS = [
  'fetchOrder',
  'fetchOpenOrder',
  'fetchClosedOrder',
  'fetchClosedOrders',
  'fetchOrders',
];

/** What a venue lacks to be usable for these instruments, by ccxt's names. */
export function missingCapabilities(exchange: Exchange, instruments: readonly string[]): string[] {
  const can = (method: string) => Boolean(exchange.has[method as keyof typeof exchange.has]);
  const missing = NEEDED.filter((method) => !can(method));
  if (!LOOK_UPS.some(can)) missing.push(LOOK_UPS.join(' or '));
  if (instruments.some(isDerivative) && !can('fetchPositions')) missing.push('fetchPositions');
  return [...missing, ...unknownCredentials(exchange)];
}

/** What it signs with, beside what a configuration can give. */
function unknownCredentials(exchange: Exchange): string[] {
  const required = exchange.requiredCredentials as unknown as Record<string, boolean>;
  return Object.entries(required)
    .filter(([name, needed]) => needed && !['apiKey', 'secret', 'password'].includes(name))
    .map(([name]) => `a way to be given its ${name}`);
}

export const generic: VenueAdapter = {
  openOrders: async ({ exchange, place, instruments }) => {
    const orders = await agreed(() => openOrders(exchange, instruments));
    return orders.map((order) => toOrder(place, order, conditionsOf(order)));
  },
  fills: async (reach, sinceMs) => {
    const first = await allFills(reach, sinceMs);
    return first.rows.length > 0 ? first : allFills(reach, sinceMs);
  },
  cashFlows: async () => null,
  positions: async ({ exchange, place, instruments }) => {
    const derivatives = instruments.filter(isDerivative);
    if (derivatives.length === 0) return [];
    const rows = await agreed(() => exchange.fetchPositions());
    return rows.map((row) => toPosition(place, row)).filter(({ quantity }) => !isZero(quantity));
  },
  balances: ({ exchange, place }) =>
    agreed(async () => toBalances(place, await exchange.fetchBalance())),
  lookUp,
  cancel: ({ exchange }, order) => {
    const id = venueIdOf(order);
    if (id === null) throw new ccxt.NotSupported('cancels by the id of the venue only');
    return exchange.cancelOrder(id, order.instrument, triggerParams(order));
  },
  armDeadManSwitch: null,
};

/** Nothing is believed when it is said twice. */
async function agreed<T>(read: () => Promise<T[]>): Promise<T[]> {
  const first = await read();
  return first.length > 0 ? first : read();
}

/** Where the venue asks for a symbol, each of ours is asked for; stops too where they are apart. */
async function openOrders(exchange: Exchange, instruments: readonly string[]) {
  const orders = new Map<string, ccxt.Order>();
  const scopes = needsSymbol(exchange, 'fetchOpenOrders')
    ? listed(exchange, instruments)
    : [undefined];
  for (const scope of scopes) {
    for (const params of triggersApart(exchange) ? [{}, { trigger: true }] : [{}]) {
      const rows = await exchange.fetchOpenOrders(scope, undefined, undefined, params);
      for (const row of rows) orders.set(`${row.symbol}|${row.id}`, row);
    }
  }
  return [...orders.values()];
}

interface Feature {
  symbolRequired?: boolean;
  trigger?: boolean;
  daysBack?: number;
  untilDays?: number;
}
type Features = Record<string, Feature | undefined>;

/** ccxt tells of each kind of market what its methods take. */
function featuresOf(exchange: Exchange): Features[] {
  const isKind = (value: unknown): value is Features => value !== null && typeof value === 'object';
  const features = Object.values((exchange.features ?? {}) as Record<string, unknown>).filter(
    isKind,
  );
  const nested = features.flatMap((kind) => Object.values(kind) as unknown[]).filter(isKind);
  return [...features, ...nested];
}

function needsSymbol(exchange: Exchange, method: string): boolean {
  return featuresOf(exchange).some((kind) => kind[method]?.symbolRequired === true);
}

function triggersApart(exchange: Exchange): boolean {
  return featuresOf(exchange).some((kind) => kind['fetchOpenOrders']?.trigger === true);
}

function conditionsOf(order: ccxt.Order) {
  const waits = [order.triggerPrice, order.stopLossPrice, order.takeProfitPrice].map(text);
  const triggerPrice = waits.find((price) => price !== null && price !== '0');
  return triggerPrice === undefined ? {} : { conditional: true, triggerPrice };
}

function triggerParams(order: Order): object {
  return order.conditional === true ? { trigger: true } : {};
}

/** Read in windows where the venue gives no more than so many days at once. */
async function allFills(reach: Reach, sinceMs: number): Promise<History<Fill>> {
  const { exchange, instruments } = reach;
  const { fromMs, stepMs } = historyOf(exchange, sinceMs);
  const scopes = needsSymbol(exchange, 'fetchMyTrades')
    ? listed(exchange, instruments)
    : [undefined];
  const fills: Fill[] = [];
  for (const scope of scopes) {
    const read = new Map<string, Fill>();
    for (let from = fromMs; from <= exchange.milliseconds(); from += stepMs) {
      await readOnwards(reach, scope, { from, until: from + stepMs, read });
    }
    await checkNewest(reach, scope, { fromMs, read });
    fills.push(...read.values());
  }
  return { rows: fills.filter(({ timeMs }) => timeMs >= fromMs), fromMs };
}

/** How far back ccxt says that the venue goes, and how much of it in one answer. */
function historyOf(exchange: Exchange, sinceMs: number) {
  const terms = featuresOf(exchange).map((kind) => kind['fetchMyTrades']);
  const least = (field: 'daysBack' | 'untilDays') =>
    Math.min(...terms.map((one) => one?.[field] ?? Infinity).filter((days) => days > 0));
  const nowMs = exchange.milliseconds();
  const stepMs = least('untilDays') * DAY_MS;
  const daysBack = Math.min(least('daysBack'), Number.isFinite(stepMs) ? WINDOWED_DAYS : Infinity);
  const fromMs = Number.isFinite(daysBack) ? Math.max(sinceMs, nowMs - daysBack * DAY_MS) : sinceMs;
  return { fromMs, stepMs: Number.isFinite(stepMs) ? stepMs : nowMs + DAY_MS };
}

interface Reading {
  from: number;
  until: number;
  read: Map<string, Fill>;
}

const keyOf = ({ instrument, tradeId }: Fill) => `${instrument}|${tradeId}`;

/** From the newest trade on, until a page brings nothing new: the length of a page is unknown. */
async function readOnwards(
  { exchange, place }: Reach,
  symbol: string | undefined,
  { from, until, read }: Reading,
): Promise<void> {
  const windowed = until < exchange.milliseconds() ? { until } : {};
  let since = from;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const asked = since > 0 ? since : undefined;
    const rows = await exchange.fetchMyTrades(symbol, asked, undefined, windowed);
    const fills = rows.map((row) => toFill(place, row));
    const known = read.size;
    for (const fill of fills) read.set(keyOf(fill), fill);
    if (read.size === known) return;
    since = Math.max(since, ...fills.map(({ timeMs }) => timeMs));
  }
  throw tooManyPages('fetchMyTrades');
}

/** A venue that clips what it was asked for without a word is found out by its newest trades. */
async function checkNewest(
  { exchange, place }: Reach,
  symbol: string | undefined,
  { fromMs, read }: { fromMs: number; read: Map<string, Fill> },
): Promise<void> {
  const readAtMs = exchange.milliseconds();
  const newest = (await exchange.fetchMyTrades(symbol)).map((row) => toFill(place, row));
  for (const fill of newest) {
    const mustBeKnown = fill.timeMs >= fromMs && fill.timeMs < readAtMs - RECENT_MS;
    if (mustBeKnown && !read.has(keyOf(fill))) {
      throw new ccxt.BadResponse('malformed answer from fetchMyTrades: it leaves trades out');
    }
    if (fill.timeMs >= fromMs) read.set(keyOf(fill), fill);
  }
}

async function lookUp(reach: Reach, order: Order): Promise<LookUp> {
  const { exchange } = reach;
  const id = venueIdOf(order);
  if (id !== null && exchange.has['fetchOrder'] === true) {
    const ask = () => exchange.fetchOrder(id, order.instrument, triggerParams(order));
    const row = await orNotFound(ask);
    if (row !== undefined) return said(reach, row);
  }
  const resting = await openOrders(exchange, [order.instrument, ...reach.instruments]);
  const open = resting.find((row) => isSame(order, row));
  if (open !== undefined) return said(reach, open);
  return amongClosed(reach, order);
}

async function amongClosed(reach: Reach, order: Order): Promise<LookUp> {
  const { exchange } = reach;
  const since = exchange.milliseconds() - LOOK_BACK_MS;
  const all = exchange.has['fetchOrders'] === true;
  const lists = all ? ['fetchOrders'] : ['fetchClosedOrders', 'fetchCanceledOrders'];
  const rows: ccxt.Order[] = [];
  for (const list of lists as ('fetchOrders' | 'fetchClosedOrders' | 'fetchCanceledOrders')[]) {
    if (exchange.has[list] === true) rows.push(...(await exchange[list](order.instrument, since)));
  }
  const found = rows.find((row) => isSame(order, row));
  if (found !== undefined) return said(reach, found);
  const own = (await allFills({ ...reach, instruments: [order.instrument] }, since)).rows.filter(
    ({ venueOrderId }) => venueOrderId === venueIdOf(order),
  );
  const why = own.length > 0 ? 'it has fills, yet no list has it' : 'not in its lists';
  return { outcome: 'unreadable', why: `${why}, and the venue is read by a generic adapter` };
}

function isSame(order: Order, row: ccxt.Order): boolean {
  const id = venueIdOf(order);
  return id === null ? row.clientOrderId === clientIdOf(order) : row.id === id;
}

function said({ place }: Reach, row: ccxt.Order): LookUp {
  if (row.status === 'open') {
    return { outcome: 'found', order: toOrder(place, row, conditionsOf(row)) };
  }
  return closedAs(row.status, () => toFilled(row));
}
