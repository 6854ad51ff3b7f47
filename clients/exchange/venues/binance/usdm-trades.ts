/**
 * Trades of Binance USD-M, which it gives a week at a time and keeps for six months.
 *
 * Invariant: every week since the start is asked for; a full page goes on from id to id.
 */
import type { Exchange } from '../../connection/ccxt.js';
import type { Row } from '../../answers/rows.js';
import { call, DAY_MS, MAX_PAGES, tooManyPages } from '../adapter.js';
import { nextId } from './spot.js';

const PAGE = 1000;
const WINDOW_MS = 7 * DAY_MS - 1;
/** Somewhat less than the six months that it answers for: a clock may be off, a month short. */
export const USDM_KEPT_MS = 180 * DAY_MS;

export async function usdmTrades(
  exchange: Exchange,
  instrument: string,
  fromMs: number,
): Promise<Row[]> {
  const symbol = exchange.marketId(instrument);
  const ask = async (from: object) =>
    (await call(exchange, 'fapiPrivateGetUserTrades', { symbol, limit: PAGE, ...from })) as Row[];
  const nowMs = exchange.milliseconds();
  const rows: Row[] = [];
  for (let startTime = fromMs; startTime <= nowMs; startTime += WINDOW_MS + 1) {
    const last = startTime + WINDOW_MS >= nowMs;
    // The last window is open, so that a trade of this moment is in it whatever the clocks say.
    const page = await ask(last ? { startTime } : { startTime, endTime: startTime + WINDOW_MS });
    rows.push(...page);
    // From here on there is no window to fall out of.
    if (page.length >= PAGE) return [...rows, ...(await onwards(ask, page))];
  }
  return rows;
}

async function onwards(ask: (from: object) => Promise<Row[]>, before: Row[]): Promise<Row[]> {
  const rows: Row[] = [];
  let page = before;
  for (let count = 0; count < MAX_PAGES; count += 1) {
    page = await ask({ fromId: nextId(page) });
    rows.push(...page);
    if (page.length < PAGE) return rows;
  }
  throw tooManyPages('userTrades');
}
