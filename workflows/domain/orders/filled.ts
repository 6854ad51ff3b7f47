/**
 * Filled quantities of orders, checked against the fills since the checkpoint.
 *
 * Invariants: the venue's figure stands, and a disagreement is only said; an order that cannot be
 * tied to its fills is not judged: one without a venue id, and a conditional one, whose trigger
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

export interface FilledByOrder {
  /** Venue order ids that have fills at all: most orders have none, and ask no further. */
  ids: ReadonlySet<string>;
  /** `venueOrderKey` → what its fills add up to. */
  sums: ReadonlyMap<string, FixedPoint>;
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
    sums.set(key, plus(sums.get(key) ?? ZERO, fixed(fill.quantity)));
  }
  return { ids, sums };
}

/** What is odd about the filled quantity; empty where nothing is. */
export function filledNote(before: Order, filledNow: string, filled: FilledByOrder | null): string {
  const traded = tradedOf(before, filled);
  // Most orders neither moved nor have fills, and need no arithmetic.
  if ((traded === null || traded === ZERO) && filledNow === before.filled) return '';
  const now = fixed(filledNow);
  return joinNotes(overfill(before, now), disagreement(before, now, traded));
}

export function joinNotes(one: string, other: string): string {
  return one === '' || other === '' ? one + other : `${one}; ${other}`;
}

/** Null where the fills of the order are not known. */
function tradedOf(order: Order, filled: FilledByOrder | null): FixedPoint | null {
  const { venueOrderId, conditional } = order;
  if (filled === null || venueOrderId === null || conditional === true) return null;
  return filled.ids.has(venueOrderId) ? (filled.sums.get(venueOrderKey(order)) ?? ZERO) : ZERO;
}

function overfill(before: Order, now: FixedPoint): string {
  const quantity = fixed(before.quantity);
  const over = signOf(quantity) !== 0 && signOf(minus(now, quantity)) > 0;
  return over ? `overfilled: ${textOf(now)} of ${textOf(quantity)}` : '';
}

function disagreement(before: Order, now: FixedPoint, traded: FixedPoint | null): string {
  if (traded === null) return '';
  const byFills = plus(fixed(before.filled), traded);
  const excess = signOf(minus(byFills, now));
  if (excess === 0) return '';
  const said = `its fills add up to ${textOf(byFills)}, the venue says ${textOf(now)}`;
  return excess > 0 ? said : `${said}: a fill may be missing`;
}
