/**
 * Fills of Kraken Futures, and what moves its balances beside them.
 *
 * Invariants: fills come from the fills, fees and results from the account log, which alone knows
 * what was charged; ccxt's fee is a guess from a list price. A row that the log lacks has no fee.
 */
import type { History } from '../../../../activities/ports.js';
import { add, subtract } from '../../../../workflows/domain/numbers/decimal.js';
import { settlementAsset } from '../../../../workflows/domain/books/instruments.js';
import type { CashFlow, Fill } from '../../../../workflows/domain/books/state.js';
import { id, isoMs, listAt, name, number, text, tradeSide, type Row } from '../../answers/rows.js';
import { isListed } from '../../connection/markets.js';
import { meaningOf, unsigned } from '../../answers/guards.js';
import { readApart } from '../../answers/rows-apart.js';
import { call, checkSettled, type Reach } from '../adapter.js';
import { allRows, tooManyPages } from '../pages.js';

const FILLS_PAGE = 100;
/** As many rows as cost no more than fifty-one. */
const LOG_PAGE = 1000;
/** The log may be written a little before the fill it is about. */
const LOG_EARLIER_MS = 5_000;

export async function krakenFuturesFills(reach: Reach, sinceMs: number): Promise<History<Fill>> {
  const rows = (await fillRows(reach, sinceMs)).filter(
    (row) => isoMs('fill', row['fillTime']) >= sinceMs,
  );
  const oldestMs = Math.min(...rows.map((row) => isoMs('fill', row['fillTime'])));
  const log = rows.length === 0 ? [] : await accountLog(reach, oldestMs - LOG_EARLIER_MS);
  const booked = new Map(log.filter(isCash).map((row) => [String(row['execution']), row]));
  const { rows: fills, apart } = readApart(rows, {
    exchange: reach.exchange,
    instrument: ({ symbol }) => ({ id: symbol, symbol: reach.exchange.safeSymbol(String(symbol)) }),
    read: (row) => toFill(reach, row, booked),
  });
  return { rows: fills, fromMs: sinceMs, apart };
}

/** The newest hundred, then those before the oldest of them: the venue knows no "since". */
async function fillRows({ exchange }: Reach, sinceMs: number): Promise<Row[]> {
  const { rows } = await allRows({
    what: 'fills',
    first: {},
    keyOf: (row) => name('fill', 'id', row['fill_id']),
    stuck: () => tooManyPages('fills'),
    read: async (before: object) => {
      const found = listAt(await call(exchange, 'privateGetFills', before), 'fills');
      return { rows: found, next: found.length < FILLS_PAGE ? null : fillsBefore(found, sinceMs) };
    },
  });
  return rows;
}

function fillsBefore(page: readonly Row[], sinceMs: number): object | null {
  // Where the page ends, which a stray older row in it must not move.
  const endsAtMs = isoMs('fill', page.at(-1)?.['fillTime']);
  // Of fills within one millisecond some may stand on the next page: ask from just after them.
  return endsAtMs < sinceMs ? null : { lastFillTime: new Date(endsAtMs + 1).toISOString() };
}

function toFill({ exchange, place }: Reach, row: Row, booked: ReadonlyMap<string, Row>): Fill {
  const tradeId = name('fill', 'id', row['fill_id']);
  const timeMs = isoMs('fill', row['fillTime']);
  const cash = booked.get(tradeId);
  if (cash === undefined) checkSettled(exchange, timeMs);
  const forced = meaningOf({ kind: 'fill', field: 'fillType' }, row['fillType'], FILL_TYPES);
  const instrument = name('fill', 'symbol', exchange.safeSymbol(row['symbol'] as string));
  return {
    ...place,
    instrument,
    tradeId,
    venueOrderId: typeof row['order_id'] === 'string' ? row['order_id'] : null,
    side: tradeSide('fill', row['side']),
    quantity: unsigned('fill', 'amount', row['size']),
    price: number('fill', 'price', row['price']),
    ...chargedBy(exchange, instrument, cash),
    timeMs,
    ...(forced === 'ours' ? {} : { forced }),
  };
}

/** A fee and a result are in the asset of the log's row, which need not be that of the contract. */
function chargedBy(exchange: Reach['exchange'], instrument: string, cash: Row | undefined) {
  if (cash === undefined) return { fee: null, realizedPnl: null };
  const asset = assetOf(exchange, cash['asset']);
  const amount = feesOf(cash);
  return {
    fee: amount === null ? null : { asset, amount },
    realizedPnl: text(cash['realized_pnl']) ?? '0',
    ...(asset === settlementAsset(instrument) ? {} : { realizedAsset: asset }),
  };
}

/** Null where none of them is told. */
function feesOf(row: Row): string | null {
  const fees = FEES.flatMap((field) => text(row[field]) ?? []);
  return fees.length === 0 ? null : fees.reduce(add);
}

const FEES = ['fee', 'liquidation_fee', 'conversion_fee'];

/**
 * All that the venue documents. An assignment gives a position to another trader, as an unwinding does
 * against one.
 */
const FILL_TYPES: Readonly<Record<string, NonNullable<Fill['forced']> | 'ours'>> = {
  maker: 'ours',
  taker: 'ours',
  takerAfterEdit: 'ours',
  liquidation: 'liquidation',
  assignor: 'liquidation',
  assignee: 'deleveraging',
  unwindBankrupt: 'deleveraging',
  unwindCounterparty: 'deleveraging',
};

/** Oldest first, from id to id: the ids of the log rise. */
async function accountLog({ exchange }: Reach, sinceMs: number): Promise<Row[]> {
  const { rows } = await allRows({
    what: 'account-log',
    first: {},
    keyOf: (row) => id('cash flow', 'id', row['id']),
    stuck: () => tooManyPages('account-log'),
    read: async (from: object) => {
      const asked = { since: Math.max(0, sinceMs), sort: 'asc', count: LOG_PAGE, ...from };
      const found = listAt(await call(exchange, 'historyGetAccountLog', asked), 'logs');
      const last = found.at(-1);
      return { rows: found, next: found.length < LOG_PAGE ? null : { from: Number(last?.['id']) } };
    },
  });
  return rows;
}

/** Every trade has a row for the cash, and one for the contract. */
function isCash(row: Row): boolean {
  return typeof row['asset'] === 'string' && row['asset'] !== row['contract'];
}

export async function krakenFuturesFlows(
  reach: Reach,
  sinceMs: number,
): Promise<History<CashFlow>> {
  const rows = (await accountLog(reach, sinceMs)).filter(isCash);
  return { rows: rows.flatMap((row) => toFlow(reach, row) ?? []), fromMs: sinceMs };
}

/** Of a trade only the funding that it realised; the rest is the fill's. */
function toFlow({ exchange, place }: Reach, row: Row): CashFlow | undefined {
  const info = name('cash flow', 'info', row['info']);
  const isTrade = typeof row['execution'] === 'string' && row['execution'] !== '';
  const amount = isTrade
    ? (text(row['realized_funding']) ?? '0')
    : subtract(
        number('cash flow', 'new_balance', row['new_balance']),
        number('cash flow', 'old_balance', row['old_balance']),
      );
  if (amount === '0') return undefined;
  const contract = row['contract'];
  const isFunding = isTrade || /funding/.test(info);
  return {
    ...place,
    id: id('cash flow', 'id', row['id']),
    kind: isFunding ? 'funding' : kindOf(info),
    asset: assetOf(exchange, row['asset']),
    amount,
    instrument: typeof contract === 'string' ? listedAs(exchange, contract.toUpperCase()) : null,
    timeMs: isoMs('cash flow', row['date']),
  };
}

/** Null where it is not listed: then it has no name of ours. */
function listedAs(exchange: Reach['exchange'], contract: string): string | null {
  const symbol = exchange.safeSymbol(contract);
  return symbol !== undefined && isListed(exchange, symbol) ? symbol : null;
}

function kindOf(info: string): CashFlow['kind'] {
  if (/transfer|deposit|withdraw|conversion/i.test(info)) return 'transfer';
  if (/interest/i.test(info)) return 'interest';
  return /fee/i.test(info) ? 'fee' : 'other';
}

function assetOf(exchange: Reach['exchange'], asset: unknown): string {
  const given = name('cash flow', 'asset', asset);
  return name('cash flow', 'asset', exchange.safeCurrencyCode(given.toUpperCase()));
}
