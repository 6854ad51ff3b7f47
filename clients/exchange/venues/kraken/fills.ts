/**
 * Fills of Kraken: the trades, and what the ledger says that each of them was charged and earned.
 *
 * Invariants: a fee, and the result of closing a margin position, are in the assets that the ledger
 * names, which may be the base or a third one; a trade that the ledger has no entry of has the fee that
 * its row tells, in quote as the venue documents, and that is said.
 */
import type { Exchange } from '../../connection/ccxt.js';
import { ccxt } from '../../connection/ccxt.js';
import type { History } from '../../../../activities/ports.js';
import { isZero } from '../../../../workflows/domain/numbers/decimal.js';
import type { Fill } from '../../../../workflows/domain/books/state.js';
import { toFill, type FillTerms } from '../../answers/parse.js';
import { readApart } from '../../answers/rows-apart.js';
import { text, word, type Row } from '../../answers/rows.js';
import { checkSettled, type Reach } from '../adapter.js';
import { bookedOf, tradesSince, type Booked } from './history.js';
import { symbolOf } from './names.js';

export async function krakenFills(reach: Reach, sinceMs: number): Promise<History<Fill>> {
  const { exchange } = reach;
  const trades = await tradesSince(exchange, sinceMs);
  const booked = await bookedFor(exchange, trades);
  const { rows, apart } = readApart(trades, {
    exchange,
    instrument: ({ pair: id }) => ({ id, symbol: symbolOf(exchange, id) }),
    read: (row) => fillOf(reach, row, booked),
  });
  const doubts = doubtsOf(rows, booked);
  return { rows: rows.filter(({ timeMs }) => timeMs >= sinceMs), fromMs: sinceMs, apart, doubts };
}

/** Null where the key may not read the ledger. */
type Books = ReadonlyMap<string, Booked> | null;

async function bookedFor(exchange: Exchange, trades: readonly Row[]): Promise<Books> {
  if (trades.length === 0) return new Map();
  try {
    return await bookedOf(exchange, Math.min(...trades.map(timeOf)));
  } catch (error) {
    if (error instanceof ccxt.PermissionDenied) return null;
    throw error;
  }
}

function idOf(row: Row): string {
  return word(row['id']);
}

function timeOf(row: Row): number {
  return Number(row['time']) * 1000;
}

function fillOf({ exchange, place }: Reach, row: Row, books: Books): Fill {
  const booked = books?.get(idOf(row));
  if (books !== null && !isWhole(row, booked)) checkSettled(exchange, timeOf(row));
  const parsed = exchange.parseTrade(row);
  const { quote } = exchange.market(parsed.symbol ?? '');
  return toFill(place, parsed, {
    fees: booked === undefined ? undefined : feesIn(booked, quote),
    ...(isMargin(row) ? { positionSide: 'net' } : {}),
    ...(isClosing(row) ? resultOf(booked, quote) : {}),
    forced: isForced(row) ? 'liquidation' : undefined,
  });
}

/** A trade moves two assets; one on margin only what it is settled in. */
function isWhole(row: Row, booked: Booked | undefined): boolean {
  return (booked?.entries ?? 0) >= (isMargin(row) ? 1 : 2);
}

/** Of nothing, where the ledger charges nothing. */
function feesIn({ fees }: Booked, quote: string): Booked['fees'] {
  return fees.length === 0 ? [{ asset: quote, amount: '0' }] : fees;
}

function isForced({ misc, ordertype }: Row): boolean {
  return /liquidat/i.test(`${String(misc)} ${String(ordertype)}`);
}

/** Null where the ledger does not say: then the balance shows a difference, which is the truth. */
function resultOf(booked: Booked | undefined, quote: unknown): FillTerms {
  const [result, ...others] = (booked?.results ?? []).filter(({ amount }) => amount !== '0');
  if (booked === undefined || others.length > 0) return { realizedPnl: null };
  if (result === undefined) return { realizedPnl: booked.results.length === 0 ? null : '0' };
  return {
    realizedPnl: result.amount,
    ...(result.asset === quote ? {} : { realizedAsset: result.asset }),
  };
}

/** A margin trade names the margin or the leverage that it used, or the position that it closes. */
function isMargin(row: Row): boolean {
  const used = ['margin', 'leverage'].some((field) => !isZero(text(row[field]) ?? '0'));
  return used || isClosing(row);
}

function isClosing(row: Row): boolean {
  return /closing|liquidat/i.test(word(row['misc']));
}

function doubtsOf(fills: readonly Fill[], books: Books): string[] {
  const untold = fills.filter(({ tradeId }) => books?.get(tradeId) === undefined).length;
  if (untold === 0) return [];
  const why =
    books === null ? 'the key may not read the ledger' : 'the ledger has no entry of them';
  return [`fees of ${untold} fills are taken for quote currency: ${why}`];
}
