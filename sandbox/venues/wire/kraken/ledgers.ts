/**
 * Kraken's ledger entries: every change of a balance, with the balance after it.
 *
 * Invariant: it is a fold over the journal, so its newest entry of an asset ends with the ledger's
 * balance.
 */
import { decimal, padded, ZERO, type Decimal } from '../../decimal.js';
import type { Desk } from '../../desk.js';
import type { VenueRequest } from '../../http/route.js';
import { findBySymbol, type Instrument } from '../../instruments.js';
import type { CashFlowEntry, FillEntry, JournalEntry } from '../../ledger/journal.js';
import { signed } from '../../ledger/accounting.js';
import { pageOf, windowFilter } from './paging.js';
import { assetNames, isMargin, tradeEntryId } from './names.js';

interface Change {
  asset: string;
  type: string;
  subtype?: string;
  refid: string;
  amount: Decimal;
  fee: Decimal;
}

/** Most entries of one trade: both assets, and the coin that pays its fee. */
const LEGS = 3;

interface Row {
  id: string;
  timeMs: number;
  entry: { asset: string; type: string };
}

export function ledgers(desk: Desk, { params }: VenueRequest) {
  const inWindow = windowFilter(params);
  const type = params.get('type') ?? 'all';
  const assets = params.get('asset')?.split(',');
  const rows = rowsOf(desk)
    .filter(
      ({ timeMs, entry }) =>
        inWindow(timeMs) &&
        (type === 'all' || entry.type === type) &&
        (assets === undefined || assets.includes('all') || assets.includes(entry.asset)),
    )
    .toSorted((left, right) => right.timeMs - left.timeMs);
  const page = pageOf(rows, params).map(({ id, entry }) => [id, entry] as const);
  return { ledger: Object.fromEntries(page), count: rows.length };
}

/** The last recorded first. */
function rowsOf(desk: Desk): Row[] {
  const balances = new Map<string, Decimal>();
  // An as-of read shows an earlier state, and the journal must end with it.
  const entries = desk.ledger
    .entriesAfter(0)
    .filter((entry) => entry.venue === desk.venue && entry.sequence <= desk.ledger.sequence);
  const rows = entries.flatMap((entry) =>
    changesOf(entry).map((change, leg) => {
      const { asset, amount, fee } = change;
      const balance = (balances.get(asset) ?? ZERO).plus(amount).minus(fee);
      balances.set(asset, balance);
      const id =
        entry.kind === 'cash-flow' ? entry.cashFlowId : tradeEntryId(entry.sequence * LEGS + leg);
      return { id, timeMs: entry.timeMs, entry: wordChange(change, balance, entry.timeMs) };
    }),
  );
  return rows.toReversed();
}

function wordChange({ asset, type, ...change }: Change, balance: Decimal, timeMs: number) {
  const { id, places } = assetNames(asset);
  return {
    refid: change.refid,
    time: timeMs / 1000,
    type,
    subtype: change.subtype ?? '',
    aclass: 'currency',
    asset: id,
    amount: padded(change.amount, places),
    fee: padded(change.fee, places),
    balance: padded(balance, places),
  };
}

function changesOf(entry: JournalEntry): Change[] {
  if (entry.kind === 'cash-flow') return [changeOfFlow(entry)];
  return entry.kind === 'fill' ? changesOfFill(entry) : [];
}

function changeOfFlow(flow: CashFlowEntry): Change {
  const amount = decimal(flow.amount);
  return { asset: flow.asset, ...typeOfFlow(flow), refid: flow.cashFlowId, amount, fee: ZERO };
}

/** What is in a rewards wallet moves there and back by itself, and earns there. */
const EARNS = /\.F$/;

function typeOfFlow({ flow, asset, amount }: CashFlowEntry): { type: string; subtype?: string } {
  switch (flow) {
    case 'allocation':
      return { type: 'earn', subtype: 'autoallocation' };
    case 'transfer':
      return { type: decimal(amount).isNegative() ? 'withdrawal' : 'deposit' };
    case 'interest':
      return EARNS.test(asset) ? { type: 'earn', subtype: 'reward' } : { type: 'rollover' };
    case 'funding':
      return { type: 'rollover' };
    case 'liquidation-fee':
      return { type: 'margin', subtype: 'liquidation' };
    case 'fee':
    case 'other':
      return { type: 'adjustment' };
  }
}

/** Each entry with the fee in its own asset; what pays for none of them has an entry of its own. */
function changesOfFill(fill: FillEntry): Change[] {
  const instrument = findBySymbol(fill.venue, fill.instrument);
  if (!instrument) return [];
  const type = isMargin(instrument) ? 'margin' : 'trade';
  const legs = movedBy(fill, instrument);
  const paid = legs.some(({ asset }) => asset === fill.feeAsset);
  const all = paid ? legs : [...legs, { asset: fill.feeAsset, amount: ZERO }];
  return all.map((leg) => {
    const fee = leg.asset === fill.feeAsset ? decimal(fill.fee) : ZERO;
    return { ...leg, type, refid: fill.venueTradeId, fee };
  });
}

/** A spot trade moves both assets; one on margin only settles what it earned. */
function movedBy(fill: FillEntry, instrument: Instrument): Pick<Change, 'asset' | 'amount'>[] {
  const { base, quote } = instrument;
  if (isMargin(instrument)) return [{ asset: quote, amount: decimal(fill.realizedPnl) }];
  const amount = signed(fill.side, decimal(fill.quantity));
  return [
    { asset: base, amount },
    { asset: quote, amount: amount.times(fill.price).negated() },
  ];
}
