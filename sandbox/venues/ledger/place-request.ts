/**
 * Whether a venue takes an order. Pure: reads state, answers by throwing a Refusal or not at all.
 */
import { ZERO, type Decimal } from '../decimal.js';
import { MARGIN_RATE, PRICE_TICK, type Instrument } from '../instruments.js';
import { Refusal } from '../refusal.js';
import { closesOnly, givenBySpot, positionSideFits, reduces } from './accounting.js';
import type { FeeLeg, OrderType, PositionSide, Side, TimeInForce } from './journal.js';
import { crosses } from './resting-orders.js';
import { freeOf, isLive, positionOf, type VenueState } from './state.js';
import { directionOf, isReached, type TriggerRequest } from './triggers.js';
import {
  feeLegOf,
  isClientOrderId,
  keepsConditionalApart,
  minNotionalOf,
} from './venue-customs.js';

export interface PlaceRequest {
  instrument: Instrument;
  clientOrderId: string | null;
  side: Side;
  /** `net` unless told. */
  positionSide?: PositionSide | undefined;
  /** What it is, or will be once it is triggered. */
  type: OrderType;
  price: Decimal | null;
  quantity: Decimal;
  timeInForce?: TimeInForce;
  postOnly?: boolean;
  reduceOnly?: boolean;
  /** Conditional orders only; with quantity zero. */
  closePosition?: boolean | undefined;
  /** Where an order may ask for it. */
  feeLeg?: FeeLeg | undefined;
  trigger?: TriggerRequest | undefined;
}

export function checkPlaceRequest(
  state: VenueState,
  request: PlaceRequest,
  marketPrice: Decimal,
): void {
  checkShape(request);
  checkClientOrderId(state, request);
  checkPositionSide(state, request);
  if (request.trigger === undefined) {
    checkNotional(request, marketPrice);
    checkReduces(state, request);
  } else {
    checkTrigger(request, request.trigger, marketPrice);
  }
  if (request.postOnly === true && crosses(request, marketPrice)) {
    throw new Refusal('post-only-would-cross', `would match at ${marketPrice.toFixed()}`);
  }
  checkFunds(state, request, { marketPrice, held: ZERO });
}

/** What is asked again when a conditional order is set off. `held`: what it has been holding. */
export function checkTriggered(
  state: VenueState,
  request: PlaceRequest,
  means: { marketPrice: Decimal; held: Decimal },
): void {
  checkReduces(state, request);
  checkFunds(state, request, means);
}

function checkShape(request: PlaceRequest): void {
  const { instrument, quantity, price } = request;
  if (request.closePosition === true && !keepsConditionalApart(instrument.venue)) {
    throw new Refusal('invalid-argument', 'closing a whole position is not offered here');
  }
  const whole = quantity.isFinite() && quantity.mod(instrument.quantityStep).isZero();
  if (!whole || (request.closePosition === true ? !quantity.isZero() : quantity.lte(0))) {
    const step = instrument.quantityStep.toFixed();
    throw new Refusal('filter-failure', `quantity must be a positive multiple of ${step}`);
  }
  if ((request.type === 'limit') !== (price !== null)) {
    throw new Refusal('filter-failure', 'price is for limit orders, and only for them');
  }
  if (price !== null) checkPrice('price', price);
}

function checkPrice(name: string, price: Decimal): void {
  if (price.isFinite() && price.gt(0) && price.mod(PRICE_TICK).isZero()) return;
  const tick = PRICE_TICK.toFixed();
  throw new Refusal('filter-failure', `${name} must be a positive multiple of ${tick}`);
}

function checkClientOrderId(state: VenueState, request: PlaceRequest): void {
  const { clientOrderId, instrument, trigger } = request;
  if (clientOrderId === null) return;
  if (!isClientOrderId(instrument.venue, clientOrderId)) {
    throw new Refusal('invalid-client-order-id', `client order id ${clientOrderId} is malformed`);
  }
  const apart = trigger !== undefined && keepsConditionalApart(instrument.venue);
  const named = apart ? state.conditionalByClientId : state.byClientOrderId;
  const existing = named.get(clientOrderId);
  if (existing && isLive(existing)) {
    throw new Refusal('duplicate-client-order-id', `client order id ${clientOrderId} is in use`);
  }
}

function checkPositionSide(state: VenueState, request: PlaceRequest): void {
  const { positionSide = 'net', instrument } = request;
  const mode = instrument.kind === 'spot' ? 'one_way' : state.positionMode;
  if (!positionSideFits(positionSide, mode)) {
    throw new Refusal('position-side-mismatch', `the position mode is ${mode}`);
  }
}

function checkNotional(request: PlaceRequest, marketPrice: Decimal): void {
  if (request.reduceOnly === true) return;
  const least = minNotionalOf(request.instrument);
  if ((request.price ?? marketPrice).times(request.quantity).gte(least)) return;
  throw new Refusal('notional-too-small', `must be worth ${least.toFixed()} or more`);
}

function checkTrigger(request: PlaceRequest, trigger: TriggerRequest, market: Decimal): void {
  const { kind, price, activationPrice, trailPercent } = trigger;
  if ((kind === 'trailing-stop') !== (trailPercent !== undefined && price === undefined)) {
    throw new Refusal('filter-failure', 'a trailing stop has a trail, others a trigger price');
  }
  if (trailPercent && (trailPercent.lte(0) || trailPercent.gte(100))) {
    throw new Refusal('filter-failure', 'the trail must be above 0 and below 100 percent');
  }
  if (activationPrice) checkPrice('activation price', activationPrice);
  if (price === undefined) return;
  checkPrice('trigger price', price);
  if (isReached(directionOf(kind, request.side), price, market)) {
    throw new Refusal('would-trigger', `the market is at ${market.toFixed()}`);
  }
}

function checkReduces(state: VenueState, request: PlaceRequest): void {
  const { instrument, side, positionSide = 'net', quantity } = request;
  if (!closesOnly(intentOf(request))) return;
  const position = positionOf(state, instrument.symbol, positionSide);
  if (!reduces(position, side, quantity)) {
    throw new Refusal('reduce-only-rejected', `position is ${position.quantity.toFixed()}`);
  }
}

function intentOf(request: PlaceRequest) {
  const { side, positionSide = 'net', reduceOnly = false, closePosition = false } = request;
  return { side, positionSide, reduceOnly, closePosition };
}

function checkFunds(
  state: VenueState,
  request: PlaceRequest,
  { marketPrice, held }: { marketPrice: Decimal; held: Decimal },
): void {
  const { instrument, side, quantity, trigger } = request;
  const sellsBase = instrument.kind === 'spot' && side === 'sell';
  const asset = sellsBase ? instrument.base : instrument.quote;
  const free = freeOf(state, asset).plus(held);
  const price = request.price ?? trigger?.price ?? trigger?.activationPrice ?? marketPrice;
  if (free.lt(fundsFor(request, sellsBase ? quantity : price.times(quantity)))) {
    throw new Refusal('insufficient-funds', `free ${asset} is ${free.toFixed()}`);
  }
}

/** `given`: what the order gives away, in its asset. */
function fundsFor(request: PlaceRequest, given: Decimal): Decimal {
  const { instrument, trigger, side, feeLeg: asked } = request;
  if (instrument.kind === 'spot') {
    const feeLeg = feeLegOf(instrument, { side, asked });
    return givenBySpot({ side, feeLeg }, given, instrument.takerFee);
  }
  if (closesOnly(intentOf(request))) return ZERO;
  // Derivatives ask for no margin before the trigger.
  if (trigger !== undefined) return ZERO;
  return given.times(instrument.takerFee.plus(MARGIN_RATE));
}
