/**
 * Figures that were compared with nothing: the state that stood for ours was made of what the venues tell.
 *
 * Invariants: a figure that agrees with its own source is never called equal; what differs or could not be
 * told keeps the verdict that it has; what people accept is what was taken over, not what changed since.
 */
import { digestOf } from '../content/canonical.js';
import { absolute, exceeds } from '../numbers/decimal.js';
import type { Worth } from '../books/worth.js';
import type { ReconciliationLine } from './line.js';

/** `worth`: in cash, of all that is held; null without a mark. */
export interface UnverifiedFigure {
  kind: 'position' | 'balance';
  venue: string;
  account: string;
  item: string;
  held: string;
  worth: string | null;
}

/** What a person is shown: the weightiest of so many. */
export interface Unverified {
  count: number;
  figures: UnverifiedFigure[];
  /** Of all that was taken over. */
  digest: string;
}

const SHOWN = 20;

/** In place, when nothing else is derived from the verdicts any more. */
export function markUnverified(lines: readonly ReconciliationLine[]): void {
  for (const line of lines) {
    if (line.verdict !== 'unexplained' && line.verdict !== 'unknown') line.verdict = 'unverified';
  }
}

/** Null where everything was compared with something of ours. */
export function unverifiedIn(
  lines: readonly ReconciliationLine[],
  worth: () => Worth,
): Unverified | null {
  const unverified = lines.filter(({ verdict }) => verdict === 'unverified');
  if (unverified.length === 0) return null;
  const figures = unverified.map((line) => figureOf(line, worth()));
  return {
    count: figures.length,
    figures: figures.toSorted(largerFirst).slice(0, SHOWN),
    digest: digestOf(unverified.map(takenOver)),
  };
}

function figureOf(line: ReconciliationLine, worth: Worth): UnverifiedFigure {
  const { kind, venue, account, item, instrument } = line;
  const held = line.exchange ?? line.internal;
  const of =
    instrument === null
      ? worth.balanceNotional({ venue, account, asset: item }, held)
      : worth.positionNotional({ venue, account, instrument }, held);
  return { kind, venue, account, item, held, worth: of };
}

/** What is not priced may be the largest; of equals the order of the lines stays. */
function largerFirst({ worth: a }: UnverifiedFigure, { worth: b }: UnverifiedFigure): number {
  if (a === null || b === null) return Number(b === null) - Number(a === null);
  const [one, other] = [absolute(a), absolute(b)];
  return Number(exceeds(other, one)) - Number(exceeds(one, other));
}

function takenOver({ kind, venue, account, item, internal }: ReconciliationLine) {
  return [kind, venue, account, item, internal];
}
