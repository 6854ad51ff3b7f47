/**
 * Bybit's lists, page by page to their end, and which of them an account's instruments are in.
 *
 * Invariant: a list is asked for whole, by the category of its market and what it settles in, so that
 * what others hold of that kind is seen too.
 */
import { listAt, recordAt, word, type Row } from '../../answers/rows.js';
import type { Exchange } from '../../connection/ccxt.js';
import { kindOf } from '../../connection/market-kind.js';
import { call, DAY_MS, mayBeCut } from '../adapter.js';
import { allRows } from '../pages.js';

export interface BybitList {
  method: string;
  asked: object;
  limit: number;
  keyOf: (row: Row) => string;
}

export async function rowsOf(exchange: Exchange, list: BybitList): Promise<Row[]> {
  const { method, asked, limit, keyOf } = list;
  const { rows } = await allRows({
    what: method,
    first: {},
    keyOf,
    stuck: (known) => mayBeCut(method, known),
    read: async (at: object) => {
      const result = recordAt(await call(exchange, method, { ...asked, limit, ...at }), 'result');
      const page = listAt(result, 'list');
      const cursor = word(result['nextPageCursor']);
      // A cursor stands beside the last page too.
      return { rows: page, next: cursor === '' || page.length === 0 ? null : { cursor } };
    },
  });
  return rows;
}

export type Category = 'spot' | 'linear' | 'inverse' | 'option';

export interface Question {
  category: Category;
  settleCoin?: string;
}

export function categoryOf(instrument: string): Category {
  const { type, subType } = kindOf(instrument);
  if (type === 'spot' || type === 'option') return type;
  return subType === 'inverse' ? 'inverse' : 'linear';
}

/** Of linear contracts it wants to be told what they settle in; of others there is one list. */
export function questionsOf(instruments: readonly string[]): Question[] {
  const all = instruments.map((one): Question => {
    const category = categoryOf(one);
    const { settle } = kindOf(one);
    return category === 'linear' && settle !== null
      ? { category, settleCoin: settle }
      : { category };
  });
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

export function categoriesOf(instruments: readonly string[]): Category[] {
  return [...new Set(instruments.map(categoryOf))];
}

/** Histories are told a week at a time. */
const WEEK_MS = 7 * DAY_MS;
const WEEKS = 13;
export const BYBIT_READ_MS = WEEKS * WEEK_MS;

export function weeksSince(
  fromMs: number,
  nowMs: number,
): { startTime: number; endTime: number }[] {
  const weeks = [];
  for (let startTime = fromMs; startTime <= nowMs; startTime += WEEK_MS) {
    weeks.push({ startTime, endTime: startTime + WEEK_MS - 1 });
  }
  return weeks;
}

/** ccxt's names tell spot and contracts of one id apart by this. */
export function symbolIn(exchange: Exchange, row: Row, category: Category): string | undefined {
  const type = category === 'spot' ? 'spot' : 'contract';
  return exchange.safeSymbol(word(row['symbol']), undefined, undefined, type);
}

export function marketIn(exchange: Exchange, row: Row, category: Category) {
  const type = category === 'spot' ? 'spot' : 'contract';
  return exchange.safeMarket(word(row['symbol']), undefined, undefined, type);
}
