/**
 * Whose an order is by its name alone, its client id.
 *
 * Invariant: an order without a client id is named after the venue's own id, and is nobody's by that
 * name, whatever the prefix: an order placed by hand is never taken for the engine's.
 */
import type { Order } from '../books/state.js';

const UNNAMED = 'venue:';

type Named = Pick<Order, 'clientOrderId'>;

/** What stands for the client id of an order that has none. */
export function nameWithoutClientId(venueOrderId: string): string {
  return `${UNNAMED}${venueOrderId}`;
}

export function isUnnamed({ clientOrderId }: Named): boolean {
  return clientOrderId.startsWith(UNNAMED);
}

/** The venue's id in the name of an order that has no other; null where the name is a client id. */
export function venueIdInName(order: Named): string | null {
  return isUnnamed(order) ? order.clientOrderId.slice(UNNAMED.length) : null;
}

export function isOursByName(order: Named, prefix: string): boolean {
  return !isUnnamed(order) && order.clientOrderId.startsWith(prefix);
}
