/**
 * Open limit orders of one instrument, ready to be checked at every tick.
 *
 * Invariant: `bestBuy` and `bestSell` bound all resting prices, so a tick inside them costs two
 * comparisons.
 */
import type { Decimal } from '../decimal.js';
import type { Order } from './state.js';

export class RestingOrders {
  readonly #orders = new Map<string, Order>();
  #bestBuy: Decimal | undefined;
  #bestSell: Decimal | undefined;
  #stale = false;

  add(order: Order): void {
    if (order.price === null) return;
    this.#orders.set(order.venueOrderId, order);
    this.#widen(order.side, order.price);
  }

  remove(order: Order): void {
    if (!this.#orders.delete(order.venueOrderId) || order.price === null) return;
    const bound = order.side === 'buy' ? this.#bestBuy : this.#bestSell;
    if (bound?.eq(order.price)) this.#stale = true;
  }

  /** Oldest first: the venue fills in order of arrival. */
  crossedBy(price: Decimal): Order[] {
    this.#refresh();
    const reached = this.#bestBuy?.gte(price) === true || this.#bestSell?.lte(price) === true;
    if (!reached) return [];
    return [...this.#orders.values()].filter((order) => crosses(order, price));
  }

  #widen(side: Order['side'], price: Decimal): void {
    if (side === 'buy') {
      if (this.#bestBuy === undefined || price.gt(this.#bestBuy)) this.#bestBuy = price;
    } else if (this.#bestSell === undefined || price.lt(this.#bestSell)) {
      this.#bestSell = price;
    }
  }

  #refresh(): void {
    if (!this.#stale) return;
    this.#stale = false;
    this.#bestBuy = undefined;
    this.#bestSell = undefined;
    for (const order of this.#orders.values()) {
      if (order.price !== null) this.#widen(order.side, order.price);
    }
  }
}

export function crosses(order: Pick<Order, 'side' | 'price'>, market: Decimal): boolean {
  if (order.price === null) return true;
  return order.side === 'buy' ? order.price.gte(market) : order.price.lte(market);
}
