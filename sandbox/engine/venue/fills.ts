/**
 * Reading all of our fills since a time, page by page, and naming them as the domain does.
 *
 * Invariant: a page that may not be the last one is never taken for it.
 */
import type { Exchange, Trade } from 'ccxt';
import { canonical, isZero } from '../../../workflows/domain/numbers/decimal.js';
import { isDerivative } from '../../../workflows/domain/books/fills.js';
import type { Fill } from '../../../workflows/domain/books/state.js';
import type { VenueName } from '../config.js';
import { krakenFees } from './kraken-fees.js';
import { text } from './text.js';

const PAGES_MAX = 1000;
const BINANCE_PAGE = 1000;
const COINBASE_PAGE = 500;
const KRAKEN_PAGE = 50;
const KRAKEN_EARLIER_MS = 1000;

interface Page {
  trades: Trade[];
  next: Record<string, unknown> | null;
}

type Query = Record<string, unknown>;
type ReadPage = (exchange: Exchange, query: Query, sinceMs: number) => Promise<Page>;

export interface FillScope {
  venue: string;
  account: string;
  instruments: readonly string[];
}

export async function readFills(
  exchange: Exchange,
  name: VenueName,
  scope: FillScope,
  sinceMs: number,
): Promise<Fill[]> {
  const readers = pageReaders(name, scope.instruments);
  const lists = await Promise.all(readers.map((read) => readAllPages(exchange, read, sinceMs)));
  const trades = lists.flat().filter((trade) => scope.instruments.includes(text(trade.symbol)));
  const feeOf =
    name === 'kraken' ? await krakenFees(exchange, trades, sinceMs - KRAKEN_EARLIER_MS) : ownFeeOf;
  return trades.map((trade) => toFill(trade, scope, feeOf(trade)));
}

async function readAllPages(exchange: Exchange, read: ReadPage, sinceMs: number): Promise<Trade[]> {
  const all: Trade[] = [];
  let query: Query | null = {};
  for (let page = 0; query !== null && page < PAGES_MAX; page += 1) {
    const answer: Page = await read(exchange, query, sinceMs);
    all.push(...answer.trades);
    query = answer.next;
  }
  return all;
}

/** Binance wants one symbol per request; the others answer for the whole account. */
function pageReaders(name: VenueName, instruments: readonly string[]): ReadPage[] {
  if (name === 'coinbase') return [readCoinbasePage];
  if (name === 'kraken') return [readKrakenPage];
  return instruments.map(readBinancePage);
}

function readBinancePage(symbol: string): ReadPage {
  return async (exchange, query, sinceMs) => {
    // Binance refuses a start time together with an id to start from.
    const since = 'fromId' in query ? undefined : sinceMs;
    const trades = await exchange.fetchMyTrades(symbol, since, BINANCE_PAGE, query);
    const newest = trades.reduce(
      (max, { id }) => (BigInt(text(id)) > max ? BigInt(text(id)) : max),
      0n,
    );
    const more = trades.length >= BINANCE_PAGE;
    return { trades, next: more ? { fromId: (newest + 1n).toString() } : null };
  };
}

const readCoinbasePage: ReadPage = async (exchange, query, sinceMs) => {
  const trades = await exchange.fetchMyTrades(undefined, sinceMs, COINBASE_PAGE, query);
  return { trades, next: cursorOf(trades) };
};

/** ccxt hides the cursor of a page in the raw form of one of its rows. */
export function cursorOf(rows: readonly { info: unknown }[]): Query | null {
  for (const { info } of rows) {
    const cursor = (info as { cursor?: unknown } | null)?.cursor;
    if (typeof cursor === 'string' && cursor !== '') return { cursor };
  }
  return null;
}

const readKrakenPage: ReadPage = async (exchange, query, sinceMs) => {
  const offset = Number(query['ofs'] ?? 0);
  // `start` is exclusive and in whole seconds: ask for one more, the caller removes duplicates.
  const trades = await exchange.fetchMyTrades(
    undefined,
    sinceMs - KRAKEN_EARLIER_MS,
    undefined,
    query,
  );
  return { trades, next: trades.length >= KRAKEN_PAGE ? { ofs: offset + trades.length } : null };
};

function toFill(trade: Trade, { venue, account }: FillScope, fee: Fill['fee']): Fill {
  const instrument = text(trade.symbol);
  return {
    venue,
    account,
    instrument,
    tradeId: text(trade.id),
    venueOrderId: trade.order === undefined ? null : text(trade.order),
    side: trade.side === 'buy' ? 'buy' : 'sell',
    quantity: canonical(text(trade.amount)),
    price: canonical(text(trade.price)),
    fee,
    realizedPnl: isDerivative(instrument) ? canonical(text(rawField(trade, 'realizedPnl'))) : null,
    timeMs: Number(text(trade.timestamp)),
  };
}

function ownFeeOf(trade: Trade): Fill['fee'] {
  const asset = trade.fee?.currency ?? rawField(trade, 'commissionAsset');
  const amount = rawField(trade, 'commission') ?? trade.fee?.cost;
  if (asset === undefined || amount === undefined) return null;
  const exact = canonical(text(amount));
  return isZero(exact) ? null : { asset: text(asset), amount: exact };
}

function rawField(trade: Trade, field: string): unknown {
  return (trade.info as Record<string, unknown> | undefined)?.[field];
}
