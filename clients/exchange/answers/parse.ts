/**
 * From ccxt's unified structures to ours. Numbers are text here whatever ccxt's types say.
 *
 * Invariant: what absent fields mean anyway (not conditional, not reducing, net) is left out.
 */
import { contradictEachOther, mostAdvanced } from '../../../workflows/domain/orders/terms.js';
import type * as ccxt from 'ccxt';
import type { Dated } from '../../../activities/ports.js';
import { absolute, add, isZero } from '../../../workflows/domain/numbers/decimal.js';
import type {
  Balance,
  CashFlow,
  Fill,
  Order,
  Position,
} from '../../../workflows/domain/books/state.js';
import {
  feesOf,
  orderName,
  priceOf,
  sizeOn,
  unsigned,
  WHOLE_POSITION,
  type Fee,
} from './guards.js';
import { contradicts, lacking, name, number, text, timeMs, tradeSide, type Place } from './rows.js';

/** What ccxt's unified order does not say, or not of every venue. */
export interface OrderTerms {
  /** Not triggered yet: the venue keeps it apart from the book. */
  conditional?: boolean;
  triggerPrice?: string | null;
  reduceOnly?: boolean;
  positionSide?: Order['positionSide'];
  /** Instead of ccxt's, where ccxt gives another price or none. */
  price?: string | null;
  quantity?: string;
  type?: string;
  /** It closes all of a position, and has no quantity of its own. */
  wholePosition?: boolean;
}

/** Orders placed without a client id are named by the venue's id. */
export function toOrder(place: Place, order: ccxt.Order, terms: OrderTerms = {}): Order {
  const venueOrderId = name('order', 'id', order.id);
  const whole = terms.wholePosition === true ? WHOLE_POSITION : {};
  const { quantity } = { ...terms, ...whole };
  return {
    ...place,
    instrument: name('order', 'symbol', order.symbol),
    clientOrderId: orderName(order.clientOrderId, venueOrderId),
    venueOrderId,
    side: tradeSide('order', order.side),
    type: terms.type ?? order.type ?? 'limit',
    price: priceOf(terms.price === undefined ? order.price : terms.price),
    quantity: unsigned('order', 'amount', quantity ?? order.amount),
    filled: toFilled(order),
    state: 'open',
    ...toConditions(order, { ...terms, ...whole }),
  };
}

function toConditions(order: ccxt.Order, terms: OrderTerms) {
  const { conditional = false, positionSide } = terms;
  const triggerPrice = priceOf(
    terms.triggerPrice === undefined ? order.triggerPrice : terms.triggerPrice,
  );
  const reduceOnly = terms.reduceOnly ?? order.reduceOnly === true;
  return {
    ...(conditional ? { conditional } : {}),
    ...(conditional && triggerPrice !== null ? { triggerPrice } : {}),
    ...(reduceOnly ? { reduceOnly } : {}),
    ...(positionSide === undefined ? {} : { positionSide }),
  };
}

/** Only an open order may be taken for unfilled where the venue does not say. */
export function toFilled(order: ccxt.Order): string {
  const filled = text(order.filled);
  if (filled === null && order.status !== 'open') throw lacking('order', 'filled');
  return unsigned('order', 'filled', filled ?? '0');
}

/** What ccxt's unified trade does not say. */
export interface FillTerms {
  realizedPnl?: string | null;
  /** Of the result, where the venue states it. */
  realizedAsset?: string | undefined;
  /** Instead of ccxt's, where the venue states them elsewhere. */
  fees?: readonly Fee[] | undefined;
  kind?: Fill['kind'];
  positionSide?: Fill['positionSide'];
  forced?: Fill['forced'];
}

export function toFill(place: Place, trade: ccxt.Trade, terms: FillTerms = {}): Fill {
  const { realizedPnl = null, realizedAsset, positionSide, forced, kind } = terms;
  return {
    ...place,
    instrument: name('fill', 'symbol', trade.symbol),
    tradeId: name('fill', 'id', trade.id),
    venueOrderId: trade.order ?? null,
    side: tradeSide('fill', trade.side),
    quantity: unsigned('fill', 'amount', trade.amount),
    price: number('fill', 'price', trade.price),
    ...feesOf(terms.fees ?? toldFees(trade)),
    realizedPnl,
    ...(realizedAsset === undefined || realizedPnl === null ? {} : { realizedAsset }),
    timeMs: timeMs('fill', trade.timestamp),
    ...(positionSide === undefined ? {} : { positionSide }),
    ...(forced === undefined ? {} : { forced }),
    ...(kind === undefined ? {} : { kind }),
  };
}

/** ccxt puts a single one into `fee`, and several into `fees`, which may hold the single one too. */
function toldFees({ fee, fees }: ccxt.Trade & { fees?: ccxt.Trade['fee'][] }): Fee[] {
  const told = fees === undefined || fees.length === 0 ? [fee] : fees;
  return told.flatMap((one) => {
    const amount = text(one?.cost);
    return amount === null ? [] : [{ asset: name('fill', 'fee', one?.currency), amount }];
  });
}

export function toPosition(place: Place, position: ccxt.Position): Position {
  const size = number('position', 'contracts', position.contracts);
  const { side } = position;
  // Of some venues ccxt gives the sign beside the side.
  const quantity = sizeOn(side, side === 'short' ? absolute(size) : size);
  return {
    ...place,
    instrument: name('position', 'symbol', position.symbol),
    side: position.hedged === true ? (side === 'short' ? 'short' : 'long') : 'net',
    quantity,
    averagePrice: priceOf(position.entryPrice),
  };
}

export function toBalances(
  place: Place,
  { total }: ccxt.Balances,
  told: { toldAtMs?: number } = {},
): Dated<Balance>[] {
  const amounts = Object.entries(total as unknown as Record<string, unknown>);
  return totalsOf(
    place,
    amounts.map(([asset, amount]) => [asset, amount, told]),
  );
}

type Amount = readonly [asset: unknown, amount: unknown, told?: { toldAtMs?: number }];

/**
 * Summed by asset, because an asset may stand in several wallets; what sums to nothing is left out. A
 * sum is as old as the oldest of its parts, and undated where one of them is.
 */
export function totalsOf(place: Place, amounts: Iterable<Amount>): Dated<Balance>[] {
  const totals = new Map<string, { total: string; atMs: number }>();
  for (const [asset, amount, { toldAtMs = Number.NaN } = {}] of amounts) {
    const named = name('balance', 'asset', asset);
    const { total, atMs } = totals.get(named) ?? { total: '0', atMs: Number.POSITIVE_INFINITY };
    const sum = add(total, number('balance', 'amount', amount));
    totals.set(named, { total: sum, atMs: Math.min(atMs, toldAtMs) });
  }
  return [...totals].flatMap(([asset, { total, atMs }]) =>
    isZero(total)
      ? []
      : [{ ...place, asset, total, ...(Number.isNaN(atMs) ? {} : { toldAtMs: atMs }) }],
  );
}

/** Each once, the last word on it: pages that overlap or shift may hold a row twice. */
function once<T>(rows: readonly T[], keyOf: (row: T) => string): T[] {
  return [...new Map(rows.map((row) => [keyOf(row), row])).values()];
}

/** A trade with ourselves has one id on both of its sides. */
export function fillsOnce(fills: readonly Fill[]): Fill[] {
  return once(
    fills,
    ({ instrument, tradeId, side, positionSide }) =>
      `${instrument}|${tradeId}|${side}|${positionSide}`,
  );
}

/** The ids of conditional orders may be a series of their own. */
const rowOf = (one: Order) => `${one.instrument}|${one.conditional}|${one.venueOrderId}`;

/** Each once, as the row has it that is filled further, whatever the places of the rows. */
export function ordersOnce(orders: readonly Order[]): Order[] {
  const kept = new Map<string, Order>();
  for (const order of orders) {
    const before = kept.get(rowOf(order));
    kept.set(rowOf(order), before === undefined ? order : mostAdvanced(before, order));
  }
  return [...kept.values()];
}

/** Fails where two rows of one order contradict each other, and neither is the later. */
export function checkOneWord(orders: readonly Order[], once: readonly Order[]): void {
  if (orders.length === once.length) return;
  const kept = new Map(once.map((order) => [rowOf(order), order]));
  for (const order of orders) {
    const one = kept.get(rowOf(order));
    if (one !== undefined && contradictEachOther(one, order)) throw contradicts('open orders');
  }
}

/** Two that differ may be two sides, or two margins, told as one: neither is the whole. */
export function positionsOnce<T extends Position>(positions: readonly T[]): T[] {
  const keyOf = ({ instrument, side }: Position) => `${instrument}|${side}`;
  const kept = once(positions, keyOf);
  const quantities = new Map(kept.map((one) => [keyOf(one), one.quantity]));
  if (positions.some((one) => quantities.get(keyOf(one)) !== one.quantity)) {
    throw contradicts('positions');
  }
  return kept;
}

export function balancesOnce<T extends Balance>(balances: readonly T[]): T[] {
  return once(balances, ({ asset }) => asset);
}

export function flowsOnce<T extends CashFlow>(flows: readonly T[]): T[] {
  return once(flows, ({ asset, id }) => `${asset}|${id}`);
}

/** ccxt marks a margin or hedge side by upper case text. */
export function hedgeSide(value: unknown): 'long' | 'short' | undefined {
  const side = typeof value === 'string' ? value.toLowerCase() : '';
  return side === 'long' || side === 'short' ? side : undefined;
}
