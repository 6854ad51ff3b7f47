// Whether a venue takes an order. Pure: reads state, answers by throwing a Refusal or not at all.
import { ZERO, type Decimal } from '../decimal.js';
import { MARGIN_RATE, PRICE_TICK, type Instrument, type VenueId } from '../instruments.js';
import { Refusal } from '../refusal.js';
import { reduces } from './accounting.js';
import type { OrderType, Side, TimeInForce } from './journal.js';
import { crosses } from './resting-orders.js';
import { balanceOf, positionOf, type VenueState } from './state.js';

export interface PlaceRequest {
  readonly instrument: Instrument;
  readonly clientOrderId: string | null;
  readonly side: Side;
  readonly type: OrderType;
  readonly price: Decimal | null;
  readonly quantity: Decimal;
  readonly timeInForce?: TimeInForce;
  readonly postOnly?: boolean;
  readonly reduceOnly?: boolean;
}

// Free text up to 18 characters or an UUID on Kraken; Binance allows 36 of a narrow alphabet.
const CLIENT_ID_SHAPES: Readonly<Record<VenueId, RegExp>> = {
  binance: /^[.A-Z:/a-z0-9_-]{1,36}$/,
  binanceusdm: /^[.A-Z:/a-z0-9_-]{1,36}$/,
  coinbase: /^.{1,128}$/,
  kraken: /^(?:[\x21-\x7e]{1,18}|[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i,
};

export function checkPlaceRequest(
  state: VenueState,
  request: PlaceRequest,
  marketPrice: Decimal,
): void {
  checkShape(request);
  checkClientOrderId(state, request);
  if (request.reduceOnly === true) checkReduces(state, request);
  if (request.postOnly === true && crosses(request, marketPrice)) {
    throw new Refusal('post-only-would-cross', `would match at ${marketPrice.toFixed()}`);
  }
  checkFunds(state, request, request.price ?? marketPrice);
}

function checkShape(request: PlaceRequest): void {
  const { instrument, quantity, price } = request;
  if (!quantity.isFinite() || quantity.lte(0) || !quantity.mod(instrument.quantityStep).isZero()) {
    const step = instrument.quantityStep.toFixed();
    throw new Refusal('filter-failure', `quantity must be a positive multiple of ${step}`);
  }
  if ((request.type === 'limit') !== (price !== null)) {
    throw new Refusal('filter-failure', 'price is for limit orders, and only for them');
  }
  if (price !== null && (!price.isFinite() || price.lte(0) || !price.mod(PRICE_TICK).isZero())) {
    throw new Refusal(
      'filter-failure',
      `price must be a positive multiple of ${PRICE_TICK.toFixed()}`,
    );
  }
}

function checkClientOrderId(state: VenueState, request: PlaceRequest): void {
  const { clientOrderId } = request;
  if (clientOrderId === null) return;
  if (!CLIENT_ID_SHAPES[request.instrument.venue].test(clientOrderId)) {
    throw new Refusal('invalid-client-order-id', `client order id ${clientOrderId} is malformed`);
  }
  if (state.byClientOrderId.get(clientOrderId)?.status === 'open') {
    throw new Refusal('duplicate-client-order-id', `client order id ${clientOrderId} is in use`);
  }
}

function checkReduces(state: VenueState, request: PlaceRequest): void {
  const position = positionOf(state, request.instrument.symbol);
  if (!reduces(position, request.side, request.quantity)) {
    throw new Refusal('reduce-only-rejected', `position is ${position.quantity.toFixed()}`);
  }
}

function checkFunds(state: VenueState, request: PlaceRequest, price: Decimal): void {
  const { instrument, side, quantity } = request;
  const notional = price.times(quantity);
  const sellsBase = instrument.kind === 'spot' && side === 'sell';
  const asset = sellsBase ? instrument.base : instrument.quote;
  const balance = balanceOf(state, asset);
  const free = balance.total.minus(balance.used);
  if (free.lt(sellsBase ? quantity : fundsFor(request, notional))) {
    throw new Refusal('insufficient-funds', `free ${asset} is ${free.toFixed()}`);
  }
}

function fundsFor(request: PlaceRequest, notional: Decimal): Decimal {
  const { instrument } = request;
  if (request.reduceOnly === true) return ZERO;
  const rate = instrument.kind === 'perpetual' ? MARGIN_RATE : 1;
  return notional.times(instrument.takerFee.plus(rate));
}
