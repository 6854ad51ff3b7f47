/**
 * Kraken's histories: trades and ledger entries, fifty to a page and counted from the newest.
 *
 * Invariants: pages overlap, so that a row that arrives meanwhile hides none; fewer rows than the
 * venue counts fail the read.
 */
import type { Exchange } from '../../connection/ccxt.js';
import type { History } from '../../../../activities/ports.js';
import { add, subtract } from '../../../../workflows/domain/numbers/decimal.js';
import type { VenueFlow } from '../../../../workflows/domain/books/snapshot.js';
import type { CashFlow } from '../../../../workflows/domain/books/state.js';
import {
  entriesOf,
  malformed,
  name,
  number,
  recordAt,
  timeMs,
  word,
  type Row,
} from '../../answers/rows.js';
import { call, type Reach } from '../adapter.js';
import { assetOf } from './names.js';
import { allRows } from '../pages.js';

const PAGE = 50;
const OVERLAP = 5;

export function tradesSince(exchange: Exchange, sinceMs: number): Promise<Row[]> {
  return pagesOf(exchange, { endpoint: 'TradesHistory', key: 'trades' }, sinceMs);
}

function ledgerSince(exchange: Exchange, sinceMs: number): Promise<Row[]> {
  return pagesOf(exchange, { endpoint: 'Ledgers', key: 'ledger' }, sinceMs);
}

/** Rows since a time; the venue knows whole seconds only, so some may be a little older. */
async function pagesOf(
  exchange: Exchange,
  { endpoint, key }: { endpoint: string; key: string },
  sinceMs: number,
): Promise<Row[]> {
  const start = Math.floor(sinceMs / 1000) - 1;
  const { rows, last } = await allRows({
    what: endpoint,
    first: 0,
    keyOf: ({ id }) => id,
    read: async (ofs: number) => {
      const asked = { ...(sinceMs > 0 ? { start } : {}), ofs };
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

/** What the ledger says of one trade. */
export interface Booked {
  entries: number;
  /** By asset; those of nothing left out. */
  fees: { asset: string; amount: string }[];
  /** Of closing a margin position, by asset. */
  results: { asset: string; amount: string }[];
}

/** By trade id, of the trades since a time: what they do not say themselves. */
export async function bookedOf(exchange: Exchange, sinceMs: number): Promise<Map<string, Booked>> {
  const booked = new Map<string, Booked>();
  for (const row of await ledgerSince(exchange, sinceMs)) {
    const type = name('cash flow', 'type', row['type']);
    if (!isOfFill(type, row['subtype'])) continue;
    const trade = word(row['refid']);
    const one = booked.get(trade) ?? { entries: 0, fees: [], results: [] };
    const { asset } = assetOf(exchange, name('cash flow', 'asset', row['asset']));
    const fee = number('cash flow', 'fee', row['fee'] ?? '0');
    one.entries += 1;
    if (fee !== '0') addTo(one.fees, asset, fee);
    if (type === 'margin') addTo(one.results, asset, number('cash flow', 'amount', row['amount']));
    booked.set(trade, one);
  }
  return booked;
}

function addTo(sums: Booked['fees'], asset: string, amount: string): void {
  const sum = sums.find((one) => one.asset === asset);
  if (sum === undefined) sums.push({ asset, amount });
  else sum.amount = add(sum.amount, amount);
}

/** What fills carry: the trade, its fee, and the result of closing a margin position. */
function isOfFill(type: string, subtype: unknown): boolean {
  return type === 'trade' || (type === 'margin' && subtype !== 'liquidation');
}

export async function krakenFlows(reach: Reach, sinceMs: number): Promise<History<VenueFlow>> {
  const rows = await ledgerSince(reach.exchange, sinceMs);
  const flows = rows.flatMap((row) => krakenFlow(reach, row) ?? []);
  return { rows: flows.filter(({ timeMs: at }) => at >= sinceMs), fromMs: sinceMs };
}

function krakenFlow({ exchange, place }: Reach, row: Row): VenueFlow | undefined {
  const type = name('cash flow', 'type', row['type']);
  if (isOfFill(type, row['subtype'])) return undefined;
  const fee = number('cash flow', 'fee', row['fee'] ?? '0');
  const amount = subtract(number('cash flow', 'amount', row['amount']), fee);
  if (amount === '0') return undefined;
  return {
    ...place,
    id: name('cash flow', 'id', row['id']),
    kind: kindOf(type, row['subtype']),
    ...assetOf(exchange, name('cash flow', 'asset', row['asset'])),
    amount,
    instrument: null,
    timeMs: timeMs('cash flow', Number(row['time']) * 1000),
  };
}

function kindOf(type: string, subtype: unknown): CashFlow['kind'] {
  if (['deposit', 'withdrawal', 'transfer', 'custodytransfer'].includes(type)) return 'transfer';
  // What is earned is earned; else something only moves between wallets.
  if (type === 'earn') return subtype === 'reward' ? 'interest' : 'transfer';
  // Rollover is what holding a margin position costs.
  if (['rollover', 'credit', 'staking', 'reward', 'dividend'].includes(type)) return 'interest';
  return ['margin', 'nftcreatorfee'].includes(type) ? 'fee' : 'other';
}
