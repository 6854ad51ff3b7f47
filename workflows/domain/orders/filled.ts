/**
 * Filled quantities of orders, checked against what was filled before and the fills since.
 *
 * Invariants: a filled quantity never goes down: what says so is older than what contradicts it, and is
 * looked up, never taken; an order is measured by the venue's quantity; an order that cannot be
 * tied to its fills is not judged by them: one without a venue id, and a conditional one, whose trigger
 * makes another order of it at some venues.
 */
import {
  ZERO,
  fixed,
  minus,
  plus,
  signOf,
  textOf,
  type FixedPoint,
} from '../numbers/fixed-point.js';
import { venueOrderKey } from '../books/keys.js';
import type { Fill, Order } from '../books/state.js';
import { isMoved, type UnitsOf } from './terms.js';

export interface FilledByOrder {
  /** Venue order ids that have fills at all: most orders have none, and ask no further. */
  ids: ReadonlySet<string>;
  /** `venueOrderKey` → what its fills add up to. */
  sums: ReadonlyMap<string, FixedPoint>;
}

/** What is asked of one order: what was known of it, and what is said now. */
export interface FilledClaim {
  before: Order;
  now: Pick<Order, 'filled' | 'quantity'>;
  filled: FilledByOrder | null;
  unitsOf: UnitsOf;
}

/** Null where no fills were given: nothing is then checked. Each fill must be there once. */
export function filledByOrder(fills: readonly Fill[] | undefined): FilledByOrder | null {
  if (fills === undefined) return null;
  const ids = new Set<string>();
  const sums = new Map<string, FixedPoint>();
  for (const fill of fills) {
    if (fill.venueOrderId === null) continue;
    ids.add(fill.venueOrderId);
    const key = venueOrderKey(fill);
    const sum = sums.get(key) ?? ZERO;
    const amount = fixed(fill.quantity);
    sums.set(key, fill.kind === 'reversal' ? minus(sum, amount) : plus(sum, amount));
  }
  return { ids, sums };
}

/** What is odd about the filled quantity; empty where nothing is. */
export function filledNote(claim: FilledClaim): string {
  const { before, now, filled } = claim;
  const traded = tradedOf(before, filled);
  // Most orders neither moved nor have fills, and need no arithmetic.
  if ((traded === null || traded === ZERO) && now.filled === before.filled) return '';
  return joinNotes(overfill(claim), backwards(claim), disagreement(claim, traded));
}

/** Whether the filled quantity is less than what was filled by then: what says so is out of date. */
export function isOutOfDate(claim: FilledClaim): boolean {
  const { before, now, filled } = claim;
  const traded = tradedOf(before, filled) ?? ZERO;
  if (traded === ZERO && now.filled === before.filled) return false;
  return isBelow(claim, plus(fixed(before.filled), traded));
}

/**
 * As `isOutOfDate`, where the state names no fills and may hold those in hand already: by what was filled
 * before, or by the fills, whichever is more.
 */
export function isOutOfDateForSure(claim: FilledClaim): boolean {
  const { before, filled } = claim;
  const traded = tradedOf(before, filled) ?? ZERO;
  return isBelow(claim, fixed(before.filled)) || isBelow(claim, traded);
}

function isBelow({ before, now, unitsOf }: FilledClaim, least: FixedPoint): boolean {
  const lacking = minus(least, fixed(now.filled));
  return signOf(lacking) > 0 && isMoved(lacking, unitsOf(before).quantityStep);
}

/**
 * How far an order was filled by the fills in hand, or by the list that was read with them, where a later answer says
 * more: the engine is told of the rest as a fill, and would count it twice. `listed`: null where it was not.
 */
export function filledByThen(claim: FilledClaim, listed: string | null): string {
  const { before, now, filled, unitsOf } = claim;
  const traded = tradedOf(before, filled);
  if (traded === null) return now.filled;
  const byFills = plus(fixed(before.filled), traded);
  const byList = listed === null ? ZERO : fixed(listed);
  const byThen = signOf(minus(byList, byFills)) > 0 ? byList : byFills;
  const later = minus(fixed(now.filled), byThen);
  const isMore = signOf(later) > 0 && isMoved(later, unitsOf(before).quantityStep);
  return isMore ? textOf(byThen) : now.filled;
}

export function joinNotes(...notes: string[]): string {
  return notes.filter((note) => note !== '').join('; ');
}

/** Nothing was filled that anybody tells of: most orders are so, and ask no further. */
export function isUnmoved(before: Order, now: Order, filled: FilledByOrder | null): boolean {
  if (before.filled !== now.filled) return false;
  return filled === null || now.venueOrderId === null || !filled.ids.has(now.venueOrderId);
}

/** Null where the fills of the order are not known. */
function tradedOf(order: Order, filled: FilledByOrder | null): FixedPoint | null {
  const { venueOrderId, conditional } = order;
  if (filled === null || venueOrderId === null || conditional === true) return null;
  return filled.ids.has(venueOrderId) ? (filled.sums.get(venueOrderKey(order)) ?? ZERO) : ZERO;
}

function overfill({ before, now, unitsOf }: FilledClaim): string {
  const [filled, quantity] = [fixed(now.filled), fixed(now.quantity)];
  const over = minus(filled, quantity);
  if (signOf(quantity) === 0 || signOf(over) <= 0) return '';
  return isMoved(over, unitsOf(before).quantityStep)
    ? `overfilled: ${textOf(filled)} of ${textOf(quantity)}`
    : '';
}

function backwards(claim: FilledClaim): string {
  const was = fixed(claim.before.filled);
  return isBelow(claim, was)
    ? `filled ${textOf(was)} before, and the venue says ${textOf(fixed(claim.now.filled))}`
    : '';
}

/** What went backwards has been said already. */
function disagreement(claim: FilledClaim, traded: FixedPoint | null): string {
  const { before, now, unitsOf } = claim;
  if (traded === null || (traded === ZERO && isBelow(claim, fixed(before.filled)))) return '';
  const byFills = plus(fixed(before.filled), traded);
  const excess = minus(byFills, fixed(now.filled));
  if (signOf(excess) === 0 || !isMoved(excess, unitsOf(before).quantityStep)) return '';
  const told = `its fills add up to ${textOf(byFills)}, the venue says ${textOf(fixed(now.filled))}`;
  return signOf(excess) > 0 ? told : `${told}: a fill may be missing`;
}
