/**
 * Kraken's histories: trades and ledger entries, fifty to a page and counted from the newest.
 *
 * Invariants: pages overlap, so that a row that arrives meanwhile hides none; fewer rows than the
 * venue counts fail the read.
 */
import type { Exchange } from '../../connection/ccxt.js';
import type { History } from '../../../../activities/ports.js';
import { add, subtract } from '../../../../workflows/domain/numbers/decimal.js';
import type { CashFlow } from '../../../../workflows/domain/books/state.js';
import {
  entriesOf,
  malformed,
  name,
  number,
  recordAt,
  timeMs,
  type Row,
} from '../../answers/rows.js';
import { call, type Reach } from '../adapter.js';
import { allRows } from '../pages.js';

const PAGE = 50;
const OVERLAP = 5;

export function tradesSince(exchange: Exchange, sinceMs: number): Promise<Row[]> {
  return pagesOf(exchange, { endpoint: 'TradesHistory', key: 'trades' }, sinceMs);
}

function ledgerSince(exchange: Exchange, sinceMs: number, params: object = {}): Promise<Row[]> {
  return pagesOf(exchange, { endpoint: 'Ledgers', key: 'ledger', params }, sinceMs);
}

/** Rows since a time; the venue knows whole seconds only, so some may be a little older. */
async function pagesOf(
  exchange: Exchange,
  { endpoint, key, params = {} }: { endpoint: string; key: string; params?: object },
  sinceMs: number,
): Promise<Row[]> {
  const start = Math.floor(sinceMs / 1000) - 1;
  const { rows, last } = await allRows({
    what: endpoint,
    first: 0,
    keyOf: ({ id }) => id,
    read: async (ofs: number) => {
      const asked = { ...params, ...(sinceMs > 0 ? { start } : {}), ofs };
      const { result } = recordAt(await call(exchange, `privatePost${endpoint}`, asked));
      const found = entriesOf(recordAt(result, key));
      const next = found.length < PAGE ? null : ofs + PAGE - OVERLAP;
      return { rows: found, next, count: recordAt(result)['count'] };
    },
  });
  checkCount(rows.length, last.count);
  return rows;
}

function checkCount(read: number, count: unknown): void {
  if (typeof count === 'number' && read < count) {
    throw malformed('malformed answer from the venue: fewer rows than it counts');
  }
}

/** `trade id|asset` → what closing it earned, from the ledger: trades do not say. */
export async function marginResults(
  exchange: Exchange,
  sinceMs: number,
): Promise<Map<string, string>> {
  const rows = await ledgerSince(exchange, sinceMs, { type: 'margin' });
  const results = new Map<string, string>();
  for (const row of rows) {
    const asset = exchange.safeCurrencyCode(name('cash flow', 'asset', row['asset']));
    const key = `${String(row['refid'])}|${asset}`;
    const amount = number('cash flow', 'amount', row['amount']);
    results.set(key, add(results.get(key) ?? '0', amount));
  }
  return results;
}

/** What fills carry: the trade, its fee, and the result of closing a margin position. */
function isOfFill(type: string, subtype: unknown): boolean {
  return type === 'trade' || (type === 'margin' && subtype !== 'liquidation');
}

export async function krakenFlows(reach: Reach, sinceMs: number): Promise<History<CashFlow>> {
  const rows = await ledgerSince(reach.exchange, sinceMs);
  const flows = rows.flatMap((row) => krakenFlow(reach, row) ?? []);
  return { rows: flows.filter(({ timeMs: at }) => at >= sinceMs), fromMs: sinceMs };
}

function krakenFlow({ exchange, place }: Reach, row: Row): CashFlow | undefined {
  const type = name('cash flow', 'type', row['type']);
  if (isOfFill(type, row['subtype'])) return undefined;
  const fee = number('cash flow', 'fee', row['fee'] ?? '0');
  const amount = subtract(number('cash flow', 'amount', row['amount']), fee);
  if (amount === '0') return undefined;
  const asset = name('cash flow', 'asset', row['asset']);
  return {
    ...place,
    id: name('cash flow', 'id', row['id']),
    kind: kindOf(type),
    asset: name('cash flow', 'asset', exchange.safeCurrencyCode(asset)),
    amount,
    instrument: null,
    timeMs: timeMs('cash flow', Number(row['time']) * 1000),
  };
}

function kindOf(type: string): CashFlow['kind'] {
  if (['deposit', 'withdrawal', 'transfer', 'custodytransfer'].includes(type)) return 'transfer';
  // Rollover is what holding a margin position costs.
  if (['rollover', 'credit', 'staking', 'reward', 'dividend'].includes(type)) return 'interest';
  return ['margin', 'nftcreatorfee'].includes(type) ? 'fee' : 'other';
}
