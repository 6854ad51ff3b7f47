/**
 * Which of the orders that venues list are those that the state knows.
 *
 * Invariants: a listed order is taken for a known one only as that was sent; one client id may name
 * several orders, and each listed one is either the known one's or a stranger.
 */
import { canonical } from '../numbers/decimal.js';
import { readableVenues, type Snapshot } from '../books/snapshot.js';
import { venueOrderKey } from '../books/keys.js';
import type { EngineState, Order } from '../books/state.js';
import { isUnnamed } from './names.js';

interface Match {
  order: Order;
  /** As the venue lists it now; null where it lists it no more. */
  open: Order | null;
}

export interface Matches {
  /** Each known order once, whatever the state repeats. */
  known: Match[];
  strangers: Set<Order>;
}

export function matchOrders(internal: EngineState, snapshot: Snapshot): Matches {
  const named = new Map<string, Match[]>();
  const known = internal.orders.flatMap((order) => rememberOnce(named, order));
  const strangers = new Set<Order>();
  for (const { orders } of readableVenues(snapshot)) {
    for (const order of orders) {
      const match = named.get(order.clientOrderId)?.find((one) => isSame(one, order));
      if (match === undefined) strangers.add(order);
      else match.open = order;
    }
  }
  matchUnnamed(known, strangers);
  return { known, strangers };
}

/** By client id alone: a key for each of a hundred thousand orders takes longer than to compare. */
function rememberOnce(named: Map<string, Match[]>, order: Order): Match[] {
  const alike = named.get(order.clientOrderId);
  const before = alike?.find((one) => isNamedAs(one.order, order));
  if (before !== undefined) {
    before.order = order;
    return [];
  }
  const match = { order, open: null };
  if (alike === undefined) named.set(order.clientOrderId, [match]);
  else alike.push(match);
  return [match];
}

/** As `orderKey` tells them apart. */
function isNamedAs(one: Order, other: Order): boolean {
  return (
    one.clientOrderId === other.clientOrderId &&
    one.instrument === other.instrument &&
    one.venue === other.venue &&
    one.account === other.account
  );
}

/** A client id may be in use again, by an order that the state does not know. */
function isSame({ order, open }: Match, listed: Order): boolean {
  if (open !== null || listed.side !== order.side || !isNamedAs(order, listed)) return false;
  // A trigger makes an order with an id of its own.
  if (order.conditional === true) return true;
  if (order.venueOrderId !== null) return listed.venueOrderId === order.venueOrderId;
  // What was never acknowledged cannot have been amended.
  return order.state !== 'in_flight' || canonical(listed.quantity) === canonical(order.quantity);
}

/** An order whose client id the venue does not tell may yet be ours, by the venue's own id. */
function matchUnnamed(known: readonly Match[], strangers: Set<Order>): void {
  const unnamed = [...strangers].filter(isUnnamed);
  if (unnamed.length === 0) return;
  const byVenueId = new Map<string, Match>();
  for (const match of known) {
    const { order, open } = match;
    if (open === null && order.venueOrderId !== null) byVenueId.set(venueOrderKey(order), match);
  }
  for (const order of unnamed) {
    const match = byVenueId.get(venueOrderKey(order));
    if (match === undefined) continue;
    match.open = order;
    strangers.delete(order);
  }
}
