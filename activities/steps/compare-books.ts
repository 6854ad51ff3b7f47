/** Step 9. The books of the live engine against its venues, before each stage of the ramp. */
import type {
  BooksCompared,
  CompareBooksInput,
  PositionsOnly,
} from '../../workflows/contract/index.js';
import { readableVenues, snapshotOf } from '../../workflows/domain/books/snapshot.js';
import { bookTroubles } from '../../workflows/domain/orders/book-keys.js';
import { compareOrders, type OrderDifference } from '../../workflows/domain/orders/differences.js';
import { namedByVenueIds } from '../../workflows/domain/orders/told-by-venue-id.js';
import type { ReconciliationLine } from '../../workflows/domain/reconciliation/line.js';
import { reconcile } from '../../workflows/domain/reconciliation/reconciliation.js';
import { differingItems } from '../../workflows/domain/reconciliation/summary.js';
import type { ControlPlanePorts } from '../ports.js';
import { serverNowMs } from '../procedures/reading/clock.js';
import { compareLive, type Book } from '../procedures/orders/compare-live.js';
import { activityPace, readAll } from './pace.js';

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
      const { engineId, state, sinceMs, tolerance, dustNotional = '0', tells } = input;
      const asOfMs = serverNowMs(ports.clock); // the state was read just before
      const internal = await ports.artifacts.get('engine-state', state);
      const venues = await readAll(ports, { ...input, live: true });
      const snapshot = snapshotOf(venues, serverNowMs(ports.clock));
      const { orderIdPrefix, cashAssets } = ports.facts(engineId);
      const rules = { tolerance, dustNotional, cashAssets, asOfMs, doubtMs: asOfMs - sinceMs };
      const { lines } = reconcile(internal, snapshot, rules);
      const listed = readableVenues(snapshot).flatMap((venue) => venue.orders);
      const named = namedByVenueIds(internal.orders, listed);
      const book = { orders: named, snapshot, orderIdPrefix };
      const orders = tells === undefined ? await ordersDiffering(ports, book, input) : [];
      return {
        differing: differingItems(tells === undefined ? lines : linesTold(lines, tells)),
        orders: bookTroubles(orders).slice(0, SHOWN_ORDERS),
        unread: venues.filter(({ readable }) => !readable).map(({ venue }) => venue),
      };
    },
  };
}

const SIDED = / (?:long|short)$/;

/**
 * Of an engine that tells positions alone, and of these no sides: what it does not tell was asked about when it
 * was started.
 */
function linesTold(lines: readonly ReconciliationLine[], { except }: PositionsOnly) {
  const positions = lines.filter(({ kind }) => kind === 'position');
  const sided = positions.map(({ item }) => item).filter((item) => SIDED.test(item));
  const untold = new Set([...except, ...sided, ...sided.map((item) => item.replace(SIDED, ''))]);
  return positions.filter(({ item }) => !untold.has(item));
}

/**
 * What differs at the first look may be on its way; at any later one the venue is asked about it. What it
 * does not tell differs as it is listed: only what is known to agree lets the engine go on.
 */
async function ordersDiffering(
  ports: ControlPlanePorts,
  book: Book,
  { engineId, thorough }: CompareBooksInput,
): Promise<OrderDifference[]> {
  const listed = compareOrders(book.orders, book.snapshot, book.orderIdPrefix);
  if (!thorough || listed.differing.length === 0) return listed.differing;
  const accounts = ports.venues.ofEngine(engineId);
  const { differing, uncompared } = await compareLive(book, accounts, activityPace('orders'));
  const read = new Set(readableVenues(book.snapshot).map(({ venue }) => venue));
  const untold = new Set(uncompared.filter((venue) => read.has(venue)));
  return [...differing, ...listed.differing.filter(({ venue }) => untold.has(venue))];
}
