/**
 * Trades of Binance USD-M, which it gives a week at a time and keeps for six months.
 *
 * Invariant: every week since the start is asked for; a full page goes on from id to id.
 */
import type { Exchange } from '../../connection/ccxt.js';
import type { Row } from '../../answers/rows.js';
import { call, DAY_MS } from '../adapter.js';
import { allRows } from '../pages.js';
import { pageOfTrades, TRADES_PAGE } from './spot.js';

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
    (await call(exchange, 'fapiPrivateGetUserTrades', {
      symbol,
      limit: TRADES_PAGE,
      ...from,
    })) as Row[];
  const nowMs = exchange.milliseconds();
  const rows: Row[] = [];
  for (let startTime = fromMs; startTime <= nowMs; startTime += WINDOW_MS + 1) {
    const last = startTime + WINDOW_MS >= nowMs;
    // The last window is open, so that a trade of this moment is in it whatever the clocks say.
    const window = last ? { startTime } : { startTime, endTime: startTime + WINDOW_MS };
    const { rows: page, next } = pageOfTrades(await ask(window));
    rows.push(...page);
    if (next === null) continue;
    // From here on there is no window to fall out of.
    const read = async (from: object) => pageOfTrades(await ask(from));
    return [...rows, ...(await allRows({ what: 'userTrades', first: next, read })).rows];
  }
  return rows;
}
