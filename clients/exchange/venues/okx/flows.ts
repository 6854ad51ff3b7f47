/**
 * What moves balances at OKX beside fills: its bills.
 *
 * Invariants: a bill of a trade is the fill's and not told twice; the margin of an isolated position is
 * part of the wallet, so what moves between the two is no flow.
 */
import type { History } from '../../../../activities/ports.js';
import { add } from '../../../../workflows/domain/numbers/decimal.js';
import type { CashFlow } from '../../../../workflows/domain/books/state.js';
import { name, number, text, timeMs, word, type Row } from '../../answers/rows.js';
import { isListed } from '../../connection/markets.js';
import { DAY_MS, type Reach } from '../adapter.js';
import { OKX_KEPT_MS } from './fills.js';
import { rowsOf } from './lists.js';

const RECENT_MS = 7 * DAY_MS - 60_000;

export async function okxFlows(reach: Reach, sinceMs: number): Promise<History<CashFlow>> {
  const { exchange } = reach;
  const nowMs = exchange.milliseconds();
  const fromMs = Math.max(sinceMs, nowMs - OKX_KEPT_MS);
  const recent = { begin: Math.max(fromMs, nowMs - RECENT_MS) };
  const key = 'billId';
  const rows = await rowsOf(exchange, { method: 'privateGetAccountBills', asked: recent, key });
  if (fromMs < recent.begin) {
    const asked = { begin: fromMs };
    rows.push(...(await rowsOf(exchange, { method: 'privateGetAccountBillsArchive', asked, key })));
  }
  const once = new Map(rows.map((row) => [word(row[key]), row]));
  const flows = [...once.values()].flatMap((row) => flowOf(reach, row) ?? []);
  return { rows: flows.filter((flow) => flow.timeMs >= fromMs), fromMs };
}

/** Trade, delivery, liquidation, deleveraging, hedging, block trade: of a fill where it names its trade. */
const OF_FILLS = new Set(['2', '3', '5', '9', '13', '14']);
const KINDS: Readonly<Record<string, CashFlow['kind']>> = {
  '1': 'transfer',
  '7': 'interest',
  '8': 'funding',
  '12': 'transfer',
};

function flowOf({ exchange, place }: Reach, row: Row): CashFlow | undefined {
  const type = word(row['type']);
  const isOfFill = OF_FILLS.has(type) && word(row['tradeId']) !== '';
  const amount = add(number('cash flow', 'balChg', row['balChg']), text(row['posBalChg']) ?? '0');
  if (isOfFill || amount === '0') return undefined;
  const instrument = exchange.safeSymbol(word(row['instId']) || undefined);
  return {
    ...place,
    id: name('cash flow', 'id', row['billId']),
    kind: KINDS[type] ?? 'other',
    asset: name('cash flow', 'asset', exchange.safeCurrencyCode(word(row['ccy']))),
    amount,
    instrument: isListed(exchange, instrument ?? '') ? (instrument ?? null) : null,
    timeMs: timeMs('cash flow', row['ts']),
  };
}
