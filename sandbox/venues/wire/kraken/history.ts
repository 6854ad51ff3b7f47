/** Kraken's order and trade reads: objects keyed by id, newest first. */
import type { Desk } from '../../desk.js';
import type { VenueRequest } from '../../http/route.js';
import { isLive, type Order } from '../../ledger/state.js';
import { Refusal } from '../../refusal.js';
import { krakenOrder, krakenTrade } from './orders.js';
import { pageOf, windowFilter } from './paging.js';
import { positionStatuses } from './positions.js';

export function openOrders(desk: Desk, { params }: VenueRequest) {
  const wanted = clientIdFilter(params);
  return { open: keyed(desk.ledger.openOrders(desk.venue).filter(wanted).toReversed()) };
}

export function closedOrders(desk: Desk, { params }: VenueRequest) {
  const wanted = clientIdFilter(params);
  const inWindow = windowFilter(params);
  const rows = [...desk.state.orders.values()]
    .filter((order) => !isLive(order) && wanted(order) && inWindow(order.updatedAtMs))
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
  const rows = desk.state.fills
    .filter((fill) => inWindow(fill.timeMs))
    .toReversed()
    .sort((left, right) => right.timeMs - left.timeMs);
  const positions = positionStatuses(desk);
  const trades = pageOf(rows, params).map(
    (fill) =>
      [fill.venueTradeId, krakenTrade(desk, fill, positions.get(fill.venueTradeId))] as const,
  );
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
