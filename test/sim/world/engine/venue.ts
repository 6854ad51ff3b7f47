/**
 * One venue as the engine uses it, straight over the sandbox's ledger: as `sandbox/engine/venue/venue.ts`, without
 * ccxt, which a process that trades for minutes of virtual time would spend most of its time in.
 *
 * Invariant: a placement ends as acknowledged, refused or unknown; an order that was sent arrives, whatever becomes
 * of the engine.
 */
import type { Fill, Order } from '../../../../workflows/domain/books/state.js';
import { decimal } from '../../../../sandbox/venues/decimal.js';
import { findBySymbol } from '../../../../sandbox/venues/instruments.js';
import { Refusal } from '../../../../sandbox/venues/refusal.js';
import type { EngineVenueId } from '../../../../sandbox/venues/index.js';
import type { EngineVenue, Placement } from '../../../../sandbox/engine/venue/venue.js';
import type { Life } from '../life.js';
import { INSTRUMENTS, type Market } from '../venues/market.js';
import { restingAt } from '../venues/open.js';
import { fillRow, fillsSince, positionRows, rowsAt, totalsOf } from '../venues/rows.js';

const LATE_MS = 10_000;

export function engineVenue(market: Market, venue: EngineVenueId, life: Life): EngineVenue {
  const desk = market.sandbox.core.desks[venue];
  const rows = rowsAt(market, venue);
  const own: { lastReadMs: number | null } = { lastReadMs: null };
  /** Null: it has not heard in time. */
  const ask = async <T>(what: string, act: () => T): Promise<{ answer: T } | 'refused' | null> => {
    await life.passes();
    const sentAtMs = Date.now();
    const found = await market.over({ venue, from: 'engine', what }, act);
    if (found === null) await late(sentAtMs);
    await life.passes();
    return found;
  };
  const read = async <T>(what: string, act: () => T): Promise<T> => {
    const found = await ask(what, act);
    if (found === null || found === 'refused') throw new Error(`${venue} does not tell ${what}`);
    own.lastReadMs = Date.now();
    return found.answer;
  };
  return {
    name: venue,
    account: rows.account.account,
    instruments: INSTRUMENTS[venue],
    get lastReadMs() {
      return own.lastReadMs;
    },
    async place(order) {
      const found = await ask('place', () => placed(market, venue, order));
      if (found === 'refused') return { outcome: 'refused', error: new Error('refused') };
      return found?.answer ?? { outcome: 'unknown', error: new Error('no answer in time') };
    },
    fillsSince: async (sinceMs): Promise<Fill[]> =>
      read('fills', () => fillsSince(desk.state, sinceMs).map((fill) => fillRow(rows, fill))),
    openOrders: () =>
      read('open orders', () =>
        restingAt(market, venue).map(({ clientOrderId, venueOrderId }) => ({
          clientOrderId,
          venueOrderId,
        })),
      ),
    orderOutcome: ({ venueOrderId }) =>
      read('order', () => {
        const { status, filled, instrument } = desk.ledger.order(venue, venueOrderId ?? '');
        const done = status !== 'open' && status !== 'untriggered';
        return { done, filled: filled.div(market.sizeOf(instrument.symbol)).toFixed() };
      }),
    balances: () => read('balances', () => new Map(totalsOf(desk.state))),
    positions: () =>
      read('positions', () =>
        positionRows(rows, desk.state).map(({ instrument, quantity, averagePrice }) => ({
          instrument,
          quantity,
          averagePrice: averagePrice ?? '0',
        })),
      ),
    price: (instrument) => read('price', () => desk.price(listed(venue, instrument)).toFixed()),
    timeMs: () => read('time', () => desk.nowMs()),
    disconnect: async () => undefined,
  };
}

function placed(market: Market, venue: EngineVenueId, order: Order): Placement {
  const { instrument, clientOrderId, side, price, quantity } = order;
  try {
    const { venueOrderId } = market.sandbox.core.desks[venue].place({
      instrument: listed(venue, instrument),
      clientOrderId,
      side,
      type: 'limit',
      price: price === null ? null : decimal(price),
      quantity: decimal(quantity).times(market.sizeOf(instrument)),
    });
    return { outcome: 'acknowledged', venueOrderId };
  } catch (error) {
    if (error instanceof Refusal) return { outcome: 'refused', error };
    throw error;
  }
}

function listed(venue: EngineVenueId, symbol: string) {
  const found = findBySymbol(venue, symbol);
  if (found === undefined) throw new Error(`${venue} does not list ${symbol}`);
  return found;
}

async function late(sentAtMs: number): Promise<void> {
  const leftMs = Math.max(0, sentAtMs + LATE_MS - Date.now());
  await new Promise((resolve) => setTimeout(resolve, leftMs));
}
