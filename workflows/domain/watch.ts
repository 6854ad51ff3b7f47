/**
 * When a continuous reconciliation raises an alarm. A live engine trades while it is compared, so
 * a difference counts when two readings in a row have it.
 *
 * Invariants: a trouble is raised once while it lasts and cleared once when it is gone; a venue that
 * cannot be read is a trouble of its own, and clears none of its differences; an engine that does not
 * answer clears none of its orders.
 */
import type { ReconciliationLine } from './reconciliation.js';

export interface WatchReading {
  lines: readonly ReconciliationLine[];
  unreadable: readonly { venue: string; why: string }[];
  /** Differing orders, one line each; null where the engine did not answer. */
  orders: readonly string[] | null;
}

/** Names of troubles: `venue item`, `venue: cannot be read`, or the line of an order. */
export interface WatchState {
  seen: readonly string[];
  raised: readonly string[];
  /** Differing orders when the engine last answered. */
  orders: readonly string[];
}

export interface WatchStep {
  state: WatchState;
  raised: string[];
  cleared: string[];
}

export const NOTHING_WATCHED: WatchState = { seen: [], raised: [], orders: [] };

export function nextWatch(before: WatchState, reading: WatchReading): WatchStep {
  const unread = new Set(reading.unreadable.map(({ venue }) => venue));
  const orders = reading.orders ?? before.orders.filter((one) => before.raised.includes(one));
  const seen = [...troublesOf(reading), ...orders];
  const lasts = (trouble: string) =>
    seen.includes(trouble) || unread.has(venueOf(trouble)) || before.seen.includes(trouble);
  const stays = before.raised.filter(lasts);
  const raised = seen.filter((each) => before.seen.includes(each) && !stays.includes(each));
  const cleared = before.raised.filter((each) => !lasts(each));
  return { state: { seen, raised: [...stays, ...raised], orders }, raised, cleared };
}

function troublesOf({ lines, unreadable }: WatchReading): string[] {
  const differences = lines
    .filter(({ verdict }) => verdict === 'unexplained')
    .map(({ venue, item }) => `${venue} ${item}`);
  return [...differences, ...unreadable.map(({ venue }) => `${venue}: cannot be read`)];
}

function venueOf(trouble: string): string {
  return trouble.split(/:? /)[0] ?? trouble;
}
