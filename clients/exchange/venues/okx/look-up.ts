/**
 * What became of an order at OKX, and its cancelling.
 *
 * Invariants: an algo order that triggered is what the order it placed is; a refusal inside an answer
 * that went well is a refusal; an order is absent only where the venue says so in each of its lists.
 */
import type { OrderName } from '../../../../activities/ports.js';
import type { LookUp } from '../../../../workflows/domain/orders/fate/recovery.js';
import type { Order } from '../../../../workflows/domain/books/state.js';
import { OurWords } from '../../answers/own-words.js';
import { toFilled } from '../../answers/parse.js';
import { contradicts, foreignWord, listAt, word, type Row } from '../../answers/rows.js';
import { ccxt, type Exchange } from '../../connection/ccxt.js';
import {
  anotherThan,
  call,
  clientIdOf,
  closedAs,
  firstFound,
  LOOK_BACK_MS,
  orNotFound,
  symbolAt,
  venueIdOf,
  type Reach,
  withPaid,
} from '../adapter.js';
import { rowsOf, typesOf } from './lists.js';
import { algoOrder, bookOrder, doneOf, isOpenAlgo, isOpenInBook, waits } from './orders.js';
import { OKX_WORDS } from './words.js';

export function okxLookUp(reach: Reach, order: Order): Promise<LookUp> {
  const inBook = () => bookLookUp(reach, order, bookName(order));
  const inAlgo = () => algoLookUp(reach, order);
  const lists = order.conditional === true ? [inAlgo, inBook] : [inBook, inAlgo];
  return firstFound(...lists, () => inHistory(reach, order));
}

type Name = { ordId: string } | { clOrdId: string | null };

function bookName(order: OrderName): Name {
  const ordId = venueIdOf(order);
  return ordId === null ? { clOrdId: clientIdOf(order) } : { ordId };
}

async function bookLookUp(reach: Reach, order: Order, asked: Name): Promise<LookUp | undefined> {
  const instId = symbolAt(reach.exchange, order);
  const row = await foundAt(reach.exchange, 'privateGetTradeOrder', { instId, ...asked });
  if (row === undefined) return undefined;
  checkAsked(row, asked);
  const another = 'clOrdId' in asked && anotherThan(order, reach.exchange.parseOrder(row));
  return another || endOf(reach, row);
}

async function foundAt(exchange: Exchange, method: string, asked: object) {
  const answer = await orNotFound(OKX_WORDS, () => call(exchange, method, asked));
  return answer === undefined ? undefined : listAt(answer, 'data')[0];
}

function checkAsked(row: Row, asked: object): void {
  for (const [field, value] of Object.entries(asked)) {
    if (word(row[field]) !== value) throw contradicts('trade/order');
  }
}

function endOf(reach: Reach, row: Row): LookUp {
  const average = row['avgPx'];
  if (isOpenInBook(row)) {
    return withPaid({ outcome: 'found', order: bookOrder(reach, row) }, { average });
  }
  const parsed = reach.exchange.parseOrder(row);
  return withPaid(
    closedAs(parsed.status, () => toFilled(parsed)),
    { average },
  );
}

function algoName(order: OrderName) {
  const algoId = venueIdOf(order);
  return algoId === null ? { algoClOrdId: clientIdOf(order) } : { algoId };
}

async function algoLookUp(reach: Reach, order: Order): Promise<LookUp | undefined> {
  const asked = algoName(order);
  const row = await foundAt(reach.exchange, 'privateGetTradeOrderAlgo', asked);
  if (row === undefined) return undefined;
  checkAsked(row, { ...asked, instId: symbolAt(reach.exchange, order) });
  const parsed = reach.exchange.parseOrder(row);
  // It has no size where it is of the whole position.
  const told = { id: parsed.id, symbol: parsed.symbol, side: parsed.side };
  const another = 'algoClOrdId' in asked && anotherThan(order, told);
  return another || algoEnd(reach, order, row);
}

async function algoEnd(reach: Reach, order: Order, row: Row): Promise<LookUp> {
  const { state } = row;
  if (isOpenAlgo(row)) return { outcome: 'found', order: algoOrder(reach, row) };
  if (state === 'canceled') return closedAs('canceled', () => doneOf(row));
  if (state === 'order_failed') return closedAs('rejected', () => doneOf(row));
  if (state === 'effective' && !waits(row)) return closedAs('closed', () => doneOf(row));
  const [placed, ...others] = placedBy(row);
  const child =
    state === 'effective' && placed !== undefined && others.length === 0
      ? await bookLookUp(reach, order, { ordId: placed })
      : undefined;
  const why = `triggered (${foreignWord(state)}), and what it placed cannot be told`;
  return child ?? { outcome: 'unreadable', why };
}

function placedBy({ ordId, ordIdList }: Row): string[] {
  const ids = [ordId, ...(Array.isArray(ordIdList) ? (ordIdList as unknown[]) : [])].map(word);
  return [...new Set(ids)].filter((id) => id !== '' && id !== '0');
}

/** A look-up goes back for a while only; this list keeps what traded for three months. */
async function inHistory(reach: Reach, order: Order): Promise<LookUp | undefined> {
  const { exchange } = reach;
  const asked = bookName(order);
  const begin = exchange.milliseconds() - LOOK_BACK_MS;
  for (const instType of typesOf([order.instrument])) {
    const rows = await rowsOf(exchange, {
      method: 'privateGetTradeOrdersHistoryArchive',
      asked: { instType, instId: symbolAt(exchange, order), begin },
      key: 'ordId',
    });
    const row = rows.find((one) => Object.entries(asked).every(([name, id]) => one[name] === id));
    if (row === undefined) continue;
    const another = 'clOrdId' in asked && anotherThan(order, exchange.parseOrder(row));
    return another || endOf(reach, row);
  }
  return undefined;
}

/** A state of before may not say that the order is conditional, and it may have triggered since. */
export async function okxCancel(reach: Reach, order: OrderName): Promise<void> {
  const instId = symbolAt(reach.exchange, order);
  const inBook = () =>
    cancelAt(reach.exchange, 'privatePostTradeCancelOrder', { instId, ...bookName(order) });
  const inAlgo = () =>
    cancelAt(reach.exchange, 'privatePostTradeCancelAlgos', [{ instId, ...algoName(order) }]);
  const [first, second] = order.conditional === true ? [inAlgo, inBook] : [inBook, inAlgo];
  const refusal = await first().catch((error: unknown) => error);
  if (refusal === undefined) return;
  if (!(refusal instanceof ccxt.OrderNotFound)) throw refusal;
  // What neither has was ended before: the first refusal says how.
  await second().catch((error: unknown) => {
    throw error instanceof ccxt.OrderNotFound ? refusal : error;
  });
}

async function cancelAt(exchange: Exchange, method: string, asked: object): Promise<void> {
  const [row = {}] = listAt(await call(exchange, method, asked), 'data');
  const code = word(row['sCode']);
  if (code === '0') return;
  exchange.throwExactlyMatchedException(
    exchange.exceptions['exact'],
    code,
    `"sCode":"${foreignWord(code)}"`,
  );
  throw new OurWords('unclear', `the cancel was answered with ${foreignWord(code)}`);
}
