/**
 * Which time a candle covers.
 *
 * Invariant: intervals follow each other without gaps, so each moment lies in exactly one.
 */
export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export interface Interval {
  /** What it is made of. */
  unit: 'second' | 'minute' | 'hour';
  startOf: (timeMs: number) => number;
  endOf: (startMs: number) => number;
}

/** `firstMs`: where one begins, where that is not the beginning of time. */
export function every(lengthMs: number, firstMs = 0): Interval {
  return {
    unit: unitOf(lengthMs),
    startOf: (timeMs) => Math.floor((timeMs - firstMs) / lengthMs) * lengthMs + firstMs,
    endOf: (startMs) => startMs + lengthMs,
  };
}

function unitOf(lengthMs: number): Interval['unit'] {
  if (lengthMs < MINUTE_MS) return 'second';
  return lengthMs < HOUR_MS ? 'minute' : 'hour';
}

export const EVERY_MINUTE = every(MINUTE_MS);

/** From Monday on: the beginning of time was a Thursday. */
export const EVERY_WEEK = every(7 * DAY_MS, 4 * DAY_MS);

export const EVERY_MONTH: Interval = {
  unit: 'hour',
  startOf: (timeMs) => monthsAfter(timeMs, 0),
  endOf: (startMs) => monthsAfter(startMs, 1),
};

function monthsAfter(timeMs: number, months: number): number {
  const date = new Date(timeMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months);
}
