/** Orders as Binance words them: its spot and futures books, and the futures' algo service. */
import type * as ccxt from 'ccxt';
import type { LookUp } from '../../../../workflows/domain/orders/fate/recovery.js';
import type { Order } from '../../../../workflows/domain/books/state.js';
import { openRows, type OpenRows } from '../../answers/open-rows.js';
import { toFilled, toOrder, hedgeSide, type OrderTerms } from '../../answers/parse.js';
import { contradicts, foreignWord, isTrue, word, type Row } from '../../answers/rows.js';
import { anotherThan, closedAs, withPaid, type Reach } from '../adapter.js';
import { isAlgoRow, isBookRow } from './envelope.js';

const LIVE = new Set(['NEW', 'PARTIALLY_FILLED', 'PENDING_NEW', 'PENDING_CANCEL']);
/** Of a liquidation, by the venue: never an order that we look up. */
const FORCED = new Set(['NEW_INSURANCE', 'NEW_ADL']);

/** `list`: as an envelope's fault names it. */
export function bookRows(reach: Reach, rows: readonly unknown[], list: string): OpenRows {
  return openRows(rows, {
    exchange: reach.exchange,
    list,
    check: isBookRow,
    read: (row) => openBookOrder(reach, row),
    names: (row) => ({
      instrument: row['symbol'],
      id: row['orderId'],
      clientId: row['clientOrderId'],
      conditional: /STOP|TAKE_PROFIT/.test(word(row['type'])),
      reduceOnly: isTrue(row['reduceOnly']) || isTrue(row['closePosition']),
    }),
    // Lists of orders are of spot.
    group: ({ orderListId }) => (Number(orderListId ?? -1) === -1 ? null : word(orderListId)),
  });
}

export function algoRows(reach: Reach, rows: readonly unknown[], list: string): OpenRows {
  return openRows(rows, {
    exchange: reach.exchange,
    list,
    check: isAlgoRow,
    read: (row) => algoOrder(reach, row),
    names: (row) => ({
      instrument: row['symbol'],
      id: row['algoId'],
      clientId: row['clientAlgoId'],
      conditional: true,
      reduceOnly: isTrue(row['reduceOnly']) || isTrue(row['closePosition']),
    }),
  });
}

function openBookOrder(reach: Reach, row: Row): Order {
  const status = word(row['status']);
  if (!LIVE.has(status) && !FORCED.has(status)) throw contradicts('openOrders');
  return bookOrder(reach, row);
}

function bookOrder({ exchange, place }: Reach, row: Row): Order {
  return toOrder(place, exchange.parseOrder(row), bookTerms(row));
}

/** Binance's stop for a whole position has the quantity zero, which ccxt leaves out. */
function bookTerms(row: Row): OrderTerms {
  return {
    conditional: waitsOnSpot(row) || isFuturesStop(row),
    positionSide: hedgeSide(row['positionSide']),
    // A trailing stop follows the price: what it has for a trigger is where it began.
    ...(isTrailing(row) ? { triggerPrice: null, type: trailingType(row) } : {}),
    // It waits for another order, and so is no stop yet.
    ...(isPending(row) ? { type: `pending_${typeIn(row).toLowerCase()}` } : {}),
    wholePosition: isTrue(row['closePosition']),
    ...(isTrue(row['reduceOnly']) ? { reduceOnly: true } : {}),
  };
}

/** Of spot, a stop of any type trails where it has a delta. */
function isTrailing(row: Row): boolean {
  return TRAILS.test(typeIn(row)) || Number(row['trailingDelta']) > 0;
}

const TRAILS = /TRAILING/;

/** It says that it trails, because no trigger says what it is for. */
function trailingType(row: Row): string {
  const type = typeIn(row);
  return (TRAILS.test(type) ? type : `trailing_${type}`).toLowerCase();
}

function typeIn(row: Row): string {
  return word(row['type'] ?? row['orderType']);
}

/**
 * A stop is on the book, and no more conditional, once it is working. What is pending, whatever its
 * type, waits until the order that it is tied to is filled.
 */
function waitsOnSpot(row: Row): boolean {
  if ('positionSide' in row) return false;
  if (isPending(row)) return true;
  if (!/^(STOP_LOSS|TAKE_PROFIT)/.test(String(row['type']))) return false;
  return row['isWorking'] !== true || Number(row['workingTime'] ?? 0) === -1;
}

function isPending({ status }: Row): boolean {
  return status === 'PENDING_NEW';
}

/** Stops from before the algo service rest in the book's list, with the status of a new order. */
function isFuturesStop(row: Row): boolean {
  if (!('positionSide' in row)) return false;
  return /STOP|TAKE_PROFIT/.test(String(row['type'])) && Number(row['executedQty'] ?? 0) === 0;
}

function algoOrder({ exchange, place }: Reach, row: Row): Order {
  const parsed = { ...exchange.parseOrder(row), status: 'open', filled: '0' };
  return toOrder(place, parsed as unknown as ccxt.Order, {
    ...bookTerms(row),
    conditional: true,
  });
}

/** `asked`: the symbol, and the id by which it was asked for. */
export function bookLookUp(
  reach: Reach,
  row: Row,
  { asked, order }: { asked: Row; order: Order },
): LookUp {
  const { symbol, orderId = row['orderId'] } = asked;
  const isAsked = row['symbol'] === symbol && word(row['orderId']) === word(orderId);
  if (!isAsked) throw contradicts('order');
  const parsed = reach.exchange.parseOrder(row);
  const isByOurs = asked['orderId'] === undefined;
  const another = isByOurs ? anotherThan(order, parsed) : undefined;
  if (another !== undefined) return another;
  const told: LookUp = LIVE.has(word(row['status']))
    ? { outcome: 'found', order: bookOrder(reach, row) }
    : closedAs(parsed.status, () => toFilled(parsed), parsed.amount);
  return withPaid(told, { cost: row['cummulativeQuoteQty'], average: row['avgPrice'] });
}

const ALGO_OPEN = new Set(['NEW', 'WORKING', 'ACCEPTED']);
const ALGO_CLOSED: Readonly<Record<string, string>> = {
  CANCELED: 'canceled',
  CANCELLED: 'canceled',
  EXPIRED: 'expired',
  REJECTED: 'rejected',
};

/**
 * An algo order that triggered has a child in the book, and only the child can say what became of
 * it: `followChild` looks that up.
 */
export async function algoLookUp(
  reach: Reach,
  row: Row,
  followChild: (orderId: string) => Promise<LookUp | undefined>,
): Promise<LookUp> {
  const status = String(row['algoStatus']);
  if (ALGO_OPEN.has(status)) return { outcome: 'found', order: algoOrder(reach, row) };
  const child = word(row['actualOrderId']);
  if (child !== '' && child !== '0') {
    const found = await followChild(child);
    if (found !== undefined) return found;
  }
  const closed = ALGO_CLOSED[status];
  if (closed !== undefined) return closedAs(closed, () => '0');
  return {
    outcome: 'unreadable',
    why: `triggered (${foreignWord(status)}), and its order cannot be found`,
  };
}
