/**
 * The order book around a price: that of others, which is made up, and the account's own orders.
 *
 * Invariants: best first on both sides, never crossed, and each own order that rests is in it with
 * what remains of it; the same price and orders give the same book.
 */
import { Decimal } from '../decimal.js';
import { PRICE_TICK } from '../instruments.js';

export interface Level {
  price: Decimal;
  quantity: Decimal;
}

export interface OrderBook {
  bids: Level[];
  asks: Level[];
}

export interface OwnOrder extends Level {
  side: 'buy' | 'sell';
}

export function orderBook(price: Decimal, own: readonly OwnOrder[], depth: number): OrderBook {
  const buys = own.filter(({ side }) => side === 'buy');
  const sells = own.filter(({ side }) => side === 'sell');
  const bestBuy = Decimal.max(0, ...buys.map((order) => order.price));
  const bestSell = Decimal.min(Infinity, ...sells.map((order) => order.price));
  const others = Array.from({ length: depth }, (_, index) => index + 1);
  const bids = others.map((ticks) => levelOf(price.minus(PRICE_TICK.times(ticks)), ticks));
  const asks = others.map((ticks) => levelOf(price.plus(PRICE_TICK.times(ticks)), ticks));
  // Others would have traded with an own order that they meet.
  const isBid = ({ price: at }: Level) => at.gt(0) && at.lt(bestSell);
  const isAsk = ({ price: at }: Level) => at.gt(bestBuy);
  return {
    bids: together([...bids.filter(isBid), ...buys])
      .toReversed()
      .slice(0, depth),
    asks: together([...asks.filter(isAsk), ...sells]).slice(0, depth),
  };
}

function levelOf(price: Decimal, ticks: number): Level {
  return { price, quantity: new Decimal(10 + (((ticks - 1) * 7) % 13)) };
}

/** One level a price, cheapest first. */
function together(levels: readonly Level[]): Level[] {
  const byPrice = new Map<string, Level>();
  for (const { price, quantity } of levels) {
    const there = byPrice.get(price.toFixed());
    byPrice.set(price.toFixed(), { price, quantity: quantity.plus(there?.quantity ?? 0) });
  }
  return [...byPrice.values()].sort((a, b) => a.price.cmp(b.price));
}
