/**
 * Balances of contracts as the wallet has them, without the profit that is still open, where ccxt
 * takes equity, which moves with the market, or leaves out what margins hold.
 */
import type * as ccxt from 'ccxt';
import { subtract } from '../../../../workflows/domain/numbers/decimal.js';
import type { Balance } from '../../../../workflows/domain/books/state.js';
import { toBalances, totalsOf } from '../../answers/parse.js';
import { isRow, lacking, text, word, type Place, type Row } from '../../answers/rows.js';
import type { Exchange } from '../../connection/ccxt.js';

interface Wallet {
  /** Where the rows are in an answer. */
  rows: (info: unknown) => unknown;
  /** The field that names the asset. */
  asset: readonly string[];
  /** The field that is the wallet. */
  held?: readonly string[];
  /** Else what has open profit in it, and that profit. */
  equity?: readonly [equity: string, profit: string];
}

const data = (info: unknown) => (isRow(info) ? info['data'] : undefined);

const kucoin: Wallet = {
  rows: (info) => [data(info)],
  asset: ['currency'],
  equity: ['accountEquity', 'unrealisedPNL'],
};

const WALLETS: Readonly<Record<string, Wallet>> = {
  bingx: { rows: data, asset: ['asset'], held: ['balance'] },
  bitget: {
    rows: (info) => info,
    asset: ['marginCoin', 'coin'],
    equity: ['accountEquity', 'unrealizedPL'],
    // Of a unified account.
    held: ['balance'],
  },
  deribit: {
    rows: (info) => {
      const result = isRow(info) ? (info['result'] ?? info) : info;
      return isRow(result) ? (result['summaries'] ?? [result]) : result;
    },
    asset: ['currency'],
    held: ['balance'],
  },
  htx: {
    rows: (info) => {
      const found = data(info);
      return isRow(found) ? found['details'] : found;
    },
    asset: ['currency', 'symbol'],
    held: ['margin_static'],
    equity: ['equity', 'profit_unreal'],
  },
  kucoin,
  kucoinfutures: kucoin,
  mexc: { rows: data, asset: ['currency'], equity: ['equity', 'unrealized'] },
};

/** What ccxt takes at these is the wallet. */
const WALLET_BY_CCXT = new Set(['bitfinex', 'cryptocom', 'gate', 'gateeu']);

/** `contracts`: the balances are those of contracts. */
export function balancesOf(
  exchange: Exchange,
  place: Place,
  { told, contracts }: { told: ccxt.Balances; contracts: boolean },
): Balance[] {
  const wallet = contracts ? WALLETS[exchange.id] : undefined;
  if (wallet === undefined) return toBalances(place, told);
  const rows = wallet.rows(told.info);
  if (!Array.isArray(rows)) throw lacking('balance', 'wallet');
  return totalsOf(
    place,
    rows.filter(isRow).map((row) => [assetIn(exchange, row, wallet), heldIn(row, wallet)] as const),
  );
}

function assetIn(exchange: Exchange, row: Row, { asset }: Wallet): string | undefined {
  const id = asset.map((field) => word(row[field])).find((one) => one !== '');
  return exchange.safeCurrencyCode(id);
}

function heldIn(row: Row, { held = [], equity }: Wallet): string {
  const stated = held.flatMap((field) => text(row[field]) ?? [])[0];
  if (stated !== undefined) return stated;
  const [all, open] = (equity ?? []).map((field) => text(row[field]));
  if (all === undefined || open === undefined || all === null || open === null) {
    throw lacking('balance', 'wallet');
  }
  return subtract(all, open);
}

export function gapOfWallet({ id }: Exchange): string[] {
  if (id in WALLETS || WALLET_BY_CCXT.has(id)) return [];
  return [
    'whether balances hold the profit of open positions: ccxt does not say it of this exchange',
  ];
}
