// The arithmetic of holds, fees and positions. Pure. Invariants: what an accepted order holds is
// released to the last digit by its fills and its cancel; fees are in the quote asset.
import { roundToEight, ZERO, type Decimal } from '../decimal.js';
import { MARGIN_RATE, type Instrument } from '../instruments.js';
import type { Liquidity, Side } from './journal.js';
import type { Order, Position } from './state.js';

export interface Hold {
  readonly asset: string;
  readonly amount: Decimal;
}

/** A resting spot buy also holds its maker fee, so a fill can never overdraw the account. */
export function holdOf(order: Order, quantity: Decimal): Hold {
  const { instrument, price } = order;
  if (price === null) return { asset: instrument.quote, amount: ZERO };
  const notional = price.times(quantity);
  if (instrument.kind === 'perpetual') {
    return { asset: instrument.quote, amount: notional.times(MARGIN_RATE) };
  }
  if (order.side === 'sell') return { asset: instrument.base, amount: quantity };
  return { asset: instrument.quote, amount: notional.times(instrument.makerFee.plus(1)) };
}

export function positionMargin(position: Position): Decimal {
  return position.quantity.abs().times(position.averagePrice).times(MARGIN_RATE);
}

export interface Execution {
  readonly instrument: Instrument;
  readonly side: Side;
  readonly price: Decimal;
  readonly quantity: Decimal;
}

export function feeOf(execution: Execution, liquidity: Liquidity): Decimal {
  const { instrument } = execution;
  const rate = liquidity === 'maker' ? instrument.makerFee : instrument.takerFee;
  return roundToEight(execution.price.times(execution.quantity).times(rate));
}

export function signed(side: Side, quantity: Decimal): Decimal {
  return side === 'buy' ? quantity : quantity.negated();
}

export function reduces(position: Position, side: Side, quantity: Decimal): boolean {
  const after = position.quantity.plus(signed(side, quantity));
  const sameSide = after.isZero() || after.s === position.quantity.s;
  return after.abs().lt(position.quantity.abs()) && sameSide;
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
  if (quantity.isZero()) return { quantity: ZERO, averagePrice: ZERO };
  if (position.quantity.isZero() || position.quantity.s === change.s) {
    const cost = position.averagePrice
      .times(position.quantity.abs())
      .plus(execution.price.times(change.abs()));
    return { quantity, averagePrice: roundToEight(cost.div(quantity.abs())) };
  }
  // Through zero: what is left was opened at this price.
  const flipped = quantity.s === change.s;
  return { quantity, averagePrice: flipped ? execution.price : position.averagePrice };
}
