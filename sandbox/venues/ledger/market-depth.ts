/**
 * How much trades at one price.
 *
 * Invariants: endless unless it was limited; a limit's draws are whole steps, at least one, and the
 * same seed gives the same draws.
 */
import { Decimal } from '../decimal.js';
import type { Instrument } from '../instruments.js';
import { seededRandom } from '../market/random.js';

interface Limit {
  most: Decimal;
  random: () => number;
}

export class MarketDepth {
  readonly #limits = new Map<Instrument, Limit>();

  limit(instrument: Instrument, most: Decimal, seed: string): void {
    const random = seededRandom(`${seed} ${instrument.venue} ${instrument.symbol} depth`);
    this.#limits.set(instrument, { most, random });
  }

  unlimit(instrument: Instrument): void {
    this.#limits.delete(instrument);
  }

  /** Asked once for each move of the price, and once for each order that takes. */
  draw(instrument: Instrument): Decimal {
    const limit = this.#limits.get(instrument);
    if (!limit) return new Decimal(Infinity);
    const most = limit.most.div(instrument.quantityStep).floor();
    return most.times(limit.random()).floor().plus(1).times(instrument.quantityStep);
  }
}
