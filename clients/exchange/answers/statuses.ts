/**
 * The status of each configured instrument, from the venue's own list of its markets, read afresh.
 *
 * Invariants: what the list does not hold trades no more; a word that nobody has read is unknown, never
 * open; a contract that ends soon is said to end, because a position in it will not be ours to close.
 */
import type { MarketStatus, VenueStatus } from '../../../workflows/domain/policy/market.js';
import { isListed } from '../connection/markets.js';
import { word, type Row } from './rows.js';
import type { Reach } from '../venues/adapter.js';

export interface StatusReading {
  /** By the venue's id of the market. */
  rows: ReadonlyMap<string, Row>;
  statusOf: (row: Row) => VenueStatus;
  /** When it trades last, ms; null where it has no end. */
  endOf?: (row: Row) => number | null;
}

export function statusesBy(
  { exchange, instruments }: Reach,
  { rows, statusOf, endOf = () => null }: StatusReading,
): MarketStatus[] {
  return instruments.map((instrument) => {
    const id = isListed(exchange, instrument) ? exchange.marketId(instrument) : undefined;
    const row = rows.get(word(id));
    if (row === undefined) return { instrument, status: 'ending' };
    const status = statusOf(row);
    const isEnding = endsSoon(endOf(row), exchange.milliseconds());
    return { instrument, status: isEnding && status === 'open' ? 'ending' : status };
  });
}

/** Positions are closed by the venue at the end, and its prices are of the settlement before. */
const SOON_MS = 24 * 3_600_000;

export function endsSoon(endMs: number | null | undefined, nowMs: number): boolean {
  return typeof endMs === 'number' && endMs - nowMs < SOON_MS;
}

export function byField(rows: readonly Row[], field: string): Map<string, Row> {
  return new Map(rows.map((row) => [word(row[field]), row]));
}
