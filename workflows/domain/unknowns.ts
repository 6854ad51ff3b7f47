/**
 * What a reconciliation leaves in doubt, one sentence each, for a person to read.
 *
 * Invariant: a doubt is said, even where every figure comes out.
 */
import { exceedsBy, fixed, ZERO, type FixedPoint } from './fixed-point.js';
import { specOf, type InstrumentSpecs } from './instruments.js';
import type { ReconciliationLine, Sides } from './reconciliation-line.js';
import { readableVenues, type Snapshot } from './snapshot.js';

type Compared = Pick<Sides, 'truth' | 'fills' | 'specs'> & {
  lines: readonly ReconciliationLine[];
};

export function unknownsOf(snapshot: Snapshot, { truth, fills, specs, lines }: Compared): string[] {
  return [
    ...lines.flatMap(({ venue, item, notes = [] }) => notes.map((n) => `${venue} ${item}: ${n}`)),
    ...truth.positions.flatMap((held) => offStep(specs, held, 'a position of')),
    ...fills.flatMap(({ item }) => offStep(specs, item, `fill ${item.tradeId} of`)),
    ...unreadFlows(snapshot, lines),
  ];
}

interface Traded {
  venue: string;
  instrument: string;
  quantity: string;
}

function offStep(specs: InstrumentSpecs, traded: Traded, what: string): string[] {
  const { venue, instrument, quantity } = traded;
  const step = specOf(specs, traded)?.quantityStep ?? null;
  if (step === null || isWhole(fixed(quantity), fixed(step))) return [];
  return [`${venue} ${instrument}: ${what} ${quantity} is no whole number of steps of ${step}`];
}

/** A step of nothing divides everything. */
function isWhole(quantity: FixedPoint, step: FixedPoint): boolean {
  if (!exceedsBy(step, ZERO)) return true;
  const decimals = Math.max(quantity.decimals, step.decimals);
  const unitsOf = (a: FixedPoint) => a.units * 10n ** BigInt(decimals - a.decimals);
  return unitsOf(quantity) % unitsOf(step) === 0n;
}

/** A balance that comes out without its cash flows may hide a loss behind a deposit. */
function unreadFlows(snapshot: Snapshot, lines: readonly ReconciliationLine[]): string[] {
  const unread = readableVenues(snapshot).filter(({ cashFlows }) => cashFlows === null);
  const named = unread.filter(({ venue, account }) =>
    lines.some(
      (line) =>
        line.kind === 'balance' &&
        line.venue === venue &&
        line.account === account &&
        (line.verdict === 'match' || line.verdict === 'explained'),
    ),
  );
  if (named.length === 0) return [];
  const where = [...new Set(named.map(({ venue }) => venue))].join(', ');
  return [
    `funding, transfers and fees at ${where} were not read: the balances came out without them`,
  ];
}
