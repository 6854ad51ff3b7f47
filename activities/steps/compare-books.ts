/** Step 9. The books of the live engine against its venues, before each stage of the ramp. */
import type { BooksCompared, CompareBooksInput } from '../../workflows/contract/index.js';
import { snapshotOf } from '../../workflows/domain/books/snapshot.js';
import { bookTroubles, compareOrderBooks } from '../../workflows/domain/orders/book-keys.js';
import { reconcile } from '../../workflows/domain/reconciliation/reconciliation.js';
import { differingItems } from '../../workflows/domain/reconciliation/summary.js';
import type { ControlPlanePorts } from '../ports.js';
import { readAll } from './venue-reading.js';

/** Compared with those of the next reading, so more than a person would read. */
const SHOWN_ORDERS = 200;

export function createCompareActivities(ports: ControlPlanePorts) {
  return {
    /**
     * The books of a live engine against the venues: what differs, was closed by force unseen, or
     * could not be read, by name. It trades meanwhile, so an order counts as differing only where
     * two readings have it; and whether it has booked a cash flow yet, no time can tell.
     */
    async compareBooks(input: CompareBooksInput): Promise<BooksCompared> {
      const { engineId, state, sinceMs, tolerance, dustNotional = '0' } = input;
      const asOfMs = ports.clock.nowMs(); // the state was read just before
      const internal = await ports.artifacts.get('engine-state', state);
      const venues = await readAll(ports, { ...input, live: true });
      const snapshot = snapshotOf(venues, ports.clock.nowMs());
      const { orderIdPrefix, cashAssets } = ports.facts(engineId);
      const rules = { tolerance, dustNotional, cashAssets, asOfMs, doubtMs: asOfMs - sinceMs };
      const { lines } = reconcile(internal, snapshot, rules);
      const books = compareOrderBooks(internal.orders, snapshot, orderIdPrefix);
      return {
        differing: differingItems(lines),
        orders: bookTroubles(books).slice(0, SHOWN_ORDERS),
        unread: venues.filter(({ readable }) => !readable).map(({ venue }) => venue),
      };
    },
  };
}
