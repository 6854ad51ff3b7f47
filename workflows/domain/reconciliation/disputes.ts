/**
 * Which lines of a reconciliation a person must decide on, the weightiest first.
 *
 * Invariants: what is not known weighs more than any amount; the order is a function of the lines
 * alone, whatever theirs was.
 */
import { itemKey } from '../books/keys.js';
import { absolute, exceeds } from '../numbers/decimal.js';
import type { ReconciliationLine } from './line.js';

export function isDisputed({ verdict, forced }: ReconciliationLine): boolean {
  return verdict === 'unexplained' || verdict === 'unknown' || forced !== '0';
}

/** What no exchange could tell, what has no known worth, what was closed by force, then by worth. */
export function byWeight(lines: readonly ReconciliationLine[]): ReconciliationLine[] {
  return lines.toSorted(
    (a, b) =>
      rankOf(a) - rankOf(b) ||
      largerFirst(a.notional, b.notional) ||
      largerFirst(a.lots, b.lots) ||
      byName(itemKey(a), itemKey(b)),
  );
}

function rankOf({ exchange, notional, forced }: ReconciliationLine): number {
  if (exchange === null) return 0;
  if (notional === null) return 1;
  return forced === '0' ? 3 : 2;
}

/** An amount that is not known may be the largest. */
function largerFirst(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(b === null) - Number(a === null);
  const [one, other] = [absolute(a), absolute(b)];
  return Number(exceeds(other, one)) - Number(exceeds(one, other));
}

function byName(a: string, b: string): number {
  return Number(a > b) - Number(a < b);
}
