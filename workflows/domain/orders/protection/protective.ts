/**
 * Which resting orders protect what is held: a stop leaves them in the market by default.
 *
 * Invariants: only what waits for a trigger and can only close is one; an order that works already, or
 * that may open a position when it triggers, is none.
 */
import { isDerivative } from '../../books/instruments.js';
import type { Order } from '../../books/state.js';
import { isZero } from '../../numbers/decimal.js';
import { AT_WORK } from './stops.js';

export function isProtective(order: Order): boolean {
  return order.conditional === true && waits(order) && closes(order);
}

/** Of a quantity as the venue says it, for people: an order that closes whatever is held then says none. */
export function sizeText(quantity: string): string {
  return isZero(quantity) ? 'the whole position' : quantity;
}

/** What trails has no trigger price; of anything else without one it is not known what it waits for. */
function waits({ triggerPrice, type, reduceOnly }: Order): boolean {
  return (
    triggerPrice !== undefined || (reduceOnly === true && !AT_WORK.test(type)) || TRAILS.test(type)
  );
}

const TRAILS = /trail|move_order_stop|stop_loss|take_profit/i;

/** In hedge mode an order names the side that it closes; of spot, what is sold is held. */
function closes({ reduceOnly, positionSide, side, instrument }: Order): boolean {
  if (reduceOnly === true) return true;
  if (positionSide === 'long') return side === 'sell';
  if (positionSide === 'short') return side === 'buy';
  return side === 'sell' && !isDerivative(instrument);
}
