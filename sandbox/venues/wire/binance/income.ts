/**
 * What USD-M accounts gain and lose, and the orders the venue itself made.
 *
 * Invariant: the income of all types together is what the journal did to the wallet.
 */
import type { Desk } from '../../desk.js';
import { decimal, padded } from '../../decimal.js';
import { findBySymbol } from '../../instruments.js';
import type { CashFlowEntry, CashFlowKind, FillEntry } from '../../ledger/journal.js';
import { oneOf } from '../parameters.js';
import { futuresOrder } from './orders.js';
import { DAY_MS, WEEK_MS, windowOf } from './windows.js';

const INCOME_KEPT_MS = 92 * DAY_MS;
const FLOW_TYPES: Readonly<Record<CashFlowKind, string>> = {
  funding: 'FUNDING_FEE',
  transfer: 'TRANSFER',
  interest: 'BFUSD_REWARD',
  fee: 'POSITION_LIMIT_INCREASE_FEE',
  'liquidation-fee': 'INSURANCE_CLEAR',
  allocation: 'INTERNAL_TRANSFER',
  other: 'WELCOME_BONUS',
};

export function income(desk: Desk, params: URLSearchParams) {
  const symbol = params.get('symbol');
  const type = params.get('incomeType');
  const nativeId = symbol === null ? null : desk.instrument(symbol).nativeId;
  const rows = [...desk.state.fills.flatMap(tradeRows), ...desk.state.cashFlows.map(flowRow)]
    .filter(
      (row) =>
        (nativeId === null || row.symbol === nativeId) &&
        (type ?? row.incomeType) === row.incomeType,
    )
    .sort((left, right) => left.sequence - right.sequence);
  return windowOf({
    rows,
    params,
    nowMs: desk.nowMs(),
    // Without bounds the last week; from a start on there is no end but the limit.
    terms: {
      longestMs: Infinity,
      keptMs: params.has('startTime') || params.has('endTime') ? INCOME_KEPT_MS : WEEK_MS,
      limits: [100, 1000],
    },
    idOf: (row) => String(row.tranId),
    timeOf: (row) => row.time,
  }).map(({ sequence: _sequence, ...row }) => row);
}

function flowRow(entry: CashFlowEntry) {
  const incomeType = FLOW_TYPES[entry.flow];
  return {
    sequence: entry.sequence,
    symbol: nativeIdOf(entry),
    incomeType,
    income: padded(decimal(entry.amount), 8),
    asset: entry.asset,
    time: entry.timeMs,
    info: incomeType,
    tranId: Number(entry.cashFlowId),
    tradeId: '',
  };
}

/** A fill costs its fee, in whatever asset, and gains what it closes in that of the margin. */
function tradeRows(fill: FillEntry) {
  const row = {
    sequence: fill.sequence,
    symbol: nativeIdOf(fill),
    time: fill.timeMs,
    info: fill.venueTradeId,
    tranId: Number(fill.venueTradeId),
    tradeId: fill.venueTradeId,
  };
  const fee = padded(decimal(fill.fee).negated(), 8);
  const rows = [{ ...row, asset: fill.feeAsset, incomeType: 'COMMISSION', income: fee }];
  const realized = decimal(fill.realizedPnl);
  if (realized.isZero()) return rows;
  const asset = findBySymbol(fill.venue, fill.instrument)?.quote ?? fill.feeAsset;
  return [{ ...row, asset, incomeType: 'REALIZED_PNL', income: padded(realized, 8) }, ...rows];
}

function nativeIdOf({ venue, instrument }: CashFlowEntry | FillEntry): string {
  return (instrument === null ? undefined : findBySymbol(venue, instrument)?.nativeId) ?? '';
}

const CAUSES = { LIQUIDATION: 'liquidation', ADL: 'deleveraging' } as const;

export function forcedOrders(desk: Desk, params: URLSearchParams) {
  const symbol = params.get('symbol');
  const instrument = symbol === null ? undefined : desk.instrument(symbol);
  const type = params.get('autoCloseType');
  const causes: readonly string[] =
    type === null
      ? Object.values(CAUSES)
      : [CAUSES[oneOf('autoCloseType', ['LIQUIDATION', 'ADL'], type)]];
  const rows = [...desk.state.orders.values()].filter(
    (order) =>
      causes.includes(order.origin) &&
      (instrument === undefined || order.instrument === instrument),
  );
  return windowOf({
    rows,
    params,
    nowMs: desk.nowMs(),
    terms: { longestMs: WEEK_MS, bounded: true, limits: [50, 100] },
    idOf: (order) => order.venueOrderId,
    timeOf: (order) => order.acceptedAtMs,
  }).map(futuresOrder);
}
