/**
 * Binance's wallet history: deposits and withdrawals, which are the transfers of the spot account.
 */
import type { Desk } from '../../desk.js';
import { decimal, toText } from '../../decimal.js';
import type { Route, VenueRequest } from '../../http/route.js';
import type { CashFlowEntry } from '../../ledger/journal.js';
import { optionalInteger } from '../parameters.js';
import { DAY_MS, windowOf } from './windows.js';

const QUARTER_MS = 90 * DAY_MS;
const DONE = { deposit: 1, withdrawal: 6 } as const;

export function transferRoutes(desk: Desk): Route[] {
  const read = { method: 'GET', endpoint: 'cashFlows', signed: true } as const;
  return [
    {
      ...read,
      path: '/sapi/v1/capital/deposit/hisrec',
      handle: (request) => ({ body: history(desk, request, 1).map(deposit) }),
    },
    {
      ...read,
      path: '/sapi/v1/capital/withdraw/history',
      handle: (request) => ({ body: history(desk, request, -1).map(withdrawal) }),
    },
    // Between the wallets of one account: here every account has one wallet.
    {
      ...read,
      path: '/sapi/v1/asset/transfer',
      handle: () => ({ body: { total: 0, rows: [] } }),
    },
  ];
}

/** Newest first; without bounds the last 90 days, which is also the most that bounds may span. */
function history(desk: Desk, { params }: VenueRequest, sign: 1 | -1): CashFlowEntry[] {
  const coin = params.get('coin');
  const rows = desk.state.cashFlows.filter(
    ({ flow, asset, amount }) =>
      flow === 'transfer' && (coin ?? asset) === asset && decimal(amount).s === sign,
  );
  const page = windowOf({
    rows,
    params,
    nowMs: desk.nowMs(),
    terms: { longestMs: QUARTER_MS, bounded: true, limits: [1000, 1000] },
    idOf: (row) => row.cashFlowId,
    timeOf: (row) => row.timeMs,
  });
  return page.toReversed().slice(optionalInteger(params, 'offset') ?? 0);
}

function commonFields({ asset, amount, cashFlowId }: CashFlowEntry) {
  return {
    id: cashFlowId,
    amount: toText(decimal(amount).abs()),
    coin: asset,
    network: 'ETH',
    address: '0x0000000000000000000000000000000000000000',
    addressTag: '',
    txId: `0x${cashFlowId}`,
    transferType: 0,
    walletType: 0,
  };
}

function deposit(entry: CashFlowEntry) {
  return {
    ...commonFields(entry),
    status: DONE.deposit,
    insertTime: entry.timeMs,
    completeTime: entry.timeMs,
    confirmTimes: '12/12',
    unlockConfirm: 12,
  };
}

/** Told to the second and no finer. */
function withdrawal(entry: CashFlowEntry) {
  const time = new Date(entry.timeMs).toISOString().slice(0, 19).replace('T', ' ');
  return {
    ...commonFields(entry),
    status: DONE.withdrawal,
    transactionFee: '0',
    applyTime: time,
    completeTime: time,
    info: '',
    confirmNo: 12,
  };
}
