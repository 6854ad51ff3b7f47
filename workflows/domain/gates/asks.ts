/**
 * What of a recovery's findings stops for people, by policy: for the recovery that asks, and for the plan
 * that tells beforehand what it would ask.
 */
import type { OrdersSummary, OrderWarnings } from '../orders/fate/summary.js';
import type { ReconciliationSummary } from '../reconciliation/summary.js';
import type { RecoveryPolicy } from '../policy/policy.js';

type Compared = Pick<ReconciliationSummary, 'counts' | 'forced'>;

export function differs({ counts, forced }: Compared): boolean {
  return counts.unexplained > 0 || forced.length > 0;
}

/** What differs stops in strict mode; what no exchange could tell, always. */
export function asksAboutDifferences(
  compared: Compared,
  { reconciliation: { strict } }: Pick<RecoveryPolicy, 'reconciliation'>,
): boolean {
  return (strict && differs(compared)) || compared.counts.unknown > 0;
}

type OrdersPolicy = Pick<RecoveryPolicy, 'orders'>;
type Counts = Pick<OrdersSummary, 'counts'>;

export function asksAboutForeign({ counts }: Counts, { orders }: OrdersPolicy): boolean {
  return orders.foreign === 'ask' && counts.foreign > 0;
}

/** `doubts`: about what the engine's journal does not tell. */
export function asksAboutUnknown(
  { counts, doubts = [] }: Counts & { doubts?: readonly string[] },
  { orders }: OrdersPolicy,
): boolean {
  return orders.onUnknown !== 'treat_as_absent' && counts.unknown + doubts.length > 0;
}

export function asksAboutLost(
  { lost }: Pick<OrderWarnings, 'lost'>,
  { orders }: OrdersPolicy,
): boolean {
  return orders.onUnprotected === 'ask' && lost.count > 0;
}

export function asksAboutStale(
  { stale }: Pick<OrderWarnings, 'stale'>,
  { orders }: OrdersPolicy,
): boolean {
  return orders.onStale === 'ask' && stale.count > 0;
}
