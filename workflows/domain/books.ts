/**
 * The orders in a live engine's books against the open orders of its venues.
 *
 * Invariants: only orders that are ours are compared, and only where the venue could be read: where
 * it could not, its name says so; one reading proves nothing, because an order may be on its way
 * between the two: what persists over two readings does. A partial fill that is still moving has
 * another key in each reading.
 */
import { canonical } from './decimal.js';
import { readableVenues, unreadableVenues, type Snapshot } from './snapshot.js';
import { orderKey, type Order } from './state.js';

/** Sorted keys, one for each difference; `filledDiffers` names both quantities in its keys. */
export interface BookDifferences {
  /** In the engine's book, not open at the venue. */
  missingAtVenue: string[];
  /** Open at the venue and ours, not in the engine's book. */
  unknownToEngine: string[];
  filledDiffers: string[];
  /** Venues of which a reading lacks the orders: nothing is said of theirs. */
  uncompared: string[];
}

/** `orders`: the engine's book. `orderIdPrefix`: how the client ids of its orders begin. */
export function compareOrderBooks(
  orders: readonly Order[],
  snapshot: Snapshot,
  orderIdPrefix: string,
): BookDifferences {
  const venues = readableVenues(snapshot);
  const read = new Set(venues.map(({ venue, account }) => `${venue}|${account}`));
  const isRead = ({ venue, account }: Order) => read.has(`${venue}|${account}`);
  const ours = byKey(orders.filter(isRead));
  const unread = [...unreadableVenues(snapshot), ...orders.filter((order) => !isRead(order))];
  const theirs = byKey(venues.flatMap((venue) => venue.orders));
  const own = [...theirs.values()].filter((o) => o.clientOrderId.startsWith(orderIdPrefix));
  return {
    missingAtVenue: [...ours.keys()].filter((key) => !theirs.has(key)).sort(),
    unknownToEngine: own
      .map(orderKey)
      .filter((key) => !ours.has(key))
      .sort(),
    filledDiffers: [...ours].flatMap(([key, order]) => differing(key, order, theirs)).sort(),
    uncompared: sortedNames(unread.map(({ venue }) => venue)),
  };
}

function sortedNames(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

/** Of what was compared. */
export function isSame({
  missingAtVenue,
  unknownToEngine,
  filledDiffers,
}: BookDifferences): boolean {
  return missingAtVenue.length + unknownToEngine.length + filledDiffers.length === 0;
}

/** One line for people each: venue, account and client id, and what differs. */
export function bookTroubles(books: BookDifferences): string[] {
  return troublesByVenue(books).map(({ text }) => text);
}

export function troublesByVenue(books: BookDifferences): { venue: string; text: string }[] {
  return [
    ...books.missingAtVenue.map((key) => `${key}: not open at the venue`),
    ...books.unknownToEngine.map((key) => `${key}: open, unknown to the engine`),
    ...books.filledDiffers,
  ].map((trouble) => ({
    venue: trouble.slice(0, trouble.indexOf('|')),
    text: trouble.replaceAll('|', ' '),
  }));
}

/** What two readings have in common: a difference that stays is not an order on its way. */
export function persistentDifferences(a: BookDifferences, b: BookDifferences): BookDifferences {
  const both = (x: readonly string[], y: readonly string[]) => {
    const other = new Set(y);
    return x.filter((key) => other.has(key));
  };
  return {
    missingAtVenue: both(a.missingAtVenue, b.missingAtVenue),
    unknownToEngine: both(a.unknownToEngine, b.unknownToEngine),
    filledDiffers: both(a.filledDiffers, b.filledDiffers),
    uncompared: sortedNames([...a.uncompared, ...b.uncompared]),
  };
}

function byKey(orders: readonly Order[]): Map<string, Order> {
  return new Map(orders.map((order) => [orderKey(order), order]));
}

function differing(key: string, ours: Order, theirs: ReadonlyMap<string, Order>): string[] {
  const order = theirs.get(key);
  if (order === undefined) return [];
  const [held, told] = [canonical(ours.filled), canonical(order.filled)];
  return held === told ? [] : [`${key}: filled ${held} in the book, ${told} at the venue`];
}
