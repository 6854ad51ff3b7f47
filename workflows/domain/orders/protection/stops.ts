/**
 * Which orders are stops of what is held, and how much of it they would close.
 *
 * Invariants: a trigger protects where the holding loses, below the mark of what was bought and above
 * that of what is owed; a take-profit protects nothing. Without a trigger only what trails counts, by the
 * word of its venue. What was a stop before the crash is judged generously, because a lost one is asked
 * about; what is one now is not.
 */
import { exceeds, isZero } from '../../numbers/decimal.js';
import {
  ZERO,
  exceedsBy,
  fixed,
  magnitude,
  minus,
  plus,
  textOf,
  type FixedPoint,
} from '../../numbers/fixed-point.js';
import type { ReadableVenue } from '../../books/snapshot.js';
import type { Balance, Order, Position } from '../../books/state.js';
import { isMoved, type UnitsOf } from '../terms.js';

export type Protection = 'protected' | 'partly' | 'unprotected' | 'unknown';

/** `covered`: quantity that its stops would close, at most all of it; null where unknown. */
export interface ProtectionLine {
  held: Position | Balance;
  covered: string | null;
  protection: Protection;
  /** Our own stops protected it better before the crash than any do now. */
  lost: boolean;
}

/** Of one account: what rests there, and what rested there before the crash. */
export interface StopsAt {
  venue: ReadableVenue;
  resting: readonly Order[];
  before: readonly Order[];
  unitsOf: UnitsOf;
}

/** `entry`: what a unit of it was bought at, on average; null where either is not known. */
export interface Prices {
  mark: string | null;
  entry: string | null;
}

/** `isLong` false: sold short, or owed. */
export function isStop(order: Order, isLong: boolean, { mark, entry }: Prices): boolean {
  const { type, triggerPrice } = order;
  if (isNone(type)) return false;
  if (triggerPrice === undefined) return TRAILS.test(type);
  if (mark === null && /stop/i.test(type)) return true;
  const reference = mark ?? entry;
  if (reference === null) return false;
  return isLong ? exceeds(reference, triggerPrice) : exceeds(triggerPrice, reference);
}

/**
 * The mark of that time is not known, and that of now may lie beyond a stop that has fired: a trigger
 * on the losing side of either it or the entry price was a stop, and any was where neither is known.
 */
export function wasStop(order: Order, isLong: boolean, prices: Prices): boolean {
  if (order.state === 'in_flight') return false;
  const { mark, entry } = prices;
  const written = asWritten(order);
  if (mark === null && entry === null) return !isNone(order.type);
  const isAt = (at: Prices) => isStop(written, isLong, at);
  return isAt({ mark: null, entry }) || isAt(prices);
}

/** An engine writes no trigger down of what trails. */
function asWritten(order: Order): Order {
  return isUntold(order) && !isNone(order.type) ? { ...order, type: TRAILING } : order;
}

export function isUntold({ conditional, triggerPrice }: Order): boolean {
  return conditional === true && triggerPrice === undefined;
}

const TRAILING = 'trailing_stop';
const TRAILS = /trail|move_order_stop/i;
const TAKES_PROFIT = /take.?profit/i;
/** Kept by some venues among conditional orders, and at work without any trigger. */
export const AT_WORK = /iceberg|twap|vwap|chase|grid/i;

/** Waits for another order to be filled before it waits for its trigger. */
const PENDING = /^pending/i;

function isNone(type: string): boolean {
  return [TAKES_PROFIT, AT_WORK, PENDING].some((one) => one.test(type));
}

/** What these would close of so much; `quantity` may be signed. */
export function coverOf(quantity: string, stops: readonly Order[]): string {
  const size = magnitude(fixed(quantity));
  if (stops.some((stop) => isZero(stop.quantity))) return textOf(size);
  const sum = sumOf(stops);
  return textOf(exceedsBy(sum, size) ? size : sum);
}

/** What is left of them. */
export function sumOf(stops: readonly Order[]): FixedPoint {
  return stops.reduce(
    (total, { quantity, filled }) => plus(total, minus(fixed(quantity), fixed(filled))),
    ZERO,
  );
}

export function protectionOf(quantity: string, covered: string): Protection {
  if (covered === '0') return 'unprotected';
  return exceeds(textOf(magnitude(fixed(quantity))), covered) ? 'partly' : 'protected';
}

/**
 * Less of what is held now has a stop than had one before. `unit`: less than that no venue can hold,
 * so it was cut off.
 */
export function coversLess(
  quantity: string,
  { before, now }: { before: FixedPoint; now: string },
  unit: string | null,
): boolean {
  const size = magnitude(fixed(quantity));
  const due = exceedsBy(before, size) ? size : before;
  const missing = minus(due, fixed(now));
  return exceedsBy(due, fixed(now)) && isMoved(missing, unit);
}
