/**
 * Is every position still protected by the stop orders that rest at its venue?
 *
 * Invariants: only an order that can do nothing but reduce the position counts, on its closing
 * side, with its trigger where the position loses: below the mark for a long, above it for a short;
 * a take-profit protects nothing. A trigger that the venue does not tell is the one that we know; without
 * any, only what trails counts, because it follows the mark. Whoever placed the order, it protects. A
 * position of a venue that could not be read is `unknown`, never protected.
 */
import { exceeds, isZero } from '../numbers/decimal.js';
import {
  ZERO,
  exceedsBy,
  fixed,
  minus,
  negated,
  plus,
  signOf,
  textOf,
} from '../numbers/fixed-point.js';
import { readableVenues, type Snapshot } from '../books/snapshot.js';
import { positionKey, accountKey } from '../books/keys.js';
import { matchOrders } from './matching.js';
import type { EngineState, Order, Position } from '../books/state.js';

type Protection = 'protected' | 'partly' | 'unprotected' | 'unknown';

/** `covered`: quantity that its stops would close, at most all of it; null where unknown. */
export interface ProtectionLine {
  position: Position;
  covered: string | null;
  protection: Protection;
  /** Our own stops protected it better before the crash than any do now. */
  lost: boolean;
}

/**
 * One line for each position that is held now: as the venue says, or as the state believes where
 * the venue could not be read. `internal`: the state before the crash.
 */
export function checkProtection(internal: EngineState, snapshot: Snapshot): ProtectionLine[] {
  const venues = readableVenues(snapshot);
  const read = new Set(venues.map(accountKey));
  const before = new Map(internal.positions.map((held) => [positionKey(held), held]));
  const ordersBefore = byInstrument(internal.orders);
  const knownAs = knownTriggers(internal, snapshot);
  const now = venues.flatMap(({ positions, orders, marks }) => {
    const resting = byInstrument(orders.map(knownAs));
    return positions.filter(isHeld).map((position) => {
      const stops = resting.get(position.instrument) ?? [];
      const covered = coverOf(position, stops, marks[position.instrument] ?? null);
      const held = before.get(positionKey(position));
      const mark = marks[position.instrument] ?? null;
      const earlier = held === undefined ? null : coverBefore(held, ordersBefore, mark);
      const protection = protectionOf(position, covered);
      const lost =
        held !== undefined && earlier !== null && isWorse(protection, protectionOf(held, earlier));
      return { position, covered, protection, lost };
    });
  });
  const unread = internal.positions
    .filter((held) => isHeld(held) && !read.has(accountKey(held)))
    .map((position) => {
      return { position, covered: null, protection: 'unknown', lost: false } as const;
    });
  return [...now, ...unread];
}

/** Rows that tell no trigger, as far as they are known. */
function knownTriggers(internal: EngineState, snapshot: Snapshot): (row: Order) => Order {
  if (!internal.orders.some(({ conditional }) => conditional === true)) return (row) => row;
  const known = new Map(
    matchOrders(internal, snapshot).known.flatMap(({ order, open }) =>
      open === null || !isUntold(open) ? [] : [[open, order] as const],
    ),
  );
  return (row) => {
    const order = known.get(row);
    if (order === undefined) return row;
    const { type, triggerPrice } = asWritten(order);
    return { ...row, type, ...(triggerPrice === undefined ? {} : { triggerPrice }) };
  };
}

/** An engine writes no trigger down of what trails. */
function asWritten(order: Order): Order {
  return isUntold(order) && !TAKES_PROFIT.test(order.type) ? { ...order, type: TRAILING } : order;
}

function isUntold({ conditional, triggerPrice }: Order): boolean {
  return conditional === true && triggerPrice === undefined;
}

const TRAILING = 'trailing_stop';
const TAKES_PROFIT = /take.?profit/i;

const RANKS: readonly Protection[] = ['unprotected', 'partly', 'protected'];

function isWorse(now: Protection, before: Protection): boolean {
  return RANKS.indexOf(now) < RANKS.indexOf(before);
}

function isHeld({ quantity }: Position): boolean {
  return !isZero(quantity);
}

function byInstrument(orders: readonly Order[]): Map<string, Order[]> {
  const groups = new Map<string, Order[]>();
  for (const order of orders) {
    if (order.conditional !== true) continue;
    const group = groups.get(order.instrument);
    if (group === undefined) groups.set(order.instrument, [order]);
    else group.push(order);
  }
  return groups;
}

/**
 * The mark of that time is not known, and that of now may lie beyond a stop that has fired: a trigger
 * on the losing side of either it or the entry price was a stop.
 */
function coverBefore(
  held: Position,
  orders: ReadonlyMap<string, Order[]>,
  mark: string | null,
): string {
  const own = (orders.get(held.instrument) ?? [])
    .filter(
      ({ venue, account, state }) =>
        venue === held.venue && account === held.account && state !== 'in_flight',
    )
    .map(asWritten);
  return coverBy(held, own, (order) => losesAt(order, held, null) || losesAt(order, held, mark));
}

/** `mark` null: the trigger is judged by the order's type, or against the entry price. */
function coverOf(position: Position, orders: readonly Order[], mark: string | null): string {
  return coverBy(position, orders, (order) => losesAt(order, position, mark));
}

function coverBy(
  position: Position,
  orders: readonly Order[],
  isStop: (order: Order) => boolean,
): string {
  const held = fixed(position.quantity);
  const size = signOf(held) < 0 ? negated(held) : held;
  const stops = orders.filter((order) => closes(order, position) && isStop(order));
  if (stops.some(({ quantity }) => isZero(quantity))) return textOf(size);
  const sum = stops.reduce(
    (total, { quantity, filled }) => plus(total, minus(fixed(quantity), fixed(filled))),
    ZERO,
  );
  return textOf(exceedsBy(sum, size) ? size : sum);
}

/** In hedge mode the side alone makes an order a closing one, and venues take no other mark. */
function closes(order: Order, position: Position): boolean {
  const closing = isLong(position) ? 'sell' : 'buy';
  const side = order.positionSide ?? 'net';
  if (order.side !== closing || side !== position.side) return false;
  return side !== 'net' || order.reduceOnly === true || isZero(order.quantity);
}

function isLong({ quantity }: Position): boolean {
  return exceeds(quantity, '0');
}

function losesAt({ type, triggerPrice }: Order, position: Position, mark: string | null): boolean {
  if (TAKES_PROFIT.test(type)) return false;
  if (triggerPrice === undefined) return /trail/i.test(type);
  if (mark === null && /stop/i.test(type)) return true;
  const reference = mark ?? position.averagePrice;
  if (reference === null) return false;
  return isLong(position) ? exceeds(reference, triggerPrice) : exceeds(triggerPrice, reference);
}

function protectionOf(position: Position, covered: string): Protection {
  if (covered === '0') return 'unprotected';
  const whole = isLong(position) ? position.quantity : textOf(negated(fixed(position.quantity)));
  return exceeds(whole, covered) ? 'partly' : 'protected';
}
