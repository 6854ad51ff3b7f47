/**
 * Whose an order is by its name alone, its client id.
 *
 * Invariant: an order without a client id is named after the venue's own id, and is nobody's by that
 * name, whatever the prefix: an order placed by hand is never taken for the engine's, but at an account that
 * is the engine's alone, where every order is its own.
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

/** How the client ids of an engine's orders begin: alike everywhere, or by venue. */
export type OrderIdPrefix = string | Readonly<Record<string, readonly string[]>>;

/** In place of the prefixes of a venue: every order of the account there. No configuration can write an empty one. */
export const WHOLE_ACCOUNT = '';

/** None where the venue has no prefix of its own: nothing there is ours by its name. */
export function prefixesAt(prefix: OrderIdPrefix, venue: string): readonly string[] {
  if (typeof prefix === 'string') return [prefix];
  return Object.hasOwn(prefix, venue) ? (prefix[venue] ?? []) : [];
}

/** Of all venues. */
export function allPrefixes(prefix: OrderIdPrefix): readonly string[] {
  return typeof prefix === 'string' ? [prefix] : Object.values(prefix).flat();
}

export function isOursByName(order: Named & Pick<Order, 'venue'>, prefix: OrderIdPrefix): boolean {
  const own = prefixesAt(prefix, order.venue);
  if (typeof prefix !== 'string' && own.includes(WHOLE_ACCOUNT)) return true;
  if (isUnnamed(order)) return false;
  return own.some((one) => order.clientOrderId.startsWith(one));
}

/** Of a row that was not understood, by the venue's own names. */
export function isOursAsTold(
  { venue, clientId, id }: { venue: string; clientId: string | null; id: string | null },
  prefix: OrderIdPrefix,
): boolean {
  return isOursByName({ venue, clientOrderId: clientId ?? nameWithoutClientId(id ?? '') }, prefix);
}
