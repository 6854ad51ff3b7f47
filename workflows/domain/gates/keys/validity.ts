/**
 * From when until when a key, or a person with all their keys, counts.
 *
 * Invariants: it is judged by the clock of whoever judges, never by what a signer says of the time, so
 * that nobody signs for yesterday with a key that was taken from them; a day means all of it, in UTC;
 * what is revoked counts for nothing from then on.
 */
import { z } from 'zod';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../numbers/durations.js';
import { utcDayMs, utcText } from '../../content/utc-text.js';

const Moment = z.string().min(1).max(40);

export const VALIDITY = {
  from: Moment.optional().describe('counts from this day (2026-12-01, UTC) or moment on'),
  until: Moment.optional().describe('counts to the end of this day (UTC), or to this moment'),
  revoked: Moment.optional().describe('counts for nothing from this day (UTC) or moment on'),
};

export interface Validity {
  from?: string | undefined;
  until?: string | undefined;
  revoked?: string | undefined;
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)$/;

interface Span {
  /** Infinite where it has no such end. The end is the first moment that is not within. */
  beginMs: number;
  endMs: number;
  revokedMs: number;
}

/** What is wrong with how it is written, as the end of a sentence; null where nothing is. */
export function writingFault(validity: Validity): string | null {
  for (const field of ['from', 'until', 'revoked'] as const) {
    const text = validity[field];
    if (text !== undefined && beginOf(text) === null) {
      return (
        `${field} is ${JSON.stringify(text)}: write a day, such as 2026-12-31, or a moment with its ` +
        'zone, such as 2026-12-31T18:00:00Z'
      );
    }
  }
  const { beginMs, endMs } = spanOf(validity);
  return beginMs >= endMs ? 'until is not after from: it would never count' : null;
}

/** Why it does not count at this time, as the end of a sentence; null where it does. */
export function invalidAt(validity: Validity, nowMs: number): string | null {
  const { beginMs, endMs, revokedMs } = spanOf(validity);
  if (nowMs >= revokedMs) return `is revoked since ${utcText(revokedMs)}`;
  if (nowMs < beginMs) return `counts from ${utcText(beginMs)} on, and it is ${utcText(nowMs)}`;
  return nowMs >= endMs ? `counted until ${utcText(endMs)}, and it is ${utcText(nowMs)}` : null;
}

/** The moment from which none of these counts any more; null where there is no such. */
export function endOf(...all: readonly Validity[]): number | null {
  const ends = all.map(spanOf).flatMap(({ endMs, revokedMs }) => [endMs, revokedMs]);
  const first = Math.min(...ends);
  return Number.isFinite(first) ? first : null;
}

/** What cannot be read ends what it is of: closed by default. */
function spanOf({ from, until, revoked }: Validity): Span {
  const untilMs = until === undefined ? Infinity : (beginOf(until) ?? -Infinity);
  return {
    beginMs: from === undefined ? -Infinity : (beginOf(from) ?? Infinity),
    endMs: until !== undefined && DAY.test(until) ? untilMs + DAY_MS : untilMs,
    revokedMs: revoked === undefined ? Infinity : (beginOf(revoked) ?? -Infinity),
  };
}

/** Null where it is neither a day nor a moment, or names one that calendar and clock do not have. */
function beginOf(text: string): number | null {
  if (DAY.test(text)) return utcDayMs(text);
  const [, day = '', time = '', zone = ''] = MOMENT.exec(text) ?? [];
  const [dayMs, timeMs, zoneMs] = [utcDayMs(day), timeOf(time), zoneOf(zone)];
  return dayMs === null || timeMs === null || zoneMs === null ? null : dayMs + timeMs - zoneMs;
}

/** Of `18:00` or `18:00:30`, since midnight. */
function timeOf(text: string): number | null {
  const [hours = 24, minutes = 0, seconds = 0] = text.split(':').map(Number);
  if (text === '' || hours > 23 || minutes > 59 || seconds > 59) return null;
  return hours * HOUR_MS + minutes * MINUTE_MS + seconds * 1_000;
}

/** How far its clocks are ahead. */
function zoneOf(text: string): number | null {
  if (text === 'Z') return 0;
  const [hours = 0, minutes = 0] = text.slice(1).split(':').map(Number);
  if (text === '' || hours > 14 || minutes > 59) return null;
  return (text.startsWith('-') ? -1 : 1) * (hours * HOUR_MS + minutes * MINUTE_MS);
}
