/**
 * Fills of Bybit: its executions, which hold funding and settlements too.
 *
 * Invariants: every type of execution is asked for and told apart, and one that nobody has read fails
 * by its name; fees and results are in the asset that a row states, of the execution or of the log.
 */
import type { History, RowApart } from '../../../../activities/ports.js';
import type { Fill } from '../../../../workflows/domain/books/state.js';
import { meaningOf, type Fee } from '../../answers/guards.js';
import type { Exchange } from '../../connection/ccxt.js';
import { toFill } from '../../answers/parse.js';
import { readApart, type Apart } from '../../answers/rows-apart.js';
import { isRow, name, listAt, number, recordAt, text, word, type Row } from '../../answers/rows.js';
import { call, type Reach } from '../adapter.js';
import pMap from 'p-map';
import { sideOf } from './orders.js';
import {
  BYBIT_READ_MS,
  categoriesOf,
  marketIn,
  rowsOf,
  symbolIn,
  weeksSince,
  type Category,
} from './lists.js';
import { isOfFill, logRows } from './log.js';

const PAGE = 100;

export async function bybitFills(reach: Reach, sinceMs: number): Promise<History<Fill>> {
  const fromMs = Math.max(sinceMs, reach.exchange.milliseconds() - BYBIT_READ_MS);
  const fills: Fill[] = [];
  const apart: RowApart[] = [];
  for (const category of categoriesOf(reach.instruments)) {
    const found = await fillsIn(reach, category, fromMs);
    fills.push(...found.rows);
    apart.push(...found.apart);
  }
  return { rows: fills.filter(({ timeMs }) => timeMs >= fromMs), fromMs, apart };
}

async function fillsIn(reach: Reach, category: Category, fromMs: number): Promise<Apart<Fill>> {
  const { exchange } = reach;
  const given: Row[] = [];
  for (const week of weeksSince(fromMs, exchange.milliseconds())) {
    const page = await rowsOf(exchange, {
      method: 'privateGetV5ExecutionList',
      asked: { category, ...week },
      limit: PAGE,
      keyOf: (row) => `${word(row['symbol'])}|${word(row['execId'])}|${word(row['side'])}`,
    });
    given.push(...page);
  }
  const trades = given.filter(({ execType }) => !CASH.has(word(execType)));
  const booked = await bookedIn(reach, category, trades);
  const hedged = await hedgedIn(reach, category, trades);
  return readApart(trades, {
    exchange,
    instrument: (row) => ({ id: row['symbol'], symbol: symbolIn(exchange, row, category) }),
    read: (row) => {
      const isHedged = hedged.has(word(row['symbol']));
      return fillOf(reach, row, { category, log: booked.get(keyOf(row)), isHedged });
    },
  });
}

/** Contracts in hedge mode: asked for by name, it tells both of their sides, also where nothing is held. */
async function hedgedIn({ exchange }: Reach, category: Category, trades: readonly Row[]) {
  const symbols = category === 'spot' ? [] : [...new Set(trades.map((row) => word(row['symbol'])))];
  const found = await pMap(
    symbols,
    async (symbol) => {
      const asked = { category, symbol };
      const answer = await call(exchange, 'privateGetV5PositionList', asked);
      const rows = listAt(recordAt(answer, 'result'), 'list');
      return rows.some((row) => sideOf(row) !== undefined) ? [symbol] : [];
    },
    { concurrency: AT_ONCE },
  );
  return new Set(found.flat());
}

const AT_ONCE = 4;

/** Of a hedge, what closes takes from the other side than what opens. */
function sideTold(row: Row, isHedged: boolean): 'long' | 'short' | undefined {
  const closed = text(row['closedSize']);
  if (!isHedged || closed === null) return undefined;
  return (row['side'] === 'Buy') === (closed === '0') ? 'long' : 'short';
}

/** They move cash and no position; the log tells them. */
const CASH = new Set(['Funding', 'Settle', 'SessionSettlePnL']);
/** How the venue forced it; a delivery ends a position as a liquidation does. */
const TYPES: Readonly<Record<string, NonNullable<Fill['forced']> | 'ours'>> = {
  Trade: 'ours',
  BlockTrade: 'ours',
  MovePosition: 'ours',
  FutureSpread: 'ours',
  AdlTrade: 'deleveraging',
  BustTrade: 'liquidation',
  Delivery: 'liquidation',
};

const keyOf = (row: Row) => `${word(row['symbol'])}|${word(row['execId'] ?? row['tradeId'])}`;

/** Of contracts the log states the result, and in what; of spot there is none. */
async function bookedIn({ exchange }: Reach, category: Category, trades: readonly Row[]) {
  if (category === 'spot' || trades.length === 0) return new Map<string, Row>();
  const fromMs = Math.min(...trades.map((row) => Number(row['execTime'])));
  const log = (await logRows(exchange, fromMs, { category })).filter(isOfFill);
  return new Map(log.map((row) => [`${word(row['symbol'])}|${word(row['tradeId'])}`, row]));
}

interface Booked {
  category: Category;
  log: Row | undefined;
  isHedged: boolean;
}

function fillOf({ exchange, place }: Reach, row: Row, { category, log, isHedged }: Booked): Fill {
  const market = marketIn(exchange, row, category);
  const booked = word(log?.['currency']);
  const settle = booked === '' ? market.settle : exchange.safeCurrencyCode(booked);
  return toFill(place, exchange.parseTrade(row, market), {
    fees: feesIn(exchange, row, settle),
    realizedPnl: category === 'spot' ? null : (text(log?.['cashFlow']) ?? text(row['execPnl'])),
    realizedAsset: settle,
    positionSide: sideTold(row, isHedged),
    forced: forcedBy(row),
  });
}

/** Contracts are charged in what they settle in, which the log or the list of instruments states. */
function feesIn(exchange: Exchange, row: Row, settle: string | undefined): Fee[] {
  const stated = word(row['feeCurrency']);
  const asset = stated === '' ? settle : exchange.safeCurrencyCode(stated);
  const amount = text(row['execFee']);
  const fee = asset === undefined || amount === null ? [] : [{ asset, amount }];
  return [...fee, ...extraFeesIn(exchange, row)];
}

/** Taxes of some countries; a list, or one written as text. */
function extraFeesIn(exchange: Exchange, { extraFees }: Row): Fee[] {
  const told: unknown =
    typeof extraFees === 'string' && extraFees !== '' ? JSON.parse(extraFees) : extraFees;
  const rows = Array.isArray(told) ? told.filter(isRow) : [];
  return rows.map((row) => ({
    asset: name('fill', 'fee', exchange.safeCurrencyCode(word(row['feeCoin']))),
    amount: number('fill', 'fee', row['fee']),
  }));
}

/** Takeovers and deleveragings may come as plain trades of an order that the venue has made. */
function forcedBy(row: Row): Fill['forced'] {
  const how = meaningOf({ kind: 'fill', field: 'execType' }, row['execType'], TYPES);
  const made = word(row['createType']);
  if (/Adl/i.test(made)) return 'deleveraging';
  if (/Liq|TakeOver/i.test(made)) return 'liquidation';
  return how === 'ours' ? undefined : how;
}
