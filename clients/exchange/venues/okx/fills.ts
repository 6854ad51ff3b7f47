/**
 * Fills of OKX: those of the last three days come at once, older ones from a history that may lag.
 *
 * Invariant: liquidations, deleveragings and deliveries are fills, marked as not ours; fees and results
 * are in the asset that the row, or the list of instruments, states.
 */
import type { History } from '../../../../activities/ports.js';
import type { Fill } from '../../../../workflows/domain/books/state.js';
import { isDerivative } from '../../../../workflows/domain/books/instruments.js';
import { hedgeSide, toFill } from '../../answers/parse.js';
import { readApart } from '../../answers/rows-apart.js';
import { text, word, type Row } from '../../answers/rows.js';
import { DAY_MS, type Reach } from '../adapter.js';
import { rowsOf, typesOf } from './lists.js';

const RECENT_MS = 3 * DAY_MS - 60_000;
/** Three months, the shortest that there are. */
export const OKX_KEPT_MS = 89 * DAY_MS;

export async function okxFills(reach: Reach, sinceMs: number): Promise<History<Fill>> {
  const { exchange } = reach;
  const nowMs = exchange.milliseconds();
  const fromMs = Math.max(sinceMs, nowMs - OKX_KEPT_MS);
  const key = 'billId';
  const recent = { begin: Math.max(fromMs, nowMs - RECENT_MS) };
  const rows = await rowsOf(exchange, { method: 'privateGetTradeFills', asked: recent, key });
  if (fromMs < recent.begin) {
    for (const instType of typesOf(reach.instruments)) {
      const asked = { instType, begin: fromMs };
      rows.push(...(await rowsOf(exchange, { method: 'privateGetTradeFillsHistory', asked, key })));
    }
  }
  const once = new Map(rows.map((row) => [word(row[key]), row]));
  const { rows: fills, apart } = readApart([...once.values()], {
    exchange,
    instrument: ({ instId: id }) => ({ id, symbol: exchange.safeSymbol(word(id)) }),
    read: (row) => fillOf(reach, row),
  });
  return { rows: fills.filter(({ timeMs }) => timeMs >= fromMs), fromMs, apart };
}

function fillOf({ exchange, place }: Reach, row: Row): Fill {
  const trade = exchange.parseTrade(row);
  const { settle } = exchange.safeMarket(word(row['instId']), undefined, '-');
  // What the venue moves by itself may have no id of a trade.
  const named = { ...trade, id: trade.id ?? `bill:${word(row['billId'])}` };
  return toFill(place, named, {
    fees: word(row['feeCcy']) === '' ? [] : undefined,
    realizedPnl: isDerivative(trade.symbol ?? '') ? text(row['fillPnl']) : null,
    realizedAsset: settle,
    positionSide: hedgeSide(row['posSide']),
    forced: forcedBy(Number(row['subType'])),
  });
}

const isBetween = (from: number, to: number) => (value: number) => value >= from && value <= to;
const LIQUIDATIONS = [isBetween(100, 107), isBetween(110, 111)];
const DELIVERIES = [isBetween(112, 113), isBetween(170, 172)];
const DELEVERAGINGS = [isBetween(125, 128)];

/** By its own numbers. A delivery ends a position as a liquidation does: nobody of ours sent it. */
function forcedBy(subType: number): Fill['forced'] {
  const isIn = (ranges: ((value: number) => boolean)[]) => ranges.some((has) => has(subType));
  if (isIn(DELEVERAGINGS)) return 'deleveraging';
  return isIn([...LIQUIDATIONS, ...DELIVERIES]) ? 'liquidation' : undefined;
}
