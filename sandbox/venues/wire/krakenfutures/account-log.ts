/**
 * Kraken Futures' account log: every change of a balance or position, with what it was before and
 * after.
 *
 * Invariant: it is a fold over the journal, so its newest balance is the ledger's.
 */
import { decimal, ZERO, type Decimal } from '../../decimal.js';
import type { Desk } from '../../desk.js';
import type { VenueRequest } from '../../http/route.js';
import { findBySymbol, type VenueId } from '../../instruments.js';
import type {
  CashFlowEntry,
  CashFlowKind,
  FillEntry,
  JournalEntry,
  OrderOrigin,
} from '../../ledger/journal.js';
import { signed } from '../../ledger/accounting.js';
import { oneOf, optionalInteger } from '../parameters.js';
import { ACCOUNT_UID } from './orders.js';
import { assetId, isoTime, jsonNumber } from './words.js';

const PAGE = 500;
const MOST = 100_000;

interface LogRow {
  id: number;
  date: string;
  info: string;
  [field: string]: string | number | null;
}

const FLOWS: Readonly<Record<CashFlowKind, string>> = {
  funding: 'funding rate change',
  transfer: 'cross-exchange transfer',
  interest: 'interest payment',
  fee: 'kfee applied',
  'liquidation-fee': 'covered liquidation',
  allocation: 'cross-exchange transfer',
  other: 'admin transfer',
};

const TRADES: Readonly<Record<OrderOrigin, string>> = {
  client: 'futures trade',
  liquidation: 'futures liquidation',
  deleveraging: 'futures unwind counterparty',
  settlement: 'settlement',
};

export function accountLog(desk: Desk, { params }: VenueRequest) {
  const sinceMs = optionalInteger(params, 'since') ?? 0;
  const beforeMs = optionalInteger(params, 'before') ?? Infinity;
  const fromId = optionalInteger(params, 'from') ?? 0;
  const toId = optionalInteger(params, 'to') ?? Infinity;
  const sort = oneOf('sort', ['asc', 'desc'], params.get('sort') ?? 'desc');
  const count = Math.min(optionalInteger(params, 'count') ?? PAGE, MOST);
  const wanted = rowsOf(desk).filter(
    ({ id, date, info }) =>
      (params.get('info') ?? info) === info &&
      id >= fromId &&
      id <= toId &&
      Date.parse(date) >= sinceMs &&
      Date.parse(date) < beforeMs,
  );
  const logs = (sort === 'asc' ? wanted : wanted.toReversed()).slice(0, count);
  return { accountUid: ACCOUNT_UID, logs };
}

/** Oldest first. */
function rowsOf(desk: Desk): LogRow[] {
  const book = new Book(desk);
  // An as-of read shows an earlier state, and the journal must end with it.
  const entries = desk.ledger
    .entriesAfter(0)
    .filter((entry) => entry.venue === desk.venue && entry.sequence <= desk.ledger.sequence);
  return entries.flatMap((entry) => book.record(entry));
}

function contractOf(venue: VenueId, symbol: string): string {
  return findBySymbol(venue, symbol)?.nativeId.toLowerCase() ?? symbol;
}

class Book {
  readonly #desk: Desk;
  readonly #held = new Map<string, Decimal>();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  record(entry: JournalEntry): LogRow[] {
    if (entry.kind === 'cash-flow') return [this.#flow(entry)];
    return entry.kind === 'fill' ? this.#fill(entry) : [];
  }

  #flow(flow: CashFlowEntry): LogRow {
    const amount = decimal(flow.amount);
    const funding =
      flow.flow === 'funding'
        ? {
            realized_funding: jsonNumber(amount),
            funding_rate: Number(flow.rate),
            mark_price: Number(flow.markPrice),
          }
        : {};
    return this.#row(flow, 0, {
      ...this.#change(assetId(flow.asset).toLowerCase(), amount),
      ...funding,
      info: FLOWS[flow.flow],
      contract: flow.instrument === null ? null : contractOf(flow.venue, flow.instrument),
      booking_uid: flow.cashFlowId,
    });
  }

  /** A fill changes the cash and the position, each in a row of its own. */
  #fill(fill: FillEntry): LogRow[] {
    const { origin } = this.#desk.find({ venueOrderId: fill.venueOrderId });
    const contract = contractOf(fill.venue, fill.instrument);
    const terms = {
      info: TRADES[origin],
      contract,
      execution: fill.venueTradeId,
      trade_price: jsonNumber(decimal(fill.price)),
      mark_price: jsonNumber(decimal(fill.price)),
    };
    const cash = decimal(fill.realizedPnl).minus(fill.fee);
    return [
      this.#row(fill, 0, {
        ...this.#change(assetId(fill.feeAsset).toLowerCase(), cash),
        ...terms,
        fee: jsonNumber(decimal(fill.fee)),
        realized_pnl: jsonNumber(decimal(fill.realizedPnl)),
      }),
      this.#row(fill, 1, {
        ...this.#change(contract, signed(fill.side, decimal(fill.quantity))),
        ...terms,
      }),
    ];
  }

  #change(asset: string, amount: Decimal) {
    const before = this.#held.get(asset) ?? ZERO;
    const after = before.plus(amount);
    this.#held.set(asset, after);
    return { asset, old_balance: jsonNumber(before), new_balance: jsonNumber(after) };
  }

  #row(
    entry: JournalEntry,
    leg: 0 | 1,
    row: Pick<LogRow, 'info'> & Omit<Partial<LogRow>, 'id' | 'date'>,
  ): LogRow {
    const id = entry.sequence * 2 + leg;
    return {
      contract: null,
      execution: null,
      fee: null,
      funding_rate: null,
      mark_price: null,
      realized_funding: null,
      realized_pnl: null,
      trade_price: null,
      margin_account: 'flex',
      booking_uid: `b0000000-0000-4000-8000-${id.toString(16).padStart(12, '0')}`,
      ...row,
      id,
      date: isoTime(entry.timeMs),
    };
  }
}
