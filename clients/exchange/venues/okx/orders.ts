/**
 * Orders as OKX words them: those of its book, and "algo" orders, of which some wait for a price and
 * others are at work by themselves.
 *
 * Invariants: only what waits for a trigger is conditional; a stop of the whole position has the
 * quantity zero and can only close; in hedge mode an order names its side.
 */
import type * as ccxt from 'ccxt';
import { ccxt as errors } from '../../connection/ccxt.js';
import type { Order } from '../../../../workflows/domain/books/state.js';
import { eachList, openRows, type OpenRows } from '../../answers/open-rows.js';
import { priceOf as toldPrice } from '../../answers/guards.js';
import { hedgeSide, toOrder, type OrderTerms } from '../../answers/parse.js';
import { contradicts, isTrue, malformed, text, word, type Row } from '../../answers/rows.js';
import type { Reach } from '../adapter.js';
import { isAlgoRow, isBookRow } from './envelope.js';
import { rowsOf } from './lists.js';

const WAITING = ['trigger', 'conditional', 'oco', 'move_order_stop'];
/** They place and move orders of their own all the time. */
const AT_WORK = ['iceberg', 'twap', 'chase', 'smart_iceberg'];

export function okxOpenOrders(reach: Reach): Promise<OpenRows> {
  const algos = (ordType: string) => async () => algoRows(reach, await pending(reach, ordType));
  return eachList([
    async () => {
      const list = { method: 'privateGetTradeOrdersPending', asked: {}, key: 'ordId' } as const;
      return bookRows(reach, await rowsOf(reach.exchange, list));
    },
    ...WAITING.map(algos),
    ...AT_WORK.map(
      (ordType) => async () => algos(ordType)().catch((error: unknown) => noSuchType(reach, error)),
    ),
  ]);
}

/** It takes one type at a time. */
function pending({ exchange }: Reach, ordType: string): Promise<Row[]> {
  const method = 'privateGetTradeOrdersAlgoPending';
  return rowsOf(exchange, { method, asked: { ordType }, key: 'algoId' });
}

/** Not every region has all of these types: of one that is no type there can be no order. */
function noSuchType(reach: Reach, error: unknown): OpenRows {
  if (error instanceof errors.BadRequest && /"51000"[^}]*ordType/.test(error.message)) {
    return algoRows(reach, []);
  }
  throw error;
}

function bookRows(reach: Reach, rows: readonly Row[]): OpenRows {
  return openRows(rows, {
    exchange: reach.exchange,
    list: 'trade/orders-pending',
    check: isBookRow,
    read: (row) => {
      if (!isOpenInBook(row)) throw contradicts('trade/orders-pending');
      return bookOrder(reach, row);
    },
    names: (row) => ({
      instrument: row['instId'],
      id: row['ordId'],
      clientId: row['clOrdId'],
      reduceOnly: isTrue(row['reduceOnly']),
    }),
  });
}

function algoRows(reach: Reach, rows: readonly Row[]): OpenRows {
  return openRows(rows, {
    exchange: reach.exchange,
    list: 'trade/orders-algo-pending',
    check: isAlgoRow,
    read: (row) => {
      if (!isOpenAlgo(row)) throw contradicts('trade/orders-algo-pending');
      return algoOrder(reach, row);
    },
    names: (row) => ({
      instrument: row['instId'],
      id: row['algoId'],
      clientId: row['algoClOrdId'],
      conditional: waits(row),
      reduceOnly: isTrue(row['reduceOnly']) || isWhole(row),
    }),
  });
}

export function isOpenInBook({ state }: Row): boolean {
  return state === 'live' || state === 'partially_filled';
}

export function isOpenAlgo({ state }: Row): boolean {
  return state === 'live' || state === 'pause' || state === 'partially_effective';
}

export function waits(row: Row): boolean {
  return WAITING.includes(word(row['ordType']));
}

/** The entire position, whatever its size will be. */
function isWhole(row: Row): boolean {
  return text(row['closeFraction']) === '1';
}

export function bookOrder({ exchange, place }: Reach, row: Row): Order {
  return toOrder(place, exchange.parseOrder(row), { positionSide: hedgeSide(row['posSide']) });
}

/** ccxt takes the other kind of client id. */
export function algoOrder({ exchange, place }: Reach, row: Row): Order {
  const parsed = exchange.parseOrder(row);
  const given = {
    ...parsed,
    clientOrderId: word(row['algoClOrdId']),
    status: 'open',
    filled: doneOf(row),
  };
  return toOrder(place, given as unknown as ccxt.Order, algoTerms(row));
}

/** What of it has been traded; what waits has traded nothing. */
export function doneOf(row: Row): string {
  return waits(row) ? '0' : (text(row['actualSz']) ?? '0');
}

function algoTerms(row: Row): OrderTerms {
  if (word(row['tgtCcy']) === 'quote_ccy' && row['side'] === 'buy') {
    throw malformed('order row sized in the quote currency');
  }
  const price = priceOf(row);
  const type = waits(row) && !isTrailing(row) ? (price === null ? 'market' : 'limit') : undefined;
  return {
    conditional: waits(row),
    triggerPrice: triggerOf(row),
    price,
    positionSide: hedgeSide(row['posSide']),
    ...(type === undefined ? {} : { type }),
    ...(isWhole(row) ? { wholePosition: true } : {}),
  };
}

function isTrailing({ ordType }: Row): boolean {
  return ordType === 'move_order_stop';
}

/** Of two that cancel each other the stop, which is what protects. What trails has none that stands. */
function triggerOf(row: Row): string | null {
  if (isTrailing(row)) return null;
  return isPrice(row['slTriggerPx']) ?? isPrice(row['tpTriggerPx']) ?? isPrice(row['triggerPx']);
}

/** -1 is the market's price. */
function priceOf(row: Row): string | null {
  if (!waits(row)) return isPrice(row['pxLimit']);
  if (isPrice(row['slTriggerPx']) !== null) return isPrice(row['slOrdPx']);
  if (isPrice(row['tpTriggerPx']) !== null) return isPrice(row['tpOrdPx']);
  return isPrice(row['ordPx']);
}

function isPrice(value: unknown): string | null {
  const price = toldPrice(value);
  return price === '-1' ? null : price;
}
