/**
 * A position's quantity and cost as fills change it.
 *
 * Invariants: quantities are exact; a cost is exact while the position grows, and to 40 decimals
 * once it shrank; the average is rounded once, half-even to 8 decimals, when it is asked for. It
 * changes only when a position grows or flips, never when it shrinks. A cost that was not known
 * stays unknown until the position closes or flips. An inverse contract costs quantity / price, so
 * its average is harmonic.
 */
import { roundPrice } from '../numbers/decimal.js';
import {
  ZERO,
  dividedBy,
  fixed,
  negated,
  plus,
  signOf,
  times,
  toDecimal,
  type FixedPoint,
} from '../numbers/fixed-point.js';
import type { Fill } from './state.js';

/** `cost` in quote currency per contract size; in base currency for an inverse contract. */
export interface Holding {
  quantity: FixedPoint;
  cost: FixedPoint | null;
}

export const FLAT: Holding = { quantity: ZERO, cost: ZERO };

/** Signed quantity; average price null where unknown. */
export function holdingOf(
  position: { quantity: string; averagePrice: string | null },
  inverse: boolean,
): Holding {
  const quantity = fixed(position.quantity);
  if (signOf(quantity) === 0) return FLAT;
  const { averagePrice } = position;
  return { quantity, cost: averagePrice === null ? null : costOf(quantity, averagePrice, inverse) };
}

/** What the fill adds to the position: below zero for a sale. */
export function signed(fill: Pick<Fill, 'side' | 'quantity'>): FixedPoint {
  const quantity = fixed(fill.quantity);
  return fill.side === 'buy' ? quantity : negated(quantity);
}

export function afterFill(
  held: Holding,
  fill: Pick<Fill, 'side' | 'quantity' | 'price'>,
  inverse: boolean,
): Holding {
  const change = signed(fill);
  const quantity = plus(held.quantity, change);
  const [before, after] = [signOf(held.quantity), signOf(quantity)];
  if (after === 0) return FLAT;
  if (before === 0 || before === signOf(change)) {
    const more = costOf(change, fill.price, inverse);
    return { quantity, cost: held.cost === null || more === null ? null : plus(held.cost, more) };
  }
  if (before !== after) return { quantity, cost: costOf(quantity, fill.price, inverse) };
  const { cost } = held;
  return { quantity, cost: cost && dividedBy(times(cost, quantity), held.quantity) };
}

/** Null where flat, or where the cost is unknown or nothing. */
export function averagePriceOf({ quantity, cost }: Holding, inverse: boolean): string | null {
  if (cost === null || signOf(quantity) === 0 || signOf(cost) === 0) return null;
  const [held, paid] = [toDecimal(quantity), toDecimal(cost)];
  return roundPrice(inverse ? held.dividedBy(paid) : paid.dividedBy(held));
}

/** Null for an inverse contract at a price of zero, which cannot be. */
function costOf(quantity: FixedPoint, price: string, inverse: boolean): FixedPoint | null {
  const at = fixed(price);
  if (!inverse) return times(quantity, at);
  return signOf(at) === 0 ? null : dividedBy(quantity, at);
}
