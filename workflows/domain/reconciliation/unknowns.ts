/**
 * What a reconciliation leaves in doubt, one sentence each, for a person to read.
 *
 * Invariant: a doubt is said, even where every figure comes out.
 */
import type { Balance } from '../books/state.js';
import { isBelowZero } from '../numbers/decimal.js';
import { exceedsBy, fixed, ZERO, type FixedPoint } from '../numbers/fixed-point.js';
import { specOf, type InstrumentSpecs } from '../books/instruments.js';
import type { ReconciliationLine, Sides } from './line.js';
import { readableVenues, type Snapshot } from '../books/snapshot.js';

type Compared = Pick<Sides, 'truth' | 'fills' | 'specs'> & {
  lines: readonly ReconciliationLine[];
};

export function unknownsOf(snapshot: Snapshot, { truth, fills, specs, lines }: Compared): string[] {
  const noted = lines.filter(({ notes }) => notes !== undefined);
  const offStep = (traded: Traded) => !isWhole(traded.quantity, stepOf(specs, traded));
  return [
    ...noted.flatMap(({ venue, item, notes = [] }) => notes.map((n) => `${venue} ${item}: ${n}`)),
    ...truth.balances.filter(({ total }) => isBelowZero(total)).map(owedText),
    ...truth.positions.filter(offStep).map((held) => offStepText(specs, held, 'a position of')),
    ...fills
      .filter(({ item }) => offStep(item))
      .map(({ item }) => offStepText(specs, item, `fill ${item.tradeId} of`)),
    ...unreadFlows(snapshot, lines),
  ];
}

/** Refused in a checkpoint, also in ours: whoever is asked must know that before the engine does. */
function owedText({ venue, asset, total }: Balance): string {
  return `${venue} ${asset}: a balance of ${total} is owed, and no checkpoint may hold that: an engine may refuse to begin with it`;
}

interface Traded {
  venue: string;
  instrument: string;
  quantity: string;
}

function stepOf(specs: InstrumentSpecs, traded: Traded): string {
  return specOf(specs, traded)?.quantityStep ?? '0';
}

function offStepText(specs: InstrumentSpecs, traded: Traded, what: string): string {
  const { venue, instrument, quantity } = traded;
  const step = stepOf(specs, traded);
  return `${venue} ${instrument}: ${what} ${quantity} is no whole number of steps of ${step}`;
}

/** A step of nothing, which stands for an unknown one, divides everything. */
function isWhole(quantity: string, step: string): boolean {
  // Nearly all, of a large book: a step such as 0.001, and no more decimals than it has.
  if (/^0\.0*1$/.test(step) && decimalsOf(quantity) <= step.length - 2) return true;
  const [held, unit] = [fixed(quantity), fixed(step)];
  if (!exceedsBy(unit, ZERO)) return true;
  const decimals = Math.max(held.decimals, unit.decimals);
  const unitsOf = (a: FixedPoint) => a.units * 10n ** BigInt(decimals - a.decimals);
  return unitsOf(held) % unitsOf(unit) === 0n;
}

function decimalsOf(text: string): number {
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}

const CAME_OUT = 'were not read: the balances came out without them';

/** Left open by nearly every healthy reading: of weight only where something is unexplained. */
export function isRoutine(sentence: string): boolean {
  return sentence.endsWith(CAME_OUT);
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
  return [`funding, transfers and fees at ${where} ${CAME_OUT}`];
}
