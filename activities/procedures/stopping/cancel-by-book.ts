/**
 * Orders at a venue that cannot be read, cancelled by the names that the engine's own book has for them: one
 * fault of a venue's lists must not leave orders that it would take a cancel of.
 *
 * Invariants: only what works for certain is asked for, because what protects cannot be told without the
 * venue; each once; it ends in bounded time, and what was not taken counts as left.
 */
import pMap from 'p-map';
import { orderKey } from '../../../workflows/domain/books/keys.js';
import type { Order } from '../../../workflows/domain/books/state.js';
import { isFailure } from '../../errors.js';
import type { VenueAccount } from '../../ports.js';
import { CANCELS_AT_ONCE } from '../cancel-orders.js';
import type { Cancelled } from '../cancelled.js';
import { ALWAYS } from '../lease.js';

/** Somebody waits at the screen, and a venue that hangs takes its time for each. */
const WITHIN_MS = 20_000;

/** What was done before, where there is nothing to be done; `done` must come of a reading that failed. */
export async function cancelByBook(
  account: VenueAccount,
  book: readonly Order[],
  done: Cancelled,
): Promise<Cancelled> {
  const orders = worksThere(account, book);
  const late = AbortSignal.timeout(WITHIN_MS);
  const ends: Pick<Cancelled, 'cancelled' | 'left'> = { cancelled: [], left: [] };
  const cancel = async (order: Order) => {
    const taken = !late.aborted && (await isTaken(account, order));
    ends[taken ? 'cancelled' : 'left'].push(order.clientOrderId);
  };
  await pMap(orders, cancel, { concurrency: CANCELS_AT_ONCE });
  return { ...done, ...ends };
}

/** Nothing was seen of the venue, so that nothing is asked for twice. */
export function sawNothing({ verified, cancelled, filledOrGone, left }: Cancelled): boolean {
  return !verified && cancelled.length + filledOrGone.length + left.length === 0;
}

function worksThere({ venue, account }: VenueAccount, book: readonly Order[]): Order[] {
  const works = book.filter(
    (order) =>
      order.venue === venue &&
      order.account === account &&
      order.type === 'limit' &&
      order.conditional !== true &&
      order.triggerPrice === undefined,
  );
  // Of one order several states may be in hand: some venues cancel by their own id alone.
  const named = works.toSorted((a, b) => Number(isAcknowledged(a)) - Number(isAcknowledged(b)));
  return [...new Map(named.map((order) => [orderKey(order), order])).values()];
}

function isAcknowledged({ venueOrderId }: Order): boolean {
  return venueOrderId !== null;
}

async function isTaken(account: VenueAccount, order: Order): Promise<boolean> {
  try {
    await account.cancel(order, ALWAYS);
    return true;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return false;
  }
}
