/**
 * The terms of an order (price, quantity, trigger) as two sides tell them.
 *
 * Invariants: what a row does not tell is not different, and is kept from what is known, and said;
 * what differs by less than the instrument's unit is the same, because no venue can hold the rest; of
 * two rows of one order the one filled further is the later.
 */
import { Decimal, canonical, isZero } from '../numbers/decimal.js';
import {
  exceedsBy,
  fixed,
  magnitude,
  minus,
  signOf,
  type FixedPoint,
} from '../numbers/fixed-point.js';
import { specOf, type InstrumentSpecs } from '../books/instruments.js';
import { specsOf, type Snapshot } from '../books/snapshot.js';
import type { InstrumentSpec, Order } from '../books/state.js';

export const TERMS = ['price', 'quantity', 'triggerPrice'] as const;
type Term = (typeof TERMS)[number];

/** The least steps of an instrument; null where the venue tells none. */
type Units = Pick<InstrumentSpec, 'quantityStep' | 'priceTick'>;

/** Asked for only where something differs. */
export type UnitsOf = (order: Order) => Units;

const NO_UNITS: Units = { quantityStep: null, priceTick: null };

/** Made when first asked: in nearly all books nothing differs, and no unit is needed. */
export function unitsIn(snapshot: Snapshot): UnitsOf {
  let specs: InstrumentSpecs | undefined;
  return (order) => specOf((specs ??= specsOf(snapshot)), order) ?? NO_UNITS;
}

/** By a whole unit or more. */
export function differsBy(one: string, other: string, unit: string | null): boolean {
  return one !== other && isMoved(minus(fixed(one), fixed(other)), unit);
}

/** An amount that the venue could hold: not zero, and not below its unit. */
export function isMoved(amount: FixedPoint, unit: string | null): boolean {
  if (signOf(amount) === 0) return false;
  const limit = unit === null ? null : fixed(unit);
  if (limit === null || signOf(limit) <= 0) return true;
  return exceedsBy(amount, limit) || signOf(minus(magnitude(amount), limit)) === 0;
}

export interface TermDifference {
  term: Term;
  ours: string;
  theirs: string;
}

/** Of one order: only what both tell. A quantity of 0 is the whole position, whatever that is. */
export function termDifferences(ours: Order, theirs: Order, unitsOf: UnitsOf): TermDifference[] {
  const differing = differencesToTheDigit(ours, theirs);
  if (differing.length === 0) return [];
  const units = unitsOf(ours);
  return differing.filter((each) => differsBy(each.ours, each.theirs, unitOf(each.term, units)));
}

/** Nearly all orders of a large book are as they were, to the letter. */
export function isAsWritten(ours: Order, theirs: Order): boolean {
  return (
    ours.price === theirs.price &&
    ours.quantity === theirs.quantity &&
    ours.triggerPrice === theirs.triggerPrice
  );
}

const NONE: readonly TermDifference[] = [];

function differencesToTheDigit(ours: Order, theirs: Order): readonly TermDifference[] {
  if (isAsWritten(ours, theirs)) return NONE;
  return TERMS.flatMap((term) => {
    const [one, other] = [told(ours, term), told(theirs, term)];
    if (one === null || other === null || one === other) return [];
    const difference = { term, ours: canonical(one), theirs: canonical(other) };
    return difference.ours === difference.theirs ? [] : [difference];
  });
}

function told(order: Order, term: Term): string | null {
  const value = order[term] ?? null;
  if (term === 'triggerPrice') return order.conditional === true ? value : null;
  return value === null || isZero(value) ? null : value;
}

function unitOf(term: Term, { quantityStep, priceTick }: Units): string | null {
  return term === 'quantity' ? quantityStep : priceTick;
}

/** In words: `amended: 131 -> 1021`; or what the venue cut off, which is below a unit. */
export function amendedNote(before: Order, now: Order, unitsOf: UnitsOf): string {
  const differing = differencesToTheDigit(before, now);
  if (differing.length === 0) return '';
  const units = unitsOf(before);
  const words = differing.map(({ term, ours, theirs }) => {
    const of = term === 'quantity' ? '' : `${NAMES[term]} `;
    return differsBy(ours, theirs, unitOf(term, units))
      ? `amended: ${of}${ours} -> ${theirs}`
      : `${NAMES[term]} rounded by the venue: ${ours} -> ${theirs}`;
  });
  return words.join('; ');
}

const NAMES: Record<Term, string> = {
  price: 'price',
  quantity: 'quantity',
  triggerPrice: 'trigger',
};

export interface Kept {
  order: Order;
  /** What was kept, in words; empty where the row told all. */
  note: string;
}

/** The venue's row, and what it leaves out as it was known. A trigger that fired takes its terms along. */
export function withKnownTerms(before: Order, now: Order): Kept {
  const fired = before.conditional === true && now.conditional !== true;
  const { links } = before;
  const order = links === undefined || now.links !== undefined ? now : { ...now, links };
  if (fired || isAsWritten(before, now)) return { order, note: '' };
  const lacks = TERMS.filter((term) => isLacking(before, now, term));
  if (lacks.length === 0) return { order, note: '' };
  const kept = Object.fromEntries(lacks.map((term) => [term, before[term]]));
  const words = lacks.map((term) => `${NAMES[term]} ${canonical(before[term] ?? '')}`);
  return {
    order: { ...order, ...kept },
    note: `${words.join(' and ')} kept: the venue does not tell it`,
  };
}

function isLacking(before: Order, now: Order, term: Term): boolean {
  return term !== 'quantity' && told(now, term) === null && told(before, term) !== null;
}

/** Of two rows of one order, whatever their places: fills are never undone. */
export function mostAdvanced(one: Order, other: Order): Order {
  const ahead = signOf(minus(fixed(other.filled), fixed(one.filled)));
  if (ahead !== 0) return ahead > 0 ? other : one;
  return termsKey(other) < termsKey(one) ? other : one;
}

/** Two rows of one order of which neither is the later, and that are not alike. */
export function contradictEachOther(one: Order, other: Order): boolean {
  if (one.side !== other.side) return true;
  return canonical(one.filled) === canonical(other.filled) && termsKey(one) !== termsKey(other);
}

function termsKey(order: Order): string {
  return TERMS.map((term) => (order[term] === undefined ? '' : canonicalOf(order[term]))).join('|');
}

function canonicalOf(value: string | null): string {
  return value === null ? '' : canonical(value);
}

/** As a venue would hold the quantity of an order that was sent with more digits than it takes. */
export function cutToUnit(order: Order, unitsOf: UnitsOf): Order {
  const { quantityStep } = unitsOf(order);
  if (quantityStep === null || isZero(quantityStep)) return order;
  const steps = new Decimal(order.quantity).dividedBy(quantityStep);
  if (steps.isInteger()) return order;
  return { ...order, quantity: canonical(steps.floor().times(quantityStep)) };
}
