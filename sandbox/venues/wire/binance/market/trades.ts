/** Binance's order book and public trades, spot and USD-M futures. */
import type { Desk } from '../../../desk.js';
import { padded } from '../../../decimal.js';
import type { VenueRequest } from '../../../http/route.js';
import type { Level } from '../../../market/order-book.js';
import type { MarketTrade } from '../../../market/tape.js';
import { oneOf, optionalInteger } from '../../parameters.js';

const DEFAULT_TRADES = 500;
const MOST_TRADES = 1000;

export interface DepthTerms {
  usual: number;
  most: number;
  /** Futures take these only. */
  choices?: readonly string[];
}

export function depth(desk: Desk, { params }: VenueRequest, terms: DepthTerms) {
  const instrument = desk.instrument(params.get('symbol'));
  const asked = params.get('limit');
  if (terms.choices && asked !== null) oneOf('limit', terms.choices, asked);
  const limit = Math.min(optionalInteger(params, 'limit') ?? terms.usual, terms.most);
  const { bids, asks } = desk.book(instrument, limit);
  const nowMs = desk.nowMs();
  const stamps = instrument.kind === 'spot' ? {} : { E: nowMs, T: nowMs };
  const places = instrument.kind === 'spot' ? 8 : 3;
  const row = ({ price, quantity }: Level) => [padded(price, 2), padded(quantity, places)];
  return { lastUpdateId: desk.changes, ...stamps, bids: bids.map(row), asks: asks.map(row) };
}

export function trades(desk: Desk, { params }: VenueRequest) {
  return newest(desk, params).map(({ id, price, quantity, timeMs, buyerIsMaker }) => ({
    id,
    price: padded(price, 8),
    qty: padded(quantity, 8),
    quoteQty: padded(price.times(quantity), 8),
    time: timeMs,
    isBuyerMaker: buyerIsMaker,
    isBestMatch: true,
  }));
}

/** Each of one trade: nobody's order met two. */
export function aggregateTrades(desk: Desk, { params }: VenueRequest) {
  const fromMs = optionalInteger(params, 'startTime');
  const toMs = optionalInteger(params, 'endTime') ?? Infinity;
  const fromId = optionalInteger(params, 'fromId');
  const limit = Math.min(optionalInteger(params, 'limit') ?? DEFAULT_TRADES, MOST_TRADES);
  const rows = newest(
    desk,
    new URLSearchParams({ symbol: params.get('symbol') ?? '', limit: '1000' }),
  ).filter(({ id, timeMs }) => id >= (fromId ?? 0) && timeMs >= (fromMs ?? 0) && timeMs <= toMs);
  const isForward = fromMs !== undefined || fromId !== undefined;
  return (isForward ? rows.slice(0, limit) : rows.slice(-limit)).map(aggregateOf);
}

function aggregateOf({ id, price, quantity, timeMs, buyerIsMaker }: MarketTrade) {
  return {
    a: id,
    p: padded(price, 8),
    q: padded(quantity, 8),
    f: id,
    l: id,
    T: timeMs,
    m: buyerIsMaker,
    M: true,
  };
}

function newest(desk: Desk, params: URLSearchParams): readonly MarketTrade[] {
  const limit = optionalInteger(params, 'limit') ?? DEFAULT_TRADES;
  return desk.trades(desk.instrument(params.get('symbol')), limit);
}
