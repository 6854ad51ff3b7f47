/**
 * The rows that candles are made of, and how several become one.
 *
 * Invariant: figures are whole cents and hundredths, so that sums and comparisons of them are exact.
 */
import { Decimal } from '../decimal.js';
import { SECOND_MS } from './intervals.js';
import { nearNormal } from './random.js';

export interface Row {
  openMs: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

export interface Candle {
  openMs: number;
  closeMs: number;
  open: Decimal;
  high: Decimal;
  low: Decimal;
  close: Decimal;
  volume: Decimal;
}

export function centsOf(price: Decimal): number {
  return price.times(100).toNumber();
}

export function candleOf(row: Row, closeMs: number): Candle {
  const figure = (cents: number) => new Decimal(cents).div(100);
  return {
    openMs: row.openMs,
    closeMs,
    open: figure(row.open),
    high: figure(row.high),
    low: figure(row.low),
    close: figure(row.close),
    volume: figure(row.volume),
  };
}

export function flatRow(openMs: number, { close, volume }: Row): Row {
  return { openMs, open: close, high: close, low: close, close, volume };
}

/** Null where there are none. */
export function merged(rows: readonly Row[], openMs: number): Row | null {
  const [first, ...later] = rows;
  if (first === undefined) return null;
  const whole = { ...first, openMs };
  for (const { high, low, close, volume } of later) {
    whole.high = Math.max(whole.high, high);
    whole.low = Math.min(whole.low, low);
    whole.close = close;
    whole.volume += volume;
  }
  return whole;
}

/** Seconds go straight from a minute's first price to its last one. */
export function secondOf(minute: Row, openMs: number, seconds: number): Row {
  const at = (openMs - minute.openMs) / SECOND_MS;
  const priceAt = (done: number) =>
    Math.round(minute.open + ((minute.close - minute.open) * done) / seconds);
  const [open, close] = [priceAt(at), priceAt(at + 1)];
  const volume = Math.floor(minute.volume / seconds);
  return { openMs, open, high: Math.max(open, close), low: Math.min(open, close), close, volume };
}

export interface Walk {
  random: () => number;
  /** Where the newest row ends, and at which price. */
  endMs: number;
  close: number;
  stepMs: number;
  /** Standard deviation of one step's return. */
  volatility: number;
  count: number;
}

/** However wild: history stays within these factors of the present. */
const FURTHEST = 20;

/** Backwards from the newest, so that the past always leads to the present; oldest first. */
export function walkBack({ random, endMs, stepMs, volatility, count, ...from }: Walk): Row[] {
  const rows: Row[] = [];
  const bounded = (price: number) =>
    Math.round(Math.min(Math.max(price, from.close / FURTHEST, 1), from.close * FURTHEST));
  let { close } = from;
  for (let back = 1; back <= count; back += 1) {
    const open = bounded(close / Math.exp(volatility * nearNormal(random)));
    const high = Math.round(Math.max(open, close) * Math.exp(volatility * random()));
    const low = Math.max(Math.round(Math.min(open, close) / Math.exp(volatility * random())), 1);
    const volume = Math.round((stepMs / 60_000) * (1000 + 100 * random()));
    rows.push({ openMs: endMs - back * stepMs, open, high, low, close, volume });
    close = open;
  }
  return rows.toReversed();
}
