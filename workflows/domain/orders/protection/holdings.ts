/**
 * Stops of spot holdings: what sells an asset that is held, or buys one that is owed.
 *
 * Invariants: a holding is the asset's whole balance, whatever wallets and currencies it is kept and sold
 * in; stops at all its markets add up, each judged by the mark of its own; an order of a margin position
 * is none of a holding's. Only holdings that have or had stops are told of, because spot is held for
 * other reasons too, and it is lost where they cover less of it than before: that it grows is no loss.
 */
import { exceeds, isZero } from '../../numbers/decimal.js';
import { baseAsset, isDerivative } from '../../books/instruments.js';
import type { Balance, Order } from '../../books/state.js';
import { coverOf, coversLess, isStop, protectionOf, sumOf, wasStop } from './stops.js';
import type { Prices, ProtectionLine, StopsAt } from './stops.js';

export function holdingLines(account: StopsAt): ProtectionLine[] {
  const [now, before] = [byAsset(account.resting), byAsset(account.before)];
  return account.venue.balances
    .filter(({ total }) => !isZero(total))
    .flatMap(({ parts: _parts, ...held }) => {
      const orders = { now: now.get(held.asset) ?? [], before: before.get(held.asset) ?? [] };
      if (orders.now.length + orders.before.length === 0) return [];
      return lineOf(held, orders, account) ?? [];
    });
}

interface Stops {
  now: readonly Order[];
  before: readonly Order[];
}

function lineOf(held: Balance, { now, before }: Stops, account: StopsAt): ProtectionLine | null {
  const { unitsOf, venue } = account;
  const isLong = exceeds(held.total, '0');
  const those = (orders: readonly Order[], isOne: typeof isStop) =>
    orders.filter(
      (order) =>
        order.side === (isLong ? 'sell' : 'buy') && isOne(order, isLong, pricesAt(order, venue)),
    );
  const [stops, stopsBefore] = [those(now, isStop), those(before, wasStop)];
  if (stops.length + stopsBefore.length === 0) return null;
  const covered = coverOf(held.total, stops);
  const [first] = stopsBefore;
  const unit = first === undefined ? null : unitsOf(first).quantityStep;
  const lost = coversLess(held.total, { before: sumOf(stopsBefore), now: covered }, unit);
  return { held, covered, protection: protectionOf(held.total, covered), lost };
}

/** What a holding was bought at is not known. */
function pricesAt({ instrument }: Order, { marks }: StopsAt['venue']): Prices {
  return { mark: marks[instrument] ?? null, entry: null };
}

function byAsset(orders: readonly Order[]): Map<string, Order[]> {
  const groups = new Map<string, Order[]>();
  for (const order of orders.filter(isOfHolding)) {
    const asset = baseAsset(order.instrument) ?? '';
    const group = groups.get(asset);
    if (group === undefined) groups.set(asset, [order]);
    else group.push(order);
  }
  return groups;
}

/** Of margin on spot instruments an order says that it only reduces, or the side that it is of. */
function isOfHolding({ instrument, reduceOnly, positionSide, quantity }: Order): boolean {
  if (isDerivative(instrument) || isZero(quantity)) return false;
  return reduceOnly !== true && positionSide === undefined;
}
