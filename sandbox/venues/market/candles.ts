/**
 * The candles of one underlying: minutes as they pass, and a history behind them.
 *
 * Invariants: one row for each minute without gaps, oldest first, and the last one closes at the
 * current price; a candle of any length says what the shorter ones in it say; the same seed gives
 * the same history, which is made when it is first asked for.
 */
import { type Decimal } from '../decimal.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type Interval } from './intervals.js';
import { seededRandom } from './random.js';
import {
  candleOf,
  centsOf,
  flatRow,
  merged,
  secondOf,
  walkBack,
  type Candle,
  type Row,
} from './rows.js';

/** What tickers look at. */
const RECENT_MINUTES = 120;
/** Minutes reach so far back; hours reach back to the listing. */
const MINUTES_BACK_MS = 33 * DAY_MS;
export const LISTED_MS = 1_569_398_400_000;

export interface CandleSeed {
  seed: string;
  nowMs: number;
  price: Decimal;
  /** Standard deviation of one minute's return. */
  volatility: number;
}

/** The first ones from a start on, or else the newest. */
export interface CandleQuery {
  interval: Interval;
  fromMs?: number | undefined;
  toMs?: number | undefined;
  limit: number;
}

export class Candles {
  readonly #seed: CandleSeed;
  #minutes: Row[];
  #hours: Row[] | undefined;

  constructor(seed: CandleSeed) {
    this.#seed = seed;
    this.#minutes = walkBack({
      random: seededRandom(seed.seed),
      endMs: startOf(seed.nowMs, MINUTE_MS) + MINUTE_MS,
      close: centsOf(seed.price),
      stepMs: MINUTE_MS,
      volatility: seed.volatility,
      count: RECENT_MINUTES,
    });
  }

  record(price: Decimal, nowMs: number): void {
    this.#advance(nowMs);
    const last = this.#last();
    const cents = centsOf(price);
    last.high = Math.max(last.high, cents);
    last.low = Math.min(last.low, cents);
    last.close = cents;
  }

  /** The minutes of the last two hours. */
  recent(nowMs: number): readonly Candle[] {
    this.#advance(nowMs);
    const rows = this.#minutes.slice(-RECENT_MINUTES);
    return rows.map((row) => candleOf(row, row.openMs + MINUTE_MS));
  }

  read(nowMs: number, query: CandleQuery): Candle[] {
    this.#advance(nowMs);
    const { interval } = query;
    const isDeep =
      (startsOf(query, { firstMs: LISTED_MS, nowMs })[0] ?? nowMs) < this.#first().openMs;
    const hours = isDeep ? this.#deepen() : [];
    const { openMs: firstMs } = (interval.unit === 'hour' ? hours[0] : undefined) ?? this.#first();
    return startsOf(query, { firstMs, nowMs }).flatMap((openMs) => {
      const endMs = interval.endOf(openMs);
      const row = this.#rowOf(interval, { openMs, endMs, nowMs });
      return row === null ? [] : [candleOf(row, endMs)];
    });
  }

  #rowOf({ unit }: Interval, span: { openMs: number; endMs: number; nowMs: number }): Row | null {
    const { openMs, endMs, nowMs } = span;
    if (unit !== 'second') return merged(this.#between(openMs, endMs), openMs);
    const minuteMs = startOf(openMs, MINUTE_MS);
    const [minute] = this.#between(minuteMs, minuteMs + MINUTE_MS);
    if (minute === undefined) return null;
    const passedMs = Math.min(nowMs - minuteMs, MINUTE_MS - 1);
    return secondOf(minute, openMs, Math.floor(passedMs / SECOND_MS) + 1);
  }

  /** Hours where there are no minutes. */
  #between(fromMs: number, toMs: number): Row[] {
    const hours = this.#hours ?? [];
    const hourAt = (timeMs: number) => (timeMs - (hours[0]?.openMs ?? timeMs)) / HOUR_MS;
    const minuteAt = (timeMs: number) => (timeMs - this.#first().openMs) / MINUTE_MS;
    return [
      ...hours.slice(Math.max(hourAt(fromMs), 0), Math.max(hourAt(toMs), 0)),
      ...this.#minutes.slice(Math.max(minuteAt(fromMs), 0), Math.max(minuteAt(toMs), 0)),
    ];
  }

  #deepen(): Row[] {
    if (this.#hours !== undefined) return this.#hours;
    const { seed, volatility } = this.#seed;
    const { openMs: endMs, open: close } = this.#first();
    const hourMs = startOf(endMs - MINUTES_BACK_MS, HOUR_MS);
    const minutes = walkBack({
      random: seededRandom(`${seed} minutes`),
      endMs,
      close,
      volatility,
      stepMs: MINUTE_MS,
      count: (endMs - hourMs) / MINUTE_MS,
    });
    this.#minutes = [...minutes, ...this.#minutes];
    this.#hours = walkBack({
      random: seededRandom(`${seed} hours`),
      endMs: hourMs,
      close: this.#first().open,
      stepMs: HOUR_MS,
      volatility: volatility * Math.sqrt(HOUR_MS / MINUTE_MS),
      count: Math.max((hourMs - LISTED_MS) / HOUR_MS, 0),
    });
    return this.#hours;
  }

  #advance(nowMs: number): void {
    const currentMs = startOf(nowMs, MINUTE_MS);
    for (let last = this.#last(); last.openMs < currentMs; last = this.#last()) {
      this.#minutes.push(flatRow(last.openMs + MINUTE_MS, last));
    }
  }

  #first(): Row {
    return present(this.#minutes[0]);
  }

  #last(): Row {
    return present(this.#minutes.at(-1));
  }
}

function present(row: Row | undefined): Row {
  if (!row) throw new Error('A price path always has a current candle');
  return row;
}

function startOf(timeMs: number, lengthMs: number): number {
  return Math.floor(timeMs / lengthMs) * lengthMs;
}

function startsOf(
  { interval, fromMs, toMs = Infinity, limit }: CandleQuery,
  { firstMs, nowMs }: { firstMs: number; nowMs: number },
): number[] {
  const starts: number[] = [];
  const lastMs = interval.startOf(Math.min(toMs, nowMs));
  if (fromMs === undefined) {
    for (let at = lastMs; at >= firstMs && starts.length < limit; at = interval.startOf(at - 1)) {
      starts.push(at);
    }
    return starts.toReversed();
  }
  const beginMs = Math.max(fromMs, firstMs);
  const begun = interval.startOf(beginMs);
  let at = begun < beginMs ? interval.endOf(begun) : begun;
  for (; at <= lastMs && starts.length < limit; at = interval.endOf(at)) starts.push(at);
  return starts;
}
