/**
 * One-minute candles of one underlying.
 *
 * Invariants: one candle for each minute without gaps, oldest first, at most two hours, and the
 * last one closes at the current price.
 */
import { decimal, Decimal } from '../decimal.js';
import { nearNormal, seededRandom } from './random.js';

export const MINUTE_MS = 60_000;
const KEPT_MINUTES = 120;

export interface Candle {
  openMs: number;
  open: Decimal;
  high: Decimal;
  low: Decimal;
  close: Decimal;
  volume: Decimal;
}

export interface CandleSeed {
  seed: string;
  nowMs: number;
  price: Decimal;
  /** Standard deviation of one minute's return. */
  volatility: number;
}

export class Candles {
  #candles: Candle[];

  constructor(seed: CandleSeed) {
    this.#candles = history(seed);
  }

  record(price: Decimal, nowMs: number): void {
    this.#advance(nowMs);
    const last = this.#last();
    last.high = Decimal.max(last.high, price);
    last.low = Decimal.min(last.low, price);
    last.close = price;
  }

  read(nowMs: number): readonly Candle[] {
    this.#advance(nowMs);
    return this.#candles;
  }

  #advance(nowMs: number): void {
    const currentMs = minuteOf(nowMs);
    // After a long sleep only the kept window is worth filling.
    const missing = Math.min((currentMs - this.#last().openMs) / MINUTE_MS, KEPT_MINUTES);
    for (let back = missing - 1; back >= 0; back -= 1) {
      const { close, volume } = this.#last();
      this.#candles.push(flatCandle(currentMs - back * MINUTE_MS, close, volume));
    }
    if (missing > 0) this.#candles = this.#candles.slice(-KEPT_MINUTES);
  }

  #last(): Candle {
    const last = this.#candles.at(-1);
    if (!last) throw new Error('A price path always has a current candle');
    return last;
  }
}

function minuteOf(timeMs: number): number {
  return Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
}

function flatCandle(openMs: number, price: Decimal, volume: Decimal): Candle {
  return { openMs, open: price, high: price, low: price, close: price, volume };
}

/** Walks backwards from the current price, so that the past always leads to the present. */
function history({ seed, nowMs, price, volatility }: CandleSeed): Candle[] {
  const random = seededRandom(seed);
  const candles: Candle[] = [];
  let close = price;
  for (let back = 0; back < KEPT_MINUTES; back += 1) {
    const open = cents(close.div(factor(volatility, nearNormal(random))));
    const high = cents(Decimal.max(open, close).times(factor(volatility, random())));
    const low = cents(Decimal.min(open, close).div(factor(volatility, random())));
    const openMs = minuteOf(nowMs) - back * MINUTE_MS;
    candles.push({ openMs, open, high, low, close, volume: cents(decimal('10').plus(random())) });
    close = open;
  }
  return candles.toReversed();
}

function factor(volatility: number, draw: number): Decimal {
  return new Decimal(Math.exp(volatility * draw));
}

function cents(value: Decimal): Decimal {
  return Decimal.max(value.toDecimalPlaces(2), '0.01');
}
