/**
 * What people are told of the orders that an engine is about to take over, a line each.
 *
 * Invariants: of what is not shown it is said how many there are; what such a line begins with is known here alone.
 */
import type { OrderWarnings } from './summary.js';

const LOST = 'NO LONGER PROTECTED';
const OPEN = 'without stop orders';
const STALE = 'stale order';

export function warningLines({ stale, unprotected, lost, brokenLinks }: OrderWarnings): string[] {
  const isLost = new Set(lost.shown);
  return [
    ...linesOf(stale, () => STALE),
    ...linesOf(unprotected, (text) => (isLost.has(text) ? LOST : OPEN)),
    ...linesOf(brokenLinks ?? { count: 0, shown: [] }, () => 'linked orders'),
  ];
}

/** Of a line of a record: a position without its stops may lose most, an order far from the market waits. */
export function warningRank(line: string): number {
  if (line.startsWith(LOST)) return 0;
  if (line.startsWith(OPEN)) return 1;
  return line.startsWith(STALE) ? 3 : 2;
}

function linesOf(
  { count, shown }: { count: number; shown: string[] },
  nameOf: (text: string) => string,
): string[] {
  const more = count - shown.length;
  return [
    ...shown.map((text) => `${nameOf(text)}: ${text}`),
    ...(more > 0 ? [`${nameOf('')}: and ${more} more`] : []),
  ];
}
