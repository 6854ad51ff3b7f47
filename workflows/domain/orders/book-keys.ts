/**
 * The order differences of a live engine as the keys that a ramp's two readings have in common.
 *
 * Invariants: keys and texts are in the histories of workflows, so they stay as they are; a partial
 * fill that is still moving has another key in each reading.
 */
import { compareOrders, type OrderDifference } from './differences.js';
import type { Snapshot } from '../books/snapshot.js';
import { orderKey, keyText } from '../books/keys.js';
import type { Order } from '../books/state.js';

/** Sorted keys, one for each difference; `filledDiffers` names both quantities in its keys. */
export interface BookDifferences {
  /** In the engine's book, not open at the venue. */
  missingAtVenue: string[];
  /** Open at the venue and ours, not in the engine's book. */
  unknownToEngine: string[];
  filledDiffers: string[];
}

export function compareOrderBooks(
  orders: readonly Order[],
  snapshot: Snapshot,
  orderIdPrefix: string,
): BookDifferences {
  const { differing } = compareOrders(orders, snapshot, orderIdPrefix);
  const of = (kind: OrderDifference['kind']) => differing.filter((each) => each.kind === kind);
  return {
    missingAtVenue: of('missing_at_venue').map(orderKey),
    unknownToEngine: of('unknown_to_engine').map(orderKey),
    filledDiffers: of('filled_differs').map(filledKey).sort(),
  };
}

function filledKey(difference: OrderDifference): string {
  const { internal, exchange } = difference;
  const [held, told] = [internal?.filled ?? '0', exchange?.filled ?? '0'];
  return `${orderKey(difference)}: filled ${held} in the book, ${told} at the venue`;
}

/** One line for people each: venue, account, instrument and client id, and what differs. */
export function bookTroubles(books: BookDifferences): string[] {
  return [
    ...books.missingAtVenue.map((key) => `${key}: not open at the venue`),
    ...books.unknownToEngine.map((key) => `${key}: open, unknown to the engine`),
    ...books.filledDiffers,
  ].map(keyText);
}
