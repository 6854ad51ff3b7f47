/**
 * Rows of the sandbox's ledger as ours, as the product reads them over the wire.
 *
 * Invariant: figures are the ledger's own text; nothing is rounded on the way.
 */
import type { Fill, Order, Position } from '../../../../workflows/domain/books/state.js';
import { canonical, isZero } from '../../../../workflows/domain/numbers/decimal.js';
import type { FillEntry } from '../../../../sandbox/venues/ledger/journal.js';
import type { Order as LedgerOrder, VenueState } from '../../../../sandbox/venues/ledger/state.js';

interface Account {
  venue: string;
  account: string;
}

export function orderRow({ venue, account }: Account, order: LedgerOrder): Order {
  const { instrument, venueOrderId, clientOrderId, side, type, price, quantity, filled } = order;
  return {
    venue,
    account,
    instrument: instrument.symbol,
    clientOrderId: clientOrderId ?? venueOrderId,
    venueOrderId,
    side,
    type,
    price: price?.toFixed() ?? null,
    quantity: quantity.toFixed(),
    filled: filled.toFixed(),
    state: 'open',
  };
}

export function fillRow({ venue, account }: Account, fill: FillEntry): Fill {
  const { instrument, venueTradeId, venueOrderId, side, quantity, price, fee, feeAsset } = fill;
  const amount = canonical(fee);
  return {
    venue,
    account,
    instrument,
    tradeId: venueTradeId,
    venueOrderId,
    side,
    quantity: canonical(quantity),
    price: canonical(price),
    fee: isZero(amount) ? null : { asset: feeAsset, amount },
    realizedPnl: instrument.includes(':') ? canonical(fill.realizedPnl) : null,
    timeMs: fill.timeMs,
  };
}

/** Newest last; the ledger's are in that order. */
export function fillsSince({ fills }: VenueState, sinceMs: number): FillEntry[] {
  let from = fills.length;
  while (from > 0 && (fills[from - 1]?.timeMs ?? 0) >= sinceMs) from -= 1;
  return fills.slice(from);
}

export function positionRows({ venue, account }: Account, state: VenueState): Position[] {
  return [...state.positions.values()]
    .filter(({ quantity }) => !quantity.isZero())
    .map(({ symbol, quantity, averagePrice }) => ({
      venue,
      account,
      instrument: symbol,
      side: 'net' as const,
      quantity: quantity.toFixed(),
      averagePrice: averagePrice.toFixed(),
    }));
}

/** Asset → total, those that are not nothing. */
export function totalsOf(state: VenueState): [string, string][] {
  return [...state.balances]
    .filter(([, { total }]) => !total.isZero())
    .map(([asset, { total }]) => [asset, total.toFixed()]);
}
