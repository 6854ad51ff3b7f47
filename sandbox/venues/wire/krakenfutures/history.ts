/**
 * Kraken Futures' reads of orders and fills.
 *
 * Invariants: a look-up finds what is open or was done in the last seconds and nothing older;
 * `lastFillTime` gives the fills before it, and no parameter gives those after; the history's pages
 * hold newest first unless sorted.
 */
import type { Desk } from '../../desk.js';
import type { VenueRequest } from '../../http/route.js';
import { isLive } from '../../ledger/state.js';
import { Refusal } from '../../refusal.js';
import { oneOf, optionalInteger } from '../parameters.js';
import type { HistoryRow } from './events.js';
import { ACCOUNT_UID, fillRow, orderStatus } from './orders.js';
import { isoTime } from './words.js';

const FILLS_PAGE = 100;
const HISTORY_PAGE = 1000;
const RECENT_MS = 5000;

export function fills(desk: Desk, { params }: VenueRequest) {
  const before = params.get('lastFillTime');
  const beforeMs = before === null ? Infinity : Date.parse(before);
  if (Number.isNaN(beforeMs)) {
    throw new Refusal('invalid-argument', `lastFillTime must be a time, not ${before}`);
  }
  return desk.state.fills
    .filter((fill) => fill.timeMs < beforeMs)
    .toReversed()
    .sort((left, right) => right.timeMs - left.timeMs)
    .slice(0, FILLS_PAGE)
    .map((fill) => fillRow(fill, desk.find({ venueOrderId: fill.venueOrderId })));
}

export function lookUpOrders(desk: Desk, { params }: VenueRequest) {
  const ids = params.getAll('orderIds');
  const clientIds = params.getAll('cliOrdIds');
  const sinceMs = desk.nowMs() - RECENT_MS;
  const known = [...desk.state.orders.values()].filter(
    (order) => isLive(order) || order.updatedAtMs >= sinceMs,
  );
  const wanted = known.filter(
    ({ venueOrderId, clientOrderId }) =>
      (ids.length === 0 && clientIds.length === 0) ||
      ids.includes(venueOrderId) ||
      (clientOrderId !== null && clientIds.includes(clientOrderId)),
  );
  return wanted.map(orderStatus);
}

/** A continuation token is the offset of the next page, coded so that nobody counts on it. */
export function historyPage(desk: Desk, rows: readonly HistoryRow[], { params }: VenueRequest) {
  const sorted = sortedRows(rows, params);
  const count = Math.min(optionalInteger(params, 'count') ?? HISTORY_PAGE, HISTORY_PAGE);
  const token = params.get('continuation_token') ?? params.get('continuationToken');
  const offset = token === null ? 0 : Number(Buffer.from(token, 'base64url').toString());
  const page = sorted.slice(offset, offset + count);
  const next = offset + page.length;
  const more = next < sorted.length;
  return {
    accountUid: ACCOUNT_UID,
    len: page.length,
    serverTime: isoTime(desk.nowMs()),
    elements: page,
    ...(more ? { continuationToken: Buffer.from(String(next)).toString('base64url') } : {}),
  };
}

function sortedRows(rows: readonly HistoryRow[], params: URLSearchParams): HistoryRow[] {
  const sinceMs = optionalInteger(params, 'since') ?? optionalInteger(params, 'from') ?? 0;
  const beforeMs = optionalInteger(params, 'before') ?? optionalInteger(params, 'to') ?? Infinity;
  const oldestFirst = rows
    .filter(({ timestamp }) => timestamp >= sinceMs && timestamp <= beforeMs)
    .toSorted((left, right) => left.timestamp - right.timestamp);
  const sort = oneOf('sort', ['asc', 'desc'], params.get('sort') ?? 'desc');
  return sort === 'asc' ? oldestFirst : oldestFirst.toReversed();
}
