/**
 * Coinbase's lists of orders and fills: newest first, paged by cursor.
 *
 * Invariant: a cursor names the last row given, so rows that arrive meanwhile are neither repeated
 * nor lost.
 */
import type { Desk } from '../../desk.js';
import type { VenueRequest } from '../../http/route.js';
import type { FillEntry } from '../../ledger/journal.js';
import type { Order } from '../../ledger/state.js';
import { Refusal } from '../../refusal.js';
import { oneOf, optionalInteger } from '../parameters.js';
import { COINBASE_STATUSES, coinbaseFill, coinbaseOrder, statusOf } from './orders.js';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

export function listOrders(desk: Desk, { params }: VenueRequest) {
  const wanted = params
    .getAll('order_status')
    .map((status) => oneOf('order_status', COINBASE_STATUSES, status));
  if (wanted.includes('OPEN') && wanted.length > 1) {
    throw new Refusal('invalid-argument', 'OPEN cannot be asked for with other statuses');
  }
  const onlyOpen = wanted.length === 1 && wanted[0] === 'OPEN';
  const source = onlyOpen ? desk.state.openOrders : desk.state.orders;
  const inWindow = windowFilter(params, 'start_date', 'end_date');
  const products = params.getAll('product_id').concat(params.getAll('product_ids'));
  const rows = [...source.values()].filter(
    (order) =>
      isWanted(wanted, statusOf(order)) &&
      isWanted(products, order.instrument.nativeId) &&
      inWindow(order.acceptedAtMs),
  );
  const page = pageOf<Order>(desk, rows, params);
  const more = page.cursor !== '';
  return {
    orders: page.rows.map(coinbaseOrder),
    sequence: '0',
    has_next: more,
    cursor: page.cursor,
  };
}

export function listFills(desk: Desk, { params }: VenueRequest) {
  const inWindow = windowFilter(params, 'start_sequence_timestamp', 'end_sequence_timestamp');
  const products = params.getAll('product_id').concat(params.getAll('product_ids'));
  const symbols = products.map((product) => desk.instrument(product).symbol);
  const orderIds = params.getAll('order_id').concat(params.getAll('order_ids'));
  const rows = desk.state.fills.filter(
    (fill) =>
      isWanted(symbols, fill.instrument) &&
      isWanted(orderIds, fill.venueOrderId) &&
      inWindow(fill.timeMs),
  );
  const page = pageOf<FillEntry>(desk, rows, params);
  return { fills: page.rows.map(coinbaseFill), cursor: page.cursor };
}

function isWanted(wanted: readonly string[], value: string): boolean {
  return wanted.length === 0 || wanted.includes(value);
}

function windowFilter(params: URLSearchParams, startName: string, endName: string) {
  const startMs = optionalTime(params, startName) ?? 0;
  const endMs = optionalTime(params, endName) ?? Infinity;
  return (timeMs: number) => timeMs >= startMs && timeMs <= endMs;
}

function optionalTime(params: URLSearchParams, name: string): number | undefined {
  const text = params.get(name);
  if (text === null) return undefined;
  const timeMs = Date.parse(text);
  if (Number.isNaN(timeMs)) {
    throw new Refusal('invalid-argument', `${name} must be an RFC 3339 time, not ${text}`);
  }
  return timeMs;
}

interface Sequenced {
  sequence: number;
}

function pageOf<Row extends Sequenced>(desk: Desk, oldestFirst: Row[], params: URLSearchParams) {
  const asked = optionalInteger(params, 'limit') ?? DEFAULT_LIMIT;
  const limit = Math.min(asked, MAX_LIMIT, desk.mostRows);
  // An empty cursor means the first page, as it does on Coinbase.
  const before = params.get('cursor') ? optionalInteger(params, 'cursor') : undefined;
  const rows = oldestFirst
    .filter((row) => before === undefined || row.sequence < before)
    .toReversed();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, cursor: last && rows.length > limit ? String(last.sequence) : '' };
}
