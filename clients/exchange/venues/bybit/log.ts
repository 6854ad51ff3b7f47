/** Bybit's log of what moved the wallet of a unified account: trades, funding, transfers, all else. */
import type { History } from '../../../../activities/ports.js';
import type { CashFlow } from '../../../../workflows/domain/books/state.js';
import { name, number, timeMs, word, type Row } from '../../answers/rows.js';
import type { Exchange } from '../../connection/ccxt.js';
import { isListed } from '../../connection/markets.js';
import type { Reach } from '../adapter.js';
import { BYBIT_READ_MS, rowsOf, symbolIn, weeksSince, type Category } from './lists.js';

const PAGE = 50;

export async function logRows(exchange: Exchange, fromMs: number, asked: object): Promise<Row[]> {
  const rows: Row[] = [];
  for (const week of weeksSince(fromMs, exchange.milliseconds())) {
    const page = await rowsOf(exchange, {
      method: 'privateGetV5AccountTransactionLog',
      asked: { accountType: 'UNIFIED', ...asked, ...week },
      limit: PAGE,
      keyOf: (row) => word(row['id']),
    });
    rows.push(...page);
  }
  return rows;
}

/** Of a fill, which tells it itself. */
const OF_FILLS = new Set(['TRADE', 'LIQUIDATION', 'ADL', 'DELIVERY']);

export function isOfFill(row: Row): boolean {
  return OF_FILLS.has(word(row['type'])) && word(row['tradeId']) !== '';
}

export async function bybitFlows(reach: Reach, sinceMs: number): Promise<History<CashFlow>> {
  const { exchange } = reach;
  const fromMs = Math.max(sinceMs, exchange.milliseconds() - BYBIT_READ_MS);
  const rows = await logRows(exchange, fromMs, {});
  const flows = rows.flatMap((row) => flowOf(reach, row) ?? []);
  return { rows: flows.filter((flow) => flow.timeMs >= fromMs), fromMs };
}

function flowOf({ exchange, place }: Reach, row: Row): CashFlow | undefined {
  const amount = number('cash flow', 'change', row['change']);
  if (isOfFill(row) || amount === '0') return undefined;
  const category: Category = row['category'] === 'spot' ? 'spot' : 'linear';
  const instrument = symbolIn(exchange, row, category) ?? '';
  return {
    ...place,
    id: name('cash flow', 'id', row['id']),
    kind: kindOf(word(row['type'])),
    asset: name('cash flow', 'asset', exchange.safeCurrencyCode(word(row['currency']))),
    amount,
    instrument: isListed(exchange, instrument) ? instrument : null,
    timeMs: timeMs('cash flow', row['transactionTime']),
  };
}

/** A settlement of a perpetual contract is its funding. */
function kindOf(type: string): CashFlow['kind'] {
  if (type === 'SETTLEMENT') return 'funding';
  if (type.startsWith('TRANSFER')) return 'transfer';
  if (/INTEREST/.test(type)) return 'interest';
  return /FEE/.test(type) ? 'fee' : 'other';
}
