/**
 * The trades of others at one underlying's market: one at each move of its price.
 *
 * Invariant: ids rise, and are those of the moment of the trade where no other has it.
 */
import type { Decimal } from '../decimal.js';

const KEPT = 1000;

export interface MarketTrade {
  id: number;
  timeMs: number;
  price: Decimal;
  quantity: Decimal;
  /** It met a resting buyer. */
  buyerIsMaker: boolean;
}

export class Tape {
  #trades: MarketTrade[] = [];

  record(price: Decimal, timeMs: number): void {
    const last = this.#trades.at(-1);
    const id = Math.max(timeMs, (last?.id ?? 0) + 1);
    const quantity = price.times(100).mod(97).plus(1).div(1000);
    const buyerIsMaker = last !== undefined && price.lt(last.price);
    this.#trades.push({ id, timeMs, price, quantity, buyerIsMaker });
    if (this.#trades.length > 2 * KEPT) this.#trades = this.#trades.slice(-KEPT);
  }

  /** Oldest first. */
  newest(limit: number): readonly MarketTrade[] {
    return this.#trades.slice(-Math.min(limit, KEPT));
  }
}
