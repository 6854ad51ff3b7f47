/**
 * Which orders differ between a live engine's book and the open orders of its venues, and how.
 *
 * Invariants: only orders that are ours are compared, and only where the venue could be read: where
 * it could not, its name says so; one reading proves nothing, because an order may be on its way
 * between the two. A venue that goes on filling makes no other difference of it: only where the
 * engine books meanwhile is a fill on its way.
 */
import { isOursByName } from './names.js';
import { canonical, subtract } from '../numbers/decimal.js';
import { readableVenues, unreadableVenues, type Snapshot } from '../books/snapshot.js';
import { orderKey, accountKey, kindKey } from '../books/keys.js';
import type { Order } from '../books/state.js';

export const ORDER_DIFFERENCES = [
  'missing_at_venue',
  'unknown_to_engine',
  'filled_differs',
] as const;

export interface OrderDifference extends Pick<
  Order,
  'venue' | 'account' | 'clientOrderId' | 'instrument' | 'side' | 'price'
> {
  kind: (typeof ORDER_DIFFERENCES)[number];
  triggerPrice: string | null;
  /** As the venue has it; as the engine has it where it is not open there. */
  quantity: string;
  remaining: string;
  /** Null: not in the engine's book. */
  internal: OrderSeen | null;
  /** Null: not open at the venue. */
  exchange: OrderSeen | null;
}

type OrderSeen = Pick<Order, 'state' | 'filled'>;

export interface OrderDifferences {
  /** By kind, then by key. */
  differing: OrderDifference[];
  /** Venues of which a reading lacks the orders: nothing is said of theirs. */
  uncompared: string[];
}

/** `orders`: the engine's book. `orderIdPrefix`: how the client ids of its orders begin. */
export function compareOrders(
  orders: readonly Order[],
  snapshot: Snapshot,
  orderIdPrefix: string,
): OrderDifferences {
  const venues = readableVenues(snapshot);
  const read = new Set(venues.map(accountKey));
  const isRead = (order: Order) => read.has(accountKey(order));
  const unread = [...unreadableVenues(snapshot), ...orders.filter((order) => !isRead(order))];
  const ours = keyed(orders.filter(isRead));
  const theirs = keyed(venues.flatMap((venue) => venue.orders));
  const own = [...theirs].filter(([, order]) => isOursByName(order, orderIdPrefix));
  const byKind = [
    [...ours].filter(([key]) => !theirs.has(key)).map(([, order]) => missing(order)),
    own.filter(([key]) => !ours.has(key)).map(([, order]) => unknown(order)),
    [...ours].flatMap(([key, order]) => otherwiseFilled(order, theirs.get(key))),
  ];
  return {
    differing: byKind.flatMap((each) => each.sort(inOrder)),
    uncompared: sortedNames(unread.map(({ venue }) => venue)),
  };
}

function keyed(orders: readonly Order[]): Map<string, Order> {
  return new Map(orders.map((order) => [orderKey(order), order]));
}

function inOrder(a: OrderDifference, b: OrderDifference): number {
  return orderKey(a) < orderKey(b) ? -1 : 1;
}

function sortedNames(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

function missing(order: Order): OrderDifference {
  const sides = { internal: seenOf(order), exchange: null };
  return { kind: 'missing_at_venue', ...termsOf(order), ...sides };
}

function unknown(order: Order): OrderDifference {
  const sides = { internal: null, exchange: seenOf(order) };
  return { kind: 'unknown_to_engine', ...termsOf(order), ...sides };
}

function otherwiseFilled(ours: Order, theirs: Order | undefined): OrderDifference[] {
  if (theirs === undefined || canonical(ours.filled) === canonical(theirs.filled)) return [];
  const sides = { internal: seenOf(ours), exchange: seenOf(theirs) };
  return [{ kind: 'filled_differs', ...termsOf(theirs), ...sides }];
}

function termsOf(order: Order) {
  const { venue, account, clientOrderId, instrument, side, price, quantity, filled } = order;
  return {
    venue,
    account,
    clientOrderId,
    instrument,
    side,
    price,
    triggerPrice: order.triggerPrice ?? null,
    quantity,
    remaining: subtract(quantity, filled),
  };
}

function seenOf({ state, filled }: Order): OrderSeen {
  return { state, filled: canonical(filled) };
}

/** The same while the difference lasts, however much is filled meanwhile. */
export function differenceId(difference: OrderDifference): string {
  return kindKey(difference.kind, orderKey(difference));
}

/** The engine books: what it lacks may be on its way. */
export function hasBooked(before: OrderDifference, now: OrderDifference): boolean {
  return before.internal?.filled !== now.internal?.filled;
}

/** One line for people: venue, account and client id, and what differs. */
export function differenceText(difference: OrderDifference): string {
  const { venue, account, clientOrderId, internal, exchange } = difference;
  return `${venue} ${account} ${clientOrderId}: ${whatDiffers(internal, exchange)}`;
}

function whatDiffers(internal: OrderSeen | null, exchange: OrderSeen | null): string {
  if (internal === null) return 'open, unknown to the engine';
  if (exchange !== null) {
    return `filled ${internal.filled} in the book, ${exchange.filled} at the venue`;
  }
  const onItsWay = internal.state === 'in_flight' ? ', in flight in the book' : '';
  return `not open at the venue${onItsWay}`;
}
