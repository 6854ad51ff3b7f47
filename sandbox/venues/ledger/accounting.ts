/**
 * The arithmetic of holds, fees and positions. Pure.
 *
 * Invariants: what an accepted order holds is released to the last digit by its fills and its end;
 * a fee is in one asset, that of the order's leg or the venue's coin; a rebate is never in the coin.
 */
import { roundToEight, ZERO, type Decimal } from '../decimal.js';
import { MARGIN_RATE, type Instrument } from '../instruments.js';
import type { FeeLeg, Liquidity, PositionSide, Side } from './journal.js';
import type { Order, Position } from './state.js';

export interface Hold {
  asset: string;
  amount: Decimal;
}

/**
 * A resting spot order also holds its maker fee where that is charged in what it gives, so a fill
 * can never overdraw the account; one that will go to the market holds the taker's. Derivatives ask
 * for no margin before the trigger.
 */
export function holdOf(order: Order, quantity: Decimal): Hold {
  const { instrument, side } = order;
  const price = order.price ?? triggerPriceOf(order);
  if (price === null) return { asset: instrument.quote, amount: ZERO };
  const notional = price.times(quantity);
  if (instrument.kind === 'perpetual') {
    const free = order.status === 'untriggered' || closesOnly(order);
    return { asset: instrument.quote, amount: free ? ZERO : notional.times(MARGIN_RATE) };
  }
  const rate = order.price === null ? instrument.takerFee : instrument.makerFee;
  return side === 'sell'
    ? { asset: instrument.base, amount: givenBySpot(order, quantity, rate) }
    : { asset: instrument.quote, amount: givenBySpot(order, notional, rate) };
}

/** What a spot order gives away, and its fee on top where that is charged in the same asset. */
export function givenBySpot(
  { side, feeLeg }: Pick<Order, 'side' | 'feeLeg'>,
  given: Decimal,
  rate: Decimal,
): Decimal {
  const givenLeg: FeeLeg = side === 'sell' ? 'base' : 'quote';
  return feeLeg === givenLeg ? given.times(rate.plus(1)) : given;
}

function triggerPriceOf(order: Order): Decimal | null {
  if (order.status !== 'untriggered') return null;
  return order.trigger?.price ?? order.trigger?.activationPrice ?? null;
}

type Intent = Pick<Order, 'side' | 'positionSide' | 'reduceOnly' | 'closePosition'>;

/** In hedge mode the side that does not open a position can only close it. */
export function closesOnly({ side, positionSide, reduceOnly, closePosition }: Intent): boolean {
  return reduceOnly || closePosition || positionSide === (side === 'sell' ? 'long' : 'short');
}

export function positionMargin(position: Position): Decimal {
  return position.quantity.abs().times(position.averagePrice).times(MARGIN_RATE);
}

export interface Execution {
  instrument: Instrument;
  side: Side;
  price: Decimal;
  quantity: Decimal;
}

export interface Charge {
  asset: string;
  /** Below zero: a rebate. */
  amount: Decimal;
  /** Before any discount. */
  inQuote: Decimal;
}

/** The coin that pays: what is left of a fee, what it costs in quote, and how much is free. */
export interface PayingCoin {
  asset: string;
  share: Decimal;
  price: Decimal;
  free: Decimal;
}

/** The coin pays whole fees of the client's own orders; where it is short, the order's leg pays. */
export function chargeOf(
  { instrument, feeLeg, origin }: Order,
  { price, quantity, liquidity }: Pick<Execution, 'price' | 'quantity'> & { liquidity: Liquidity },
  coin: PayingCoin | null,
): Charge {
  const rate = liquidity === 'maker' ? instrument.makerFee : instrument.takerFee;
  const inQuote = roundToEight(price.times(quantity).times(rate));
  const inCoin = coin && roundToEight(inQuote.times(coin.share).div(coin.price));
  if (coin && inCoin?.gt(0) && inCoin.lte(coin.free) && origin === 'client') {
    return { asset: coin.asset, amount: inCoin, inQuote };
  }
  return feeLeg === 'base'
    ? { asset: instrument.base, amount: roundToEight(quantity.times(rate)), inQuote }
    : { asset: instrument.quote, amount: inQuote, inQuote };
}

export function signed(side: Side, quantity: Decimal): Decimal {
  return side === 'buy' ? quantity : quantity.negated();
}

export function reduces(position: Position, side: Side, quantity: Decimal): boolean {
  const after = position.quantity.plus(signed(side, quantity));
  const sameSide = after.isZero() || after.s === position.quantity.s;
  return after.abs().lt(position.quantity.abs()) && sameSide;
}

/** The side that closes a position. */
export function closingSide(position: Position): Side {
  return position.quantity.isNegative() ? 'buy' : 'sell';
}

/** What the part of an execution that closes the position earns against its average price. */
export function realizedPnlOf(position: Position, execution: Execution): Decimal {
  const change = signed(execution.side, execution.quantity);
  const opens = position.quantity.isZero() || position.quantity.s === change.s;
  if (opens || execution.instrument.kind === 'spot') return ZERO;
  const closed = change.abs().lt(position.quantity.abs()) ? change.abs() : position.quantity.abs();
  const gain = execution.price.minus(position.averagePrice).times(closed);
  return position.quantity.isNegative() ? gain.negated() : gain;
}

export function positionAfter(position: Position, execution: Execution): Position {
  const change = signed(execution.side, execution.quantity);
  const quantity = position.quantity.plus(change);
  if (quantity.isZero()) return { ...position, quantity: ZERO, averagePrice: ZERO };
  if (position.quantity.isZero() || position.quantity.s === change.s) {
    const cost = position.averagePrice
      .times(position.quantity.abs())
      .plus(execution.price.times(change.abs()));
    return { ...position, quantity, averagePrice: roundToEight(cost.div(quantity.abs())) };
  }
  // Through zero: what is left was opened at this price.
  const flipped = quantity.s === change.s;
  return {
    ...position,
    quantity,
    averagePrice: flipped ? execution.price : position.averagePrice,
  };
}

/** Longs pay shorts where the rate is positive. */
export function fundingOf(position: Position, markPrice: Decimal, rate: Decimal): Decimal {
  return roundToEight(position.quantity.times(markPrice).times(rate).negated());
}

export function positionSideFits(side: PositionSide, mode: 'one_way' | 'hedge'): boolean {
  return (side === 'net') === (mode === 'one_way');
}
