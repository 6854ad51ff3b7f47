/**
 * What Kraken charged for trades: its ledger tells, a trade only what that comes to in quote.
 *
 * Invariant: a trade without its ledger entries fails the read, so that it is read again.
 */
import type { Exchange, LedgerEntry, Trade } from 'ccxt';
import { canonical, isZero } from '../../../workflows/domain/numbers/decimal.js';
import type { Fill } from '../../../workflows/domain/books/state.js';
import { text } from './text.js';

const PAGE = 50;
const PAGES_MAX = 1000;

export async function krakenFees(
  exchange: Exchange,
  trades: readonly Trade[],
  sinceMs: number,
): Promise<(trade: Trade) => Fill['fee']> {
  const entries = trades.length === 0 ? [] : await readLedger(exchange, sinceMs);
  const fees = new Map<string, Fill['fee']>();
  for (const entry of entries) {
    const id = entry.referenceId;
    if (id !== undefined) fees.set(id, feeOf(entry) ?? fees.get(id) ?? null);
  }
  return ({ id }) => {
    const fee = fees.get(text(id));
    if (fee === undefined) throw new Error(`Kraken's ledger does not tell of trade ${id} yet`);
    return fee;
  };
}

async function readLedger(exchange: Exchange, sinceMs: number): Promise<LedgerEntry[]> {
  const all: LedgerEntry[] = [];
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const query = { ofs: all.length };
    const rows = await exchange.fetchLedger(undefined, sinceMs, undefined, query);
    all.push(...rows);
    if (rows.length < PAGE) break;
  }
  return all;
}

function feeOf({ fee }: LedgerEntry): Fill['fee'] {
  const amount = canonical(text(fee?.cost));
  return isZero(amount) ? null : { asset: text(fee?.currency), amount };
}
