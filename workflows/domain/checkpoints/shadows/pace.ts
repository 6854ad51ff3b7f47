/**
 * When the next shadow of an engine is due, and whose turn it is.
 *
 * Invariants: never sooner than configured, and no later than a bound, so that what nobody has written is
 * missed in time; where nothing moved the wait doubles, and one move brings it back; the newest shadow is the
 * lease: who wrote it goes on, and another takes over when it has become older than any living writer lets it.
 */
import type { ShadowName } from './names.js';

/** What a quiet engine costs in freshness, at most. */
export const QUIET_MS = 60_000;
/** Of a reading and of two clocks, on top of the longest wait. */
const GRACE_MS = 30_000;

export interface Pace {
  everyMs: number;
  waitMs: number;
}

export type Turn = 'moved' | 'quiet' | 'failed';

export function firstPace(everyMs: number): Pace {
  return { everyMs, waitMs: everyMs };
}

/** What could not be read is not asked for more often than what stands still. */
export function nextPace({ everyMs, waitMs }: Pace, turn: Turn): Pace {
  if (turn === 'moved') return firstPace(everyMs);
  return { everyMs, waitMs: Math.min(waitMs * 2, longestWaitMs(everyMs)) };
}

function longestWaitMs(everyMs: number): number {
  return Math.max(everyMs, QUIET_MS);
}

/** Older than any writer that gets on lets it become. */
export function isOverdue(
  newest: Pick<ShadowName, 'takenAtMs'>,
  { everyMs, nowMs }: { everyMs: number; nowMs: number },
): boolean {
  return nowMs - newest.takenAtMs > longestWaitMs(everyMs) + GRACE_MS;
}

/** Whether somebody else writes them. */
export function isOthersTurn(
  newest: ShadowName | undefined,
  { writer, everyMs, nowMs }: { writer: string; everyMs: number; nowMs: number },
): boolean {
  if (newest === undefined || newest.writer === writer) return false;
  return !isOverdue(newest, { everyMs, nowMs });
}
