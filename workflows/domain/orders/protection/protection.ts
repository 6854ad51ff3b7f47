/**
 * Is what is held still protected by the stop orders that rest at its venue: positions, and spot
 * holdings that have or had stops?
 *
 * Invariants: of a position only an order counts that can do nothing but reduce it, on its closing side;
 * whoever placed it, it protects. A trigger that the venue does not tell is the one that we know. A
 * position of a venue that could not be read is `unknown`, never protected.
 */
import { exceeds, isZero } from '../../numbers/decimal.js';
import { fixed } from '../../numbers/fixed-point.js';
import { readableVenues, type Snapshot } from '../../books/snapshot.js';
import { positionKey, accountKey } from '../../books/keys.js';
import type { EngineState, Order, Position } from '../../books/state.js';
import { matchOrders } from '../matching.js';
import { unitsIn } from '../terms.js';
import { holdingLines } from './holdings.js';
import { coverOf, coversLess, isStop, isUntold, protectionOf, wasStop } from './stops.js';
import type { Prices, Protection, ProtectionLine, StopsAt } from './stops.js';

/**
 * One line for each position that is held now, as the venue says, or as the state believes where
 * the venue could not be read; and for each holding that stops would sell. `internal`: the state before
 * the crash.
 */
export function checkProtection(internal: EngineState, snapshot: Snapshot): ProtectionLine[] {
  const knownAs = knownTriggers(internal, snapshot);
  const unitsOf = unitsIn(snapshot);
  const before = stateByAccount(internal);
  const now = readableVenues(snapshot).flatMap((venue) => {
    const resting = venue.orders.filter(isConditional).map(knownAs);
    const earlier = before.get(accountKey(venue)) ?? { positions: [], orders: [] };
    const given = { venue, resting, before: earlier.orders, unitsOf };
    return [...positionLines(given, earlier.positions), ...holdingLines(given)];
  });
  return [...now, ...unreadLines(internal, snapshot)];
}

type Before = Pick<EngineState, 'positions' | 'orders'>;

function stateByAccount({ positions, orders }: EngineState): Map<string, Before> {
  const accounts = new Map<string, Before>();
  const at = (key: string) => {
    const found = accounts.get(key) ?? { positions: [], orders: [] };
    accounts.set(key, found);
    return found;
  };
  for (const held of positions) at(accountKey(held)).positions.push(held);
  for (const order of orders.filter(isConditional)) at(accountKey(order)).orders.push(order);
  return accounts;
}

function unreadLines({ positions }: EngineState, snapshot: Snapshot): ProtectionLine[] {
  const read = new Set(readableVenues(snapshot).map(accountKey));
  return positions
    .filter((held) => isHeld(held) && !read.has(accountKey(held)))
    .map((held) => ({ held, covered: null, protection: 'unknown', lost: false }));
}

function positionLines(
  { venue: { positions, marks }, resting, before, unitsOf }: StopsAt,
  heldBefore: readonly Position[],
): ProtectionLine[] {
  const known = new Map(heldBefore.map((held) => [positionKey(held), held]));
  const [now, earlier] = [byInstrument(resting), byInstrument(before)];
  return positions.filter(isHeld).map((held) => {
    const mark = marks[held.instrument] ?? null;
    const covered = positionCover(held, now.get(held.instrument), { mark, isOne: isStop });
    const protection = protectionOf(held.quantity, covered);
    const was = known.get(positionKey(held));
    if (was === undefined) return { held, covered, protection, lost: false };
    const stops = earlier.get(held.instrument);
    const coveredBefore = positionCover(was, stops, { mark, isOne: wasStop });
    const isLess = () => {
      const unit = stops?.[0] === undefined ? null : unitsOf(stops[0]).quantityStep;
      return coversLess(held.quantity, { before: fixed(coveredBefore), now: covered }, unit);
    };
    const lost = isWorse(protection, protectionOf(was.quantity, coveredBefore)) || isLess();
    return { held, covered, protection, lost };
  });
}

interface Judging {
  mark: string | null;
  isOne: (order: Order, isLong: boolean, prices: Prices) => boolean;
}

function positionCover(held: Position, orders: readonly Order[] = [], { mark, isOne }: Judging) {
  const isLong = exceeds(held.quantity, '0');
  const prices = { mark, entry: held.averagePrice };
  const isCovering = (order: Order) => closes(order, held) && isOne(order, isLong, prices);
  return coverOf(held.quantity, orders.filter(isCovering));
}

/** Rows that tell no trigger, as far as they are known. */
function knownTriggers(internal: EngineState, snapshot: Snapshot): (row: Order) => Order {
  if (!internal.orders.some(isConditional)) return (row) => row;
  const known = new Map(
    matchOrders(internal, snapshot).known.flatMap(({ order, open }) =>
      open === null || !isUntold(open) ? [] : [[open, order] as const],
    ),
  );
  return (row) => {
    const order = known.get(row);
    if (order === undefined) return row;
    const { type, triggerPrice } = order;
    return triggerPrice === undefined ? row : { ...row, type, triggerPrice };
  };
}

const RANKS: readonly Protection[] = ['unprotected', 'partly', 'protected'];

function isWorse(now: Protection, before: Protection): boolean {
  return RANKS.indexOf(now) < RANKS.indexOf(before);
}

function isHeld({ quantity }: Position): boolean {
  return !isZero(quantity);
}

function isConditional({ conditional }: Order): boolean {
  return conditional === true;
}

function byInstrument(orders: readonly Order[]): Map<string, Order[]> {
  const groups = new Map<string, Order[]>();
  for (const order of orders) {
    const group = groups.get(order.instrument);
    if (group === undefined) groups.set(order.instrument, [order]);
    else group.push(order);
  }
  return groups;
}

/** In hedge mode the side alone makes an order a closing one, and venues take no other mark. */
function closes(order: Order, position: Position): boolean {
  const closing = exceeds(position.quantity, '0') ? 'sell' : 'buy';
  const side = order.positionSide ?? 'net';
  if (order.side !== closing || side !== position.side) return false;
  return side !== 'net' || order.reduceOnly === true || isZero(order.quantity);
}
