/**
 * What was cancelled, and what is told of it, by the ledger.
 *
 * Invariants: a venue that is told as clear was looked at twice, a while apart, so that what was on its way meanwhile
 * is no surprise; what protects stays unless the rules say otherwise; orders of others and of nobody are touched by
 * nobody, unless they may be adopted.
 */
import type { Facts } from '../facts.js';

/** I4. */
export function nothingLeft({ left }: Facts): string[] {
  return left.flatMap(({ atMs, by, venue, orders }) =>
    orders.map((order) => `${by} told ${venue} as clear at ${atMs}, and ${order} rests`),
  );
}

/** I6. */
export function onlyOwnCancelled({ cancelled, rules }: Facts): string[] {
  const mayAdopt = rules?.orders.foreign !== 'leave';
  return cancelled.flatMap(({ atMs, order, whose, protects }) => {
    if (protects && rules?.keepProtective !== false) {
      return [`${order}, which protects what is held, was cancelled at ${atMs}`];
    }
    return whose === 'own' || mayAdopt ? [] : [`${order} of ${whose} was cancelled at ${atMs}`];
  });
}
