// Reading Binance order requests, the same for spot and futures.
import type { Desk, OrderName } from '../../desk.js';
import type { Decimal } from '../../decimal.js';
import type { Instrument } from '../../instruments.js';
import type { VenueRequest } from '../../http/route.js';
import type { PlaceRequest } from '../../ledger/place-request.js';
import type { Order } from '../../ledger/state.js';
import { Refusal } from '../../refusal.js';
import { oneOf, optionalInteger, optionalText, parseDecimal } from '../parameters.js';

export function identifyPlaced({ params }: VenueRequest): OrderName {
  return { clientOrderId: optionalText(params, 'newClientOrderId') };
}

export function identifyNamed({ params }: VenueRequest): OrderName {
  return {
    venueOrderId: optionalText(params, 'orderId'),
    clientOrderId: optionalText(params, 'origClientOrderId'),
  };
}

const TYPES = ['LIMIT', 'MARKET', 'LIMIT_MAKER'] as const;
// GTX is how futures say post-only.
const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK', 'GTX'] as const;

export function readPlaceRequest(desk: Desk, { params }: VenueRequest): PlaceRequest {
  const type = oneOf('type', TYPES, params.get('type'));
  const timeInForce =
    type === 'LIMIT' ? oneOf('timeInForce', TIMES_IN_FORCE, params.get('timeInForce')) : 'GTC';
  const instrument = desk.instrument(params.get('symbol'));
  return {
    instrument,
    clientOrderId: params.get('newClientOrderId'),
    side: oneOf('side', ['BUY', 'SELL'], params.get('side')) === 'BUY' ? 'buy' : 'sell',
    type: type === 'MARKET' ? 'market' : 'limit',
    price: type === 'MARKET' ? null : parseDecimal('price', params.get('price')),
    quantity: readQuantity(desk, instrument, params),
    timeInForce: timeInForce === 'GTX' ? 'GTC' : timeInForce,
    postOnly: timeInForce === 'GTX' || type === 'LIMIT_MAKER',
    reduceOnly: params.get('reduceOnly') === 'true',
  };
}

/** Spot market orders may name what to spend; ccxt does so when it is given a price. */
function readQuantity(desk: Desk, instrument: Instrument, params: URLSearchParams): Decimal {
  const spend = params.get('quoteOrderQty');
  if (spend === null) return parseDecimal('quantity', params.get('quantity'));
  return desk.quantityFor(instrument, parseDecimal('quoteOrderQty', spend));
}

export function findOpen(desk: Desk, { params }: VenueRequest): Order[] {
  const symbol = params.get('symbol');
  const instrument = symbol === null ? undefined : desk.instrument(symbol);
  return desk.ledger.openOrders(desk.venue, instrument);
}

const DEFAULT_LIMIT = 500;
const MAX_LIMIT = 1000;

interface Window {
  readonly limit: number;
  readonly from: number | undefined;
  readonly startMs: number | undefined;
  readonly endMs: number | undefined;
}

function readWindow(params: URLSearchParams, fromName: string, longestMs: number): Window {
  const startMs = optionalInteger(params, 'startTime');
  const endMs = optionalInteger(params, 'endTime');
  if (startMs !== undefined && endMs !== undefined && endMs - startMs > longestMs) {
    throw new Refusal('invalid-argument', `startTime to endTime may span ${longestMs} ms`);
  }
  const limit = Math.min(optionalInteger(params, 'limit') ?? DEFAULT_LIMIT, MAX_LIMIT);
  return { limit, from: optionalInteger(params, fromName), startMs, endMs };
}

export interface WindowQuery<Row> {
  readonly rows: Iterable<Row>;
  readonly params: URLSearchParams;
  readonly fromName: string;
  readonly longestMs: number;
  readonly idOf: (row: Row) => string;
  readonly timeOf: (row: Row) => number;
}

/** Oldest first; without a start Binance gives the newest page, with one the first page after it. */
export function windowOf<Row>(query: WindowQuery<Row>): Row[] {
  const { limit, from, startMs, endMs } = readWindow(query.params, query.fromName, query.longestMs);
  const rows = [...query.rows].filter(
    (row) =>
      (from === undefined || Number(query.idOf(row)) >= from) &&
      query.timeOf(row) >= (startMs ?? 0) &&
      query.timeOf(row) <= (endMs ?? Infinity),
  );
  const anchored = from !== undefined || startMs !== undefined;
  return anchored ? rows.slice(0, limit) : rows.slice(-limit);
}
