/**
 * Which of the orders that venues list are those that we know: the one rule of the recovery, the ramp,
 * `watch`, `reconcile` and the check of stops. By client id, else by the venue's own.
 *
 * Invariants: a listed order is taken for a known one only as that was sent; one client id may name
 * several orders, and each listed one is either the known one's or a stranger; a row that is told
 * twice is one order, as the row has it that is filled further; the order of the rows decides nothing.
 */
import { readableVenues, type Snapshot } from '../books/snapshot.js';
import { legKey, restingOrderKey, venueOrderKey } from '../books/keys.js';
import type { EngineState, Order } from '../books/state.js';
import { isUnnamed } from './names.js';
import { contradictEachOther, differsBy, mostAdvanced, unitsIn, type UnitsOf } from './terms.js';

export interface Match {
  order: Order;
  /** As the venue lists it now; null where it lists it no more. */
  open: Order | null;
}

export interface Matches {
  /** Each known order once, whatever the state repeats. */
  known: Match[];
  strangers: Set<Order>;
  /** Listed rows that another row of the same order contradicts. */
  disputed: Set<Order>;
}

export function matchOrders(internal: Pick<EngineState, 'orders'>, snapshot: Snapshot): Matches {
  const named = new Map<string, Match[]>();
  const matches: Matches = {
    known: internal.orders.flatMap((order) => rememberOnce(named, order)),
    strangers: new Set(),
    disputed: new Set(),
  };
  const placing = { disputed: matches.disputed, unitsOf: unitsIn(snapshot) };
  for (const { orders } of readableVenues(snapshot)) {
    for (const order of orders) {
      const rest = place(named.get(order.clientOrderId), order, placing);
      if (rest !== null) matches.strangers.add(rest);
    }
  }
  if (matches.strangers.size > 0) {
    matchByVenueId(matches);
    dropRepeats(matches);
  }
  return matches;
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

interface Placing extends Pick<Matches, 'disputed'> {
  unitsOf: UnitsOf;
}

/** What is left over is a stranger: the row, or one that fitted less well; null where nothing is. */
function place(alike: Match[] | undefined, row: Order, placing: Placing): Order | null {
  if (alike === undefined) return row;
  for (const match of alike) {
    const { open } = match;
    if (open !== null && isSameRow(open, row)) {
      match.open = merged(open, row, placing.disputed);
      return null;
    }
    const fit = fitOf(match.order, row, placing.unitsOf);
    if (fit === 'none' || (open !== null && fit !== 'exact')) continue;
    match.open = row;
    return open;
  }
  return row;
}

function isSameRow(one: Order, other: Order): boolean {
  return (
    one.venueOrderId !== null &&
    one.venueOrderId === other.venueOrderId &&
    (one.conditional === true) === (other.conditional === true) &&
    one.side === other.side &&
    one.instrument === other.instrument &&
    one.venue === other.venue &&
    one.account === other.account
  );
}

function merged(one: Order, other: Order, disputed: Set<Order>): Order {
  const kept = mostAdvanced(one, other);
  const isDisputed = contradictEachOther(one, other) || (disputed.has(one) && kept === one);
  disputed.delete(one);
  if (isDisputed) disputed.add(kept);
  return kept;
}

/** A client id may be in use again, by an order that is not known. */
function fitOf(order: Order, row: Order, unitsOf: UnitsOf): 'exact' | 'loose' | 'none' {
  if (row.side !== order.side || !isNamedAs(order, row)) return 'none';
  if (isSameRow(order, row)) return 'exact';
  // A trigger makes an order with an id of its own, and at some venues so does an amend.
  if (order.conditional === true || order.state === 'amend_in_flight') return 'loose';
  if (order.venueOrderId !== null) return 'none';
  // What was never acknowledged cannot have been amended, and what the venue cuts off is below a unit.
  const isOther =
    order.state === 'in_flight' &&
    order.quantity !== row.quantity &&
    differsBy(order.quantity, row.quantity, unitsOf(order).quantityStep);
  return isOther ? 'none' : 'loose';
}

/** What the venue names otherwise, or does not name at all, may yet be ours, by the venue's own id. */
function matchByVenueId({ known, strangers }: Matches): void {
  const byVenueId = new Map<string, Match>();
  for (const match of known) {
    const { order, open } = match;
    if (open === null && order.venueOrderId !== null) byVenueId.set(venueOrderKey(order), match);
  }
  if (byVenueId.size === 0) return;
  for (const row of strangers) {
    const match = byVenueId.get(venueOrderKey(row));
    if (match?.open !== null || !isOursByVenueId(match.order, row)) continue;
    match.open = row;
    strangers.delete(row);
  }
}

/** The ids of conditional orders may be a series of their own. */
function isOursByVenueId(order: Order, row: Order): boolean {
  return order.side === row.side && (isUnnamed(row) || isSameRow(order, row));
}

/** Of strangers, and of rows that name a known order otherwise. */
function dropRepeats({ known, strangers, disputed }: Matches): void {
  const ids = new Set([...strangers].map(({ venueOrderId }) => venueOrderId));
  const matched = known.filter(({ open }) => open !== null && ids.has(open.venueOrderId));
  const seen = new Map<string, Order | Match>();
  for (const match of matched) if (match.open !== null) seen.set(rowKey(match.open), match);
  for (const row of strangers) {
    if (row.venueOrderId === null) continue;
    const before = seen.get(rowKey(row));
    if (before === undefined) seen.set(rowKey(row), row);
    else if ('open' in before) {
      before.open = merged(before.open ?? row, row, disputed);
      strangers.delete(row);
    } else {
      const kept = merged(before, row, disputed);
      strangers.delete(kept === row ? before : row);
      seen.set(rowKey(row), kept);
    }
  }
}

function rowKey(row: Order): string {
  return legKey(restingOrderKey(row), row.side);
}
