/**
 * Exchanges to which a living engine has told to have lost its connection.
 *
 * Invariants: an engine without its exchange is no crash, and nothing is recovered because of it; what it has told is a
 * fact of a death that follows, and names no cause of it; each exchange is told once, since it was first lost.
 */
import { z } from 'zod';
import { utcText } from '../content/utc-text.js';

/** What an engine tells beyond is not noted. */
export const MOST_LOST = 32;

export const LONGEST_VENUE = 64;

export const LostConnection = z.object({
  venue: z.string().min(1).max(LONGEST_VENUE),
  sinceMs: z.number().int().nonnegative(),
});
export type LostConnection = z.infer<typeof LostConnection>;

/** `forMs`: how long it has been so, by the engine's own clock; absent: since it says so. */
export interface ToldConnection {
  venue: string;
  state: 'lost' | 'restored';
  forMs?: number | undefined;
}

/** The very same list where nothing is new. */
export function afterConnection(
  lost: readonly LostConnection[],
  { venue, state, forMs = 0 }: ToldConnection,
  nowMs: number,
): readonly LostConnection[] {
  const isKnown = lost.some((one) => one.venue === venue);
  if (state === 'restored') return isKnown ? lost.filter((one) => one.venue !== venue) : lost;
  if (isKnown || lost.length >= MOST_LOST) return lost;
  return [...lost, { venue, sinceMs: Math.max(0, nowMs - forMs) }];
}

/** Behind the words that it lives; empty where it has all. */
export function disconnectedWords(lost: readonly LostConnection[]): string {
  return lost.length === 0 ? '' : `, and is DISCONNECTED from ${lostWords(lost)}`;
}

/** Beside the cause of a death; null where it had all. */
export function disconnectedAtDeath(lost: readonly LostConnection[] = []): string | null {
  return lost.length === 0 ? null : `it had told before that it was without ${lostWords(lost)}`;
}

function lostWords(lost: readonly LostConnection[]): string {
  return lost.map(({ venue, sinceMs }) => `${venue} since ${utcText(sinceMs)}`).join('; ');
}
