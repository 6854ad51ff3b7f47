/**
 * When a venue, or some of its instruments, is closed by a calendar of the configuration: what no venue
 * tells beforehand, such as maintenance, or hours in which nobody should trade there.
 *
 * Invariants: all times are UTC; a window begins at its first moment and ends before its last; one of
 * the week that ends no later than it begins goes on into the next day.
 */
import { z } from 'zod';
import { utcText } from '../content/utc-text.js';
import { listOf } from './values.js';
import { MINUTE_MS } from '../numbers/durations.js';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const DAY_MINUTES = 1_440;
const MOST_INSTRUMENTS = 1_000;

const TimeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { message: 'must be a time of day in UTC, such as "02:30"' });
/** To the second, so that two of them compare as text. */
const Instant = z.iso.datetime({
  precision: 0,
  message: 'must be a time in UTC, such as "2026-12-01T02:00:00Z"',
});
const Instruments = listOf(z.string().min(1), { least: 1, most: MOST_INSTRUMENTS })
  .optional()
  .describe('of the venue; all where this is left out');

const Weekly = z.strictObject({
  days: listOf(z.enum(DAYS), { least: 1, most: DAYS.length }).describe(
    'on which it begins, in UTC',
  ),
  from: TimeOfDay,
  until: TimeOfDay,
  instruments: Instruments,
});

const Once = z.strictObject({ from: Instant, until: Instant, instruments: Instruments });

export const Closure = z.union([Weekly, Once]);
export type Closure = z.infer<typeof Closure>;

/** By any of them, at this moment. */
export function isClosed(closures: readonly Closure[], instrument: string, nowMs: number): boolean {
  return closures.some(
    (closure) =>
      (closure.instruments?.includes(instrument) ?? true) &&
      ('days' in closure ? isInWeek(closure, nowMs) : isWithin(closure, nowMs)),
  );
}

const TO_SECONDS = '2026-12-01T02:00:00'.length;

function isWithin({ from, until }: z.infer<typeof Once>, nowMs: number): boolean {
  const now = `${utcText(nowMs).slice(0, TO_SECONDS)}Z`;
  return from <= now && now < until;
}

/** The first day of 1970 was a Thursday. */
const FIRST_WEEKDAY = 4;

function isInWeek({ days, from, until }: z.infer<typeof Weekly>, nowMs: number): boolean {
  const minutes = Math.floor(nowMs / MINUTE_MS);
  const [today, minute] = [Math.floor(minutes / DAY_MINUTES), minutes % DAY_MINUTES];
  const [begins, ends] = [minuteOf(from), minuteOf(until)];
  const lasts = ends > begins ? ends - begins : ends - begins + DAY_MINUTES;
  const isOn = (daysAgo: number) => {
    const since = minute + daysAgo * DAY_MINUTES - begins;
    const weekday = DAYS[(today - daysAgo + FIRST_WEEKDAY) % DAYS.length];
    return since >= 0 && since < lasts && weekday !== undefined && days.includes(weekday);
  };
  return isOn(0) || isOn(1);
}

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
