/**
 * The market price of each underlying.
 *
 * Invariants: prices are positive multiples of the tick size, every change is told to the listener
 * before anyone can read it as a candle, and a held path moves only when it is set.
 */
import { decimal, Decimal } from '../decimal.js';
import { UNDERLYINGS, type Underlying } from '../instruments.js';
import { Candles, type CandleQuery } from './candles.js';
import { MINUTE_MS } from './intervals.js';
import { nearNormal, seededRandom } from './random.js';
import type { Candle } from './rows.js';
import { Tape, type MarketTrade } from './tape.js';

const DEFAULT_VOLATILITY = 0.0003;
const START: Readonly<Record<Underlying, string>> = {
  BTC: '60000',
  ETH: '3000',
  BNB: '600',
};

export interface PricePathOptions {
  seed: string;
  tickMs: number;
  nowMs: () => number;
  onPrice: (underlying: Underlying, price: Decimal) => void;
}

interface Track {
  price: Decimal;
  volatility: number;
  candles: Candles;
  tape: Tape;
  random: () => number;
}

export class PricePath {
  readonly #options: PricePathOptions;
  readonly #tracks: Readonly<Record<Underlying, Track>>;
  #held = false;
  #moves = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: PricePathOptions) {
    this.#options = options;
    const tracks = UNDERLYINGS.map((underlying) => [underlying, this.#track(underlying)]);
    this.#tracks = Object.fromEntries(tracks) as Record<Underlying, Track>;
  }

  start(): void {
    this.#timer = setInterval(() => {
      if (!this.#held) this.tick();
    }, this.#options.tickMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  hold(): void {
    this.#held = true;
  }

  resume(): void {
    this.#held = false;
  }

  tick(): void {
    for (const underlying of UNDERLYINGS) {
      const { price, volatility, random } = this.#tracks[underlying];
      const scale = volatility * Math.sqrt(this.#options.tickMs / MINUTE_MS);
      this.set(underlying, price.times(new Decimal(Math.exp(scale * nearNormal(random)))));
    }
  }

  set(underlying: Underlying, price: Decimal): void {
    const track = this.#tracks[underlying];
    track.price = Decimal.max(price.toDecimalPlaces(2), '0.01');
    const nowMs = this.#options.nowMs();
    this.#moves += 1;
    track.candles.record(track.price, nowMs);
    track.tape.record(track.price, nowMs);
    this.#options.onPrice(underlying, track.price);
  }

  /** Rewrites the candles too, so a volatility gate sees the change at once. */
  setVolatility(underlying: Underlying, volatility: number): void {
    const track = this.#tracks[underlying];
    track.volatility = volatility;
    track.candles = this.#candles(underlying, track.price, volatility);
  }

  price(underlying: Underlying): Decimal {
    return this.#tracks[underlying].price;
  }

  /** How often a price was set. */
  get moves(): number {
    return this.#moves;
  }

  recentCandles(underlying: Underlying): readonly Candle[] {
    return this.#tracks[underlying].candles.recent(this.#options.nowMs());
  }

  candles(underlying: Underlying, query: CandleQuery): readonly Candle[] {
    return this.#tracks[underlying].candles.read(this.#options.nowMs(), query);
  }

  trades(underlying: Underlying, limit: number): readonly MarketTrade[] {
    return this.#tracks[underlying].tape.newest(limit);
  }

  #track(underlying: Underlying): Track {
    const price = decimal(START[underlying]);
    const candles = this.#candles(underlying, price, DEFAULT_VOLATILITY);
    const tape = new Tape();
    // Nobody has seen the market move yet.
    for (const { close, openMs } of candles.recent(this.#options.nowMs()))
      tape.record(close, openMs);
    return {
      price,
      volatility: DEFAULT_VOLATILITY,
      candles,
      tape,
      random: seededRandom(`${this.#options.seed} ${underlying} ticks`),
    };
  }

  #candles(underlying: Underlying, price: Decimal, volatility: number): Candles {
    const seed = `${this.#options.seed} ${underlying} candles`;
    return new Candles({ seed, nowMs: this.#options.nowMs(), price, volatility });
  }
}
