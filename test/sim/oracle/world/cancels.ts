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
export function onlyOwnCancelled(facts: Facts): string[] {
  const { cancelled, rules } = facts;
  const mayAdopt = rules?.orders.foreign !== 'leave';
  const others = cancelled.flatMap(({ atMs, order, whose, protects }) => {
    if (protects && rules?.keepProtective !== false) {
      return [`${order}, which protects what is held, was cancelled at ${atMs}`];
    }
    return whose === 'own' || mayAdopt ? [] : [`${order} of ${whose} was cancelled at ${atMs}`];
  });
  return [...others, ...besideWhoTrades(facts)];
}

/** Nobody cancels what has come since an engine trades, unless it was to be stopped. */
function besideWhoTrades({ cancelled, happened, heard }: Facts): string[] {
  if (happened.some(({ kind }) => kind === 'operator')) return [];
  const alarmedAtMs = heard.find(({ state }) => state === 'alarm')?.atMs ?? Infinity;
  return cancelled.flatMap(({ beside, order, atMs }) =>
    beside === null || alarmedAtMs <= atMs
      ? []
      : [`${order} was cancelled at ${atMs} beside ${beside}, which trades`],
  );
}
