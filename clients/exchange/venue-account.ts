/**
 * One account at one venue, as activities see it.
 *
 * Invariants: a read returns only what well-formed answers held; a write whose answer was
 * ambiguous fails as `OutcomeUnknown` and is never repeated here; a time-out is not "not found".
 */
import * as ccxt from 'ccxt';
import type { VenueAccount } from '../../activities/ports.js';
import { exceeds, isZero } from '../../workflows/domain/decimal.js';
import type { VenueStatus } from '../../workflows/domain/market.js';
import type { LookUp } from '../../workflows/domain/orders.js';
import type { Fill, Order } from '../../workflows/domain/state.js';
import { connectVenue, type Connection, type Exchange } from './connection.js';
import { readFailure, writeFailure } from './failures.js';
import {
  type Place,
  text,
  toBalances,
  toFill,
  toFilled,
  toOrder,
  toPosition,
  toWalletBalances,
} from './parse.js';
import { quirksOf, type VenueQuirks } from './quirks.js';
import type { VenueSettings } from './settings.js';

const MINUTE_MS = 60_000;

export function createVenueAccount(settings: VenueSettings): VenueAccount {
  const { venue, account, instruments } = settings;
  const place = { venue, account };
  const quirks = quirksOf(settings.ccxt);

  const { read, write } = guarded(venue, connectVenue(settings));
  return {
    venue,
    account,
    instruments,
    openOrders: () =>
      read('open orders', async (exchange) =>
        (await quirks.openOrders(exchange)).map((order) => toOrder(place, order)),
      ),
    fillsSince: (sinceMs, others = []) =>
      read('fills', async (exchange) => {
        const named = [...new Set([...instruments, ...others])];
        const rows = await allFills(exchange, { place, instruments: named, quirks, sinceMs });
        return { rows, fromMs: sinceMs };
      }),
    cashFlowsSince: async () => null,
    positions: () =>
      read('positions', async (exchange) => {
        if (!quirks.derivatives) return []; // a spot account has balances, not positions
        const positions = (await exchange.fetchPositions()).map((p) => toPosition(place, p));
        return positions.filter(({ quantity }) => !isZero(quantity));
      }),
    balances: () =>
      read('balances', async (exchange) => {
        const balances = await exchange.fetchBalance();
        return quirks.derivatives ? toWalletBalances(place, balances) : toBalances(place, balances);
      }),
    instrumentSpecs: async () => [],
    lookUp: (order) => read('order look-up', (exchange) => lookUp(exchange, quirks, order)),
    cancel: (order) =>
      write('cancel', (exchange) =>
        exchange.cancelOrder(order.venueOrderId ?? '', order.instrument),
      ),
    armDeadManSwitch: async (timeoutMs) => {
      const { deadManSwitch } = quirks;
      if (deadManSwitch === null) return false;
      await write('dead-man switch', (exchange) =>
        deadManSwitch(exchange, { instruments, timeoutMs }),
      );
      return true;
    },
    marks: (others = []) =>
      read('marks', (exchange) => marksOf(exchange, [...new Set([...instruments, ...others])])),
    closes: (instrument, windowMs) =>
      read('candles', (exchange) => closesOf(exchange, instrument, windowMs)),
    status: () => read('status', statusOf),
  };
}

/** Reads and writes whose failures are ours: of the closed list, and without secrets. */
function guarded(venue: string, connection: Connection) {
  async function read<T>(what: string, act: (exchange: Exchange) => Promise<T>): Promise<T> {
    try {
      return await act(await connection.ready());
    } catch (error) {
      throw readFailure(venue, what, error);
    }
  }
  async function write(what: string, act: (exchange: Exchange) => Promise<unknown>): Promise<void> {
    const exchange = await read(what, (ready) => Promise.resolve(ready));
    try {
      await act(exchange);
    } catch (error) {
      throw writeFailure(venue, what, error);
    }
  }
  return { read, write };
}

async function allFills(
  exchange: Exchange,
  options: {
    place: Place;
    instruments: readonly string[];
    quirks: VenueQuirks;
    sinceMs: number;
  },
): Promise<Fill[]> {
  const { place, instruments, quirks, sinceMs } = options;
  const scopes = quirks.tradesPerInstrument ? instruments : [undefined];
  const pages = await Promise.all(
    scopes.map((instrument) => quirks.trades(exchange, instrument, sinceMs)),
  );
  return pages.flat().map((trade) => toFill(place, trade));
}

const CLOSED = {
  closed: 'filled',
  canceled: 'cancelled',
  expired: 'expired',
  rejected: 'rejected',
} as const;

async function lookUp(exchange: Exchange, quirks: VenueQuirks, order: Order): Promise<LookUp> {
  const found = await findOrder(exchange, quirks, order);
  if (found === undefined) return { outcome: 'absent' };
  if (found.status === 'open') {
    const { venue, account } = order;
    return { outcome: 'found', order: toOrder({ venue, account }, found) };
  }
  const status = CLOSED[found.status as keyof typeof CLOSED];
  if (status === undefined) return { outcome: 'unreadable', why: `status "${found.status}"` };
  return { outcome: 'closed', status, filled: toFilled(found) };
}

/** By client id first: it is ours, and known even for an order that was never acknowledged. */
async function findOrder(exchange: Exchange, quirks: VenueQuirks, order: Order) {
  try {
    const byClientId = await quirks.byClientId(exchange, order);
    if (byClientId.length > 0) return byClientId[0];
    if (order.venueOrderId === null) return undefined;
    return await exchange.fetchOrder(order.venueOrderId, order.instrument);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Venues that have no such order say so in three ways; a time-out is none of them. */
function isNotFound(error: unknown): boolean {
  if (error instanceof ccxt.OrderNotFound) return true;
  if (!(error instanceof ccxt.ExchangeError)) return false;
  return /Invalid order|Unknown order|NOT_FOUND|order not found/i.test(error.message);
}

async function marksOf(exchange: Exchange, instruments: readonly string[]) {
  const marks = new Map<string, string>();
  for (const instrument of instruments) {
    const ticker = await exchange.fetchTicker(instrument);
    const mark = text(ticker.markPrice ?? ticker.last ?? ticker.close);
    if (mark !== null && exceeds(mark, '0')) marks.set(instrument, mark);
  }
  return marks;
}

async function closesOf(exchange: Exchange, instrument: string, windowMs: number) {
  const minutes = Math.ceil(windowMs / MINUTE_MS);
  const since = exchange.milliseconds() - windowMs;
  const candles = await exchange.fetchOHLCV(instrument, '1m', since, minutes);
  return candles.flatMap((candle) => text(candle[4]) ?? []);
}

/** A venue without a status call is open as far as one can know: its reads have just worked. */
async function statusOf(exchange: Exchange): Promise<VenueStatus> {
  if (exchange.has['fetchStatus'] !== true) return 'open';
  const told = await exchange.fetchStatus();
  // ccxt calls all but "online" maintenance; Kraken itself says more.
  const status = (told.info as { result?: { status?: string } }).result?.status ?? told.status;
  if (status === 'ok' || status === 'online') return 'open';
  if (status === 'maintenance' || status === 'shutdown') return 'maintenance';
  return status === 'cancel_only' || status === 'post_only' ? 'cancel_only' : 'unknown';
}
