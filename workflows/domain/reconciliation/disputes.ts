/**
 * Which lines of a reconciliation a person must decide on, the weightiest first.
 *
 * Invariants: one cause is asked about once, and which side a fill was of is never guessed; what is not known weighs more than any amount; the order is a function of the lines
 * alone, whatever theirs was.
 */
import { itemKey, listingKey } from '../books/keys.js';
import { ZERO, fixed, minus, plus, signOf } from '../numbers/fixed-point.js';
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

/**
 * Fills of a hedged instrument that name no side seem to move a net position that nobody holds. That is no
 * question of its own where its sides lack exactly what they come to. Marks the lines in place.
 */
export function markUnsided(lines: readonly ReconciliationLine[]): void {
  const phantoms = lines.filter(isPhantom);
  if (phantoms.length === 0) return;
  for (const phantom of phantoms) {
    const { explainedByFills } = phantom;
    const sides = lines.filter((line) => isSideOf(line, phantom));
    const lacking = sides.reduce((sum, line) => plus(sum, fixed(line.unexplained ?? '0')), ZERO);
    if (signOf(minus(lacking, fixed(explainedByFills))) !== 0) continue;
    phantom.verdict = 'explained';
    const note = `fills that name no side come to ${explainedByFills}: of which side is not told`;
    for (const line of sides) line.notes = [...(line.notes ?? []), note];
  }
}

/** Moved by fills alone, and held by neither. */
function isPhantom({ side, internal, exchange, verdict }: ReconciliationLine): boolean {
  return side === 'net' && verdict === 'unexplained' && internal === '0' && exchange === '0';
}

function isSideOf(line: ReconciliationLine, { instrument, ...place }: ReconciliationLine): boolean {
  if (line.instrument === null || instrument === null || line.unexplained === null) return false;
  if (line.side !== 'long' && line.side !== 'short') return false;
  const { venue, account } = place;
  return (
    listingKey({ ...line, instrument: line.instrument }) ===
    listingKey({ venue, account, instrument })
  );
}
