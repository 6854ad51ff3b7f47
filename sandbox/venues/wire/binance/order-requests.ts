/** Reading Binance order requests, the same for spot and futures. */
import type { Desk, OrderName } from '../../desk.js';
import type { Decimal } from '../../decimal.js';
import type { Instrument } from '../../instruments.js';
import type { VenueRequest } from '../../http/route.js';
import type { PlaceRequest } from '../../ledger/place-request.js';
import type { Order } from '../../ledger/state.js';
import { Refusal } from '../../refusal.js';
import { oneOf, optionalText, parseDecimal } from '../parameters.js';

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
/** GTX is how futures say post-only. */
const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK', 'GTX'] as const;

export function readPlaceRequest(desk: Desk, { params }: VenueRequest): PlaceRequest {
  const type = oneOf('type', TYPES, params.get('type'));
  const timeInForce = type === 'LIMIT' ? readTimeInForce(params) : TAKER_OR_RESTING;
  const instrument = desk.instrument(params.get('symbol'));
  return {
    instrument,
    clientOrderId: params.get('newClientOrderId'),
    ...readSides(desk, params),
    type: type === 'MARKET' ? 'market' : 'limit',
    price: type === 'MARKET' ? null : parseDecimal('price', params.get('price')),
    quantity: readQuantity(desk, instrument, params),
    timeInForce: timeInForce.timeInForce,
    postOnly: timeInForce.postOnly || type === 'LIMIT_MAKER',
  };
}

const TAKER_OR_RESTING = { timeInForce: 'GTC', postOnly: false } as const;

export function readTimeInForce(params: URLSearchParams) {
  const name = oneOf('timeInForce', TIMES_IN_FORCE, params.get('timeInForce'));
  const timeInForce = name === 'GTX' ? 'GTC' : name;
  return { timeInForce, postOnly: name === 'GTX' } as const;
}

const POSITION_SIDES = { BOTH: 'net', LONG: 'long', SHORT: 'short' } as const;

export function readSides(desk: Desk, params: URLSearchParams) {
  const named = params.get('positionSide') ?? 'BOTH';
  const positionSide = POSITION_SIDES[oneOf('positionSide', ['BOTH', 'LONG', 'SHORT'], named)];
  if (desk.state.positionMode === 'hedge' && params.has('reduceOnly')) {
    throw new Refusal('invalid-argument', 'reduceOnly is sent when not required');
  }
  return {
    side: oneOf('side', ['BUY', 'SELL'], params.get('side')) === 'BUY' ? 'buy' : 'sell',
    positionSide,
    reduceOnly: params.get('reduceOnly') === 'true',
  } as const;
}

/** Spot market orders may name what to spend; ccxt does so when it is given a price. */
export function readQuantity(desk: Desk, instrument: Instrument, params: URLSearchParams): Decimal {
  const spend = params.get('quoteOrderQty');
  if (spend === null) return parseDecimal('quantity', params.get('quantity'));
  return desk.quantityFor(instrument, parseDecimal('quoteOrderQty', spend));
}

export function findOpen(desk: Desk, { params }: VenueRequest): Order[] {
  const symbol = params.get('symbol');
  const instrument = symbol === null ? undefined : desk.instrument(symbol);
  return desk.ledger.openOrders(desk.venue, instrument);
}
