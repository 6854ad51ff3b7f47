/**
 * Which orders Binance itself made: liquidations, deleveragings, settlements at delivery.
 *
 * Invariant: only the weeks that hold trades are asked for, as far back as the venue answers, and of
 * each all such orders.
 */
import type { Fill } from '../../../../workflows/domain/books/state.js';
import type { Exchange } from '../../connection/ccxt.js';
import { word, type Row } from '../../answers/rows.js';
import { call, DAY_MS } from '../adapter.js';
import { tooManyPages } from '../pages.js';

const PAGE = 100;
const WINDOW_MS = 7 * DAY_MS - 1;
/** An order is made before it trades, at most by this. */
const BEFORE_MS = 60_000;
/** The venue answers for three months; a clock may be off. */
const KEPT_MS = 89 * DAY_MS;

/** `symbol|orderId` → how the venue forced it. */
export async function forcedOrders(
  exchange: Exchange,
  tradeTimesMs: readonly number[],
): Promise<Map<string, NonNullable<Fill['forced']>>> {
  const forced = new Map<string, NonNullable<Fill['forced']>>();
  const oldestMs = exchange.milliseconds() - KEPT_MS;
  for (const startTime of windowsOf(tradeTimesMs.filter((time) => time > oldestMs))) {
    for (const row of await allOf(exchange, startTime, startTime + WINDOW_MS)) {
      const how = forcedBy(word(row['clientOrderId']));
      if (how !== undefined) forced.set(`${String(row['symbol'])}|${String(row['orderId'])}`, how);
    }
  }
  return forced;
}

function windowsOf(times: readonly number[]): number[] {
  const starts: number[] = [];
  for (const time of times.toSorted((a, b) => a - b)) {
    const last = starts.at(-1);
    if (last === undefined || time > last + WINDOW_MS) starts.push(time - BEFORE_MS);
  }
  return starts;
}

/** A full page may hide others: then each half of the time is asked for on its own. */
async function allOf(exchange: Exchange, startTime: number, endTime: number): Promise<Row[]> {
  const asked = { startTime, endTime, limit: PAGE };
  const rows = (await call(exchange, 'fapiPrivateGetForceOrders', asked)) as Row[];
  if (rows.length < PAGE) return rows;
  if (endTime - startTime < 2) throw tooManyPages('forceOrders');
  const middle = Math.floor((startTime + endTime) / 2);
  return [
    ...(await allOf(exchange, startTime, middle)),
    ...(await allOf(exchange, middle + 1, endTime)),
  ];
}

/** A settlement at delivery closes the position as a liquidation does: nobody of ours sent it. */
function forcedBy(clientOrderId: string): Fill['forced'] {
  if (clientOrderId.startsWith('adl_autoclose')) return 'deleveraging';
  return /^(settlement_)?autoclose-/.test(clientOrderId) ? 'liquidation' : undefined;
}
