/**
 * Coinbase's accounts, one wallet for each asset, and what moved their balances.
 *
 * Invariant: the transactions of a wallet add up to its balance.
 */
import type { Desk } from '../../desk.js';
import { decimal, toText, type Decimal } from '../../decimal.js';
import type { VenueRequest } from '../../http/route.js';
import { findBySymbol } from '../../instruments.js';
import { signed } from '../../ledger/accounting.js';
import type { CashFlowEntry, CashFlowKind, FillEntry } from '../../ledger/journal.js';
import { balanceOf } from '../../ledger/state.js';
import { Refusal } from '../../refusal.js';
import { optionalInteger } from '../parameters.js';

const DEFAULT_PAGE = 49;
const MAX_PAGE = 250;

function accountIdOf(desk: Desk, asset: string): string {
  const index = desk.ledger.assetsOf(desk.venue).indexOf(asset);
  return `0acc0000-0000-4000-8000-${String(index).padStart(12, '0')}`;
}

/** By the cursor, which names the next asset. */
export function accounts(desk: Desk, { params }: VenueRequest) {
  const assets = desk.ledger.assetsOf(desk.venue);
  const asked = optionalInteger(params, 'limit') ?? DEFAULT_PAGE;
  const limit = Math.min(asked, MAX_PAGE, desk.mostRows);
  const first = Math.max(assets.indexOf(params.get('cursor') ?? ''), 0);
  const next = assets[first + limit];
  const rows = assets.slice(first, first + limit).map((asset) => account(desk, asset));
  return { accounts: rows, has_next: next !== undefined, cursor: next ?? '', size: rows.length };
}

function account(desk: Desk, asset: string) {
  const { total, used } = balanceOf(desk.state, asset);
  return {
    uuid: accountIdOf(desk, asset),
    name: `${asset} Wallet`,
    currency: asset,
    available_balance: { value: toText(total.minus(used)), currency: asset },
    default: true,
    active: true,
    type: asset === 'USD' ? 'ACCOUNT_TYPE_FIAT' : 'ACCOUNT_TYPE_CRYPTO',
    ready: true,
    hold: { value: toText(used), currency: asset },
    platform: 'ACCOUNT_PLATFORM_CONSUMER',
  };
}

export function olderAccounts(desk: Desk) {
  const data = desk.ledger.assetsOf(desk.venue).map((asset) => ({
    id: accountIdOf(desk, asset),
    name: `${asset} Wallet`,
    primary: false,
    type: asset === 'USD' ? 'fiat' : 'wallet',
    currency: { code: asset, name: asset, type: asset === 'USD' ? 'fiat' : 'crypto' },
    balance: { amount: toText(balanceOf(desk.state, asset).total), currency: asset },
    resource: 'account',
  }));
  return { pagination: { next_uri: null, previous_uri: null, limit: 250, order: 'desc' }, data };
}

interface Movement {
  id: string;
  sequence: number;
  timeMs: number;
  type: string;
  asset: string;
  amount: Decimal;
}

const DEFAULT_TRANSACTIONS = 25;
const MAX_TRANSACTIONS = 100;

/** Newest first; `starting_after` names the last one of the page before. */
export function transactions(desk: Desk, { tail, params }: VenueRequest) {
  const asset = desk.ledger.assetsOf(desk.venue).find((row) => accountIdOf(desk, row) === tail);
  if (asset === undefined) throw new Refusal('unknown-path', `no account ${tail}`);
  const limit = Math.min(
    optionalInteger(params, 'limit') ?? DEFAULT_TRANSACTIONS,
    MAX_TRANSACTIONS,
  );
  const rows = [
    ...desk.state.cashFlows.map(flowMovement),
    ...desk.state.fills.flatMap(fillMovements),
  ]
    .filter((row) => row.asset === asset)
    .sort((left, right) => right.timeMs - left.timeMs || right.sequence - left.sequence);
  const after = params.get('starting_after');
  const first = after === null ? 0 : rows.findIndex(({ id }) => id === after) + 1;
  const page = rows.slice(first, first + limit);
  const more = rows.length > first + limit;
  return {
    pagination: {
      limit,
      order: 'desc',
      previous_starting_after: null,
      next_starting_after: more ? page.at(-1)?.id : null,
    },
    data: page.map((row) => transaction(row, tail)),
  };
}

const FLOW_TYPES: Readonly<Record<Exclude<CashFlowKind, 'transfer'>, string>> = {
  funding: 'derivatives_settlement',
  interest: 'interest',
  fee: 'subscription',
  'liquidation-fee': 'subscription',
  allocation: 'vault_withdrawal',
  other: 'incentives_rewards_payout',
};

function flowMovement(entry: CashFlowEntry): Movement {
  const { cashFlowId: id, sequence, timeMs, asset, flow } = entry;
  const amount = decimal(entry.amount);
  const fiat = amount.isNegative() ? 'fiat_withdrawal' : 'fiat_deposit';
  const transferType = asset === 'USD' ? fiat : 'send';
  const type = flow === 'transfer' ? transferType : FLOW_TYPES[flow];
  return { id, sequence, timeMs, type, asset, amount };
}

/** A fill moves both wallets of its product, and is listed in both. */
function fillMovements(fill: FillEntry): Movement[] {
  const instrument = findBySymbol(fill.venue, fill.instrument);
  if (!instrument) return [];
  const { sequence, timeMs, venueTradeId } = fill;
  const change = signed(fill.side, decimal(fill.quantity));
  const paid = change.times(fill.price).plus(fill.fee).negated();
  const row = { sequence, timeMs, type: 'advanced_trade_fill' };
  const idOf = (leg: string) => venueTradeId.replace('7dade000', leg);
  return [
    { ...row, id: idOf('7dade0ba'), asset: instrument.base, amount: change },
    { ...row, id: idOf('7dade0c0'), asset: instrument.quote, amount: paid },
  ];
}

function transaction({ id, type, asset, amount, timeMs }: Movement, accountId: string) {
  const moved = { amount: toText(amount), currency: asset };
  const time = new Date(timeMs).toISOString();
  return {
    id,
    type,
    status: 'completed',
    amount: moved,
    native_amount: moved,
    created_at: time,
    updated_at: time,
    resource: 'transaction',
    resource_path: `/v2/accounts/${accountId}/transactions/${id}`,
    ...(type === 'send' ? { network: { status: 'confirmed', transaction_amount: moved } } : {}),
  };
}
