/**
 * Binance's windows onto its lists: what one answer may span, and how far back it goes.
 *
 * Invariant: what lies outside a window is left out without a word, as the venue does; only a
 * window that is asked too wide is refused.
 */
import { Refusal } from '../../refusal.js';
import { optionalInteger } from '../parameters.js';

export const DAY_MS = 24 * 3_600_000;
export const WEEK_MS = 7 * DAY_MS;
const DEFAULT_LIMIT = 500;
const MAX_LIMIT = 1000;

export interface WindowTerms {
  /** The parameter that names the first id. */
  fromName?: string;
  /** Most that may lie between both bounds, when both are sent. */
  longestMs: number;
  /** Futures: a bound left out is this window's other end, and none at all means the last one. */
  bounded?: boolean;
  /** Older rows are not to be had. */
  keptMs?: number;
  limits?: readonly [usual: number, most: number];
}

export interface WindowQuery<Row> {
  rows: readonly Row[];
  params: URLSearchParams;
  nowMs: number;
  terms: WindowTerms;
  idOf: (row: Row) => string;
  timeOf: (row: Row) => number;
}

/** Oldest first; without a start Binance gives the newest page, with one the first page after it. */
export function windowOf<Row>(query: WindowQuery<Row>): Row[] {
  const { params, terms, nowMs, idOf, timeOf } = query;
  const from = fromIdOf(params, terms);
  const { startMs, endMs } = boundsOf(params, terms, { nowMs, named: from !== undefined });
  const oldestMs = Math.max(startMs ?? 0, nowMs - (terms.keptMs ?? Infinity));
  const rows = query.rows
    .filter(
      (row) =>
        (from === undefined || Number(idOf(row)) >= from) &&
        timeOf(row) >= oldestMs &&
        timeOf(row) <= (endMs ?? Infinity),
    )
    // What was dated back has a later id than its time would give it.
    .sort((left, right) => (from === undefined ? timeOf(left) - timeOf(right) : 0));
  const limit = limitOf(params, terms.limits);
  const page = optionalInteger(params, 'page') ?? 1;
  const anchored = from !== undefined || startMs !== undefined;
  return anchored ? rows.slice((page - 1) * limit, page * limit) : rows.slice(-limit);
}

function fromIdOf(params: URLSearchParams, { fromName }: WindowTerms): number | undefined {
  return fromName === undefined ? undefined : optionalInteger(params, fromName);
}

function limitOf(
  params: URLSearchParams,
  [usual, most]: readonly [number, number] = [DEFAULT_LIMIT, MAX_LIMIT],
): number {
  return Math.min(optionalInteger(params, 'limit') ?? usual, most);
}

function boundsOf(
  params: URLSearchParams,
  { longestMs, bounded = false }: WindowTerms,
  { nowMs, named }: { nowMs: number; named: boolean },
) {
  const startMs = optionalInteger(params, 'startTime');
  const endMs = optionalInteger(params, 'endTime');
  if (startMs !== undefined && endMs !== undefined && endMs - startMs > longestMs) {
    throw new Refusal('invalid-argument', `startTime to endTime may span ${longestMs} ms`);
  }
  if (!bounded || named) return { startMs, endMs };
  const firstMs = startMs ?? (endMs ?? nowMs) - longestMs;
  return { startMs: firstMs, endMs: endMs ?? firstMs + longestMs };
}
