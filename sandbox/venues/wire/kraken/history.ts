// Kraken's order and trade reads: objects keyed by id, newest first, pages of fifty with `ofs`.
import type { Desk } from '../../desk.js';
import type { VenueRequest } from '../../http/route.js';
import type { Order } from '../../ledger/state.js';
import { Refusal } from '../../refusal.js';
import { optionalInteger } from '../parameters.js';
import { krakenOrder, krakenTrade } from './orders.js';

const PAGE = 50;

export function openOrders(desk: Desk, { params }: VenueRequest) {
  const wanted = clientIdFilter(params);
  return { open: keyed(desk.ledger.openOrders(desk.venue).filter(wanted).toReversed()) };
}

export function closedOrders(desk: Desk, { params }: VenueRequest) {
  const wanted = clientIdFilter(params);
  const inWindow = windowFilter(params);
  const rows = [...desk.state.orders.values()]
    .filter((order) => order.status !== 'open' && wanted(order) && inWindow(order.updatedAtMs))
    .sort((left, right) => right.updatedAtMs - left.updatedAtMs || right.sequence - left.sequence);
  return { closed: keyed(pageOf(rows, params)), count: rows.length };
}

export function queryOrders(desk: Desk, { params }: VenueRequest) {
  const ids = (params.get('txid') ?? '').split(',');
  const orders = ids.map((id) => desk.state.orders.get(id));
  const found = orders.filter((order) => order !== undefined);
  if (found.length === 0) throw new Refusal('unknown-order', `no order ${ids.join(', ')}`);
  return keyed(found);
}

export function tradesHistory(desk: Desk, { params }: VenueRequest) {
  const inWindow = windowFilter(params);
  const rows = desk.state.fills.filter((fill) => inWindow(fill.timeMs)).toReversed();
  const trades = pageOf(rows, params).map((fill) => {
    const order = desk.find({ venueOrderId: fill.venueOrderId });
    return [fill.venueTradeId, krakenTrade(fill, order)] as const;
  });
  return { trades: Object.fromEntries(trades), count: rows.length };
}

function keyed(orders: readonly Order[]) {
  return Object.fromEntries(orders.map((order) => [order.venueOrderId, krakenOrder(order)]));
}

function clientIdFilter(params: URLSearchParams): (order: Order) => boolean {
  const clientOrderId = params.get('cl_ord_id');
  // No order here has a `userref`, so asking for one finds nothing.
  if (params.has('userref')) return () => false;
  return (order) => clientOrderId === null || order.clientOrderId === clientOrderId;
}

/** Bounds are in seconds; Kraken also takes ids there, which this venue refuses. */
function windowFilter(params: URLSearchParams): (timeMs: number) => boolean {
  const startMs = secondsOf(params, 'start', 0);
  const endMs = secondsOf(params, 'end', Infinity);
  return (timeMs) => timeMs >= startMs && timeMs <= endMs;
}

function secondsOf(params: URLSearchParams, name: string, absent: number): number {
  const text = params.get(name);
  if (text === null) return absent;
  const seconds = Number(text);
  if (Number.isNaN(seconds)) throw new Refusal('invalid-argument', `${name} must be seconds`);
  return seconds * 1000;
}

function pageOf<Row>(rows: readonly Row[], params: URLSearchParams): Row[] {
  const offset = optionalInteger(params, 'ofs') ?? 0;
  return rows.slice(offset, offset + PAGE);
}
