/**
 * The orders of a live engine against its venues, each that differs looked up before it is called so.
 *
 * Invariants: so many of a venue are asked about at most, because what differs may be a whole book; where
 * an answer proves the list wrong and others were not asked about, nothing is said of that venue.
 */
import type { Snapshot } from '../../../workflows/domain/books/snapshot.js';
import type { Order } from '../../../workflows/domain/books/state.js';
import {
  compareOrders,
  ordersInDoubt,
  type OrderDifferences,
} from '../../../workflows/domain/orders/differences.js';
import type { OrderIdPrefix } from '../../../workflows/domain/orders/names.js';
import type { VenueAccount } from '../../ports.js';
import { lookUpOrders } from './look-up-orders.js';
import type { WaitingPace } from '../patiently.js';

/** A look-up is a request, or a few, of a budget that the next reading needs too. */
const MOST_OF_A_VENUE = 20;

export interface Book {
  /** The engine's own. */
  orders: readonly Order[];
  snapshot: Snapshot;
  orderIdPrefix: OrderIdPrefix;
}

export async function compareLive(
  { orders, snapshot, orderIdPrefix }: Book,
  accounts: readonly VenueAccount[],
  pace: WaitingPace,
): Promise<OrderDifferences> {
  const asked = firstOfEachVenue(ordersInDoubt(orders, snapshot, orderIdPrefix));
  const lookUps = await lookUpOrders(asked, accounts, { arrivesInMs: 0, pace });
  return compareOrders(orders, snapshot, orderIdPrefix, lookUps);
}

function firstOfEachVenue(orders: readonly Order[]): Order[] {
  const counts = new Map<string, number>();
  return orders.filter(({ venue }) => {
    const count = (counts.get(venue) ?? 0) + 1;
    counts.set(venue, count);
    return count <= MOST_OF_A_VENUE;
  });
}
