/**
 * Resting orders whose price the market has left behind while the engine was down.
 *
 * Invariants: only a price that waits in the book is judged, not a trigger; the deviation is
 * relative to the mark, and the limit itself still passes; without a mark it is unknown, and
 * unknown is said, never taken for near.
 */
import { Decimal, exceeds, isZero } from '../numbers/decimal.js';
import { roundPrice } from '../numbers/decimal.js';
import type { Pricing } from '../books/pricing.js';
import type { Order } from '../books/state.js';

/** Prices in quote currency. `deviation`: |price − mark| / mark, to 8 decimals. */
export interface StaleOrder {
  order: Order;
  mark: string | null;
  deviation: string | null;
  /** On the far side of the mark: it would trade at once, at its own price or better. */
  crosses: boolean;
  verdict: 'stale' | 'unknown';
}

/** `maxDeviation`: relative, such as '0.05'. */
export function staleOrders(
  orders: readonly Order[],
  { markOf }: Pick<Pricing, 'markOf'>,
  maxDeviation: string,
): StaleOrder[] {
  return orders.flatMap((order): StaleOrder[] => {
    if (order.price === null || order.conditional === true) return [];
    const mark = markOf(order);
    if (mark === null || isZero(mark)) {
      return [{ order, mark: null, deviation: null, crosses: false, verdict: 'unknown' }];
    }
    const distance = new Decimal(order.price).minus(mark);
    const deviation = distance.dividedBy(mark).abs();
    if (!deviation.greaterThan(maxDeviation)) return [];
    const crosses = order.side === 'buy' ? exceeds(order.price, mark) : exceeds(mark, order.price);
    return [{ order, mark, deviation: roundPrice(deviation), crosses, verdict: 'stale' }];
  });
}
