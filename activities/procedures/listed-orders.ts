/**
 * Orders that were listed once, to be cancelled by whoever tries: what came since is no part of it.
 *
 * Invariant: an order is known by the venue's own id, and by its name where that was not told; a name that
 * the next engine uses again is another order.
 */
import { orderKey, restingOrderKey } from '../../workflows/domain/books/keys.js';
import type { Order } from '../../workflows/domain/books/state.js';
import type { OrderName } from '../ports.js';

export interface Listed {
  orders: readonly (Order | OrderName)[];
  /** Nobody has acted on it yet: it is acted on without looking first. */
  fresh: boolean;
}

export interface Parted {
  /** To be cancelled. */
  due: (Order | OrderName)[];
  /** Stays, because it was not listed. */
  unlisted: (Order | OrderName)[];
}

/** Null as a list: all are due. */
export function partByList(ours: readonly (Order | OrderName)[], listed: Listed | null): Parted {
  if (listed === null) return { due: [...ours], unlisted: [] };
  const ids = new Map(listed.orders.map((one) => [orderKey(one), one.venueOrderId]));
  const venueIds = new Set(
    listed.orders.flatMap((one) => (one.venueOrderId === null ? [] : restingOrderKey(one))),
  );
  const isListed = (order: OrderName) => {
    if (order.venueOrderId !== null && venueIds.has(restingOrderKey(order))) return true;
    const id = ids.get(orderKey(order));
    return id !== undefined && (id === null || id === order.venueOrderId);
  };
  return { due: ours.filter(isListed), unlisted: ours.filter((order) => !isListed(order)) };
}
