/**
 * Rows of the sandbox's ledger as ours, as the product reads them over the wire.
 *
 * Invariants: figures are the ledger's own text; nothing is rounded on the way; where a market trades contracts of a
 * size, quantities are contracts, and the ledger's are units of the base.
 */
import type { Fill, Order, Position } from '../../../../workflows/domain/books/state.js';
import { canonical, isZero } from '../../../../workflows/domain/numbers/decimal.js';
import { decimal, type Decimal } from '../../../../sandbox/venues/decimal.js';
import type { EngineVenueId } from '../../../../sandbox/venues/index.js';
import type { FillEntry } from '../../../../sandbox/venues/ledger/journal.js';
import type { Order as LedgerOrder, VenueState } from '../../../../sandbox/venues/ledger/state.js';
import type { Market } from './market.js';

const ACCOUNT = 'main';

/** `sizeOf`: of a contract, by the symbol of its market. */
export interface Rows {
  account: { venue: EngineVenueId; account: string };
  sizeOf: Market['sizeOf'];
}

export function rowsAt(market: Market, venue: EngineVenueId): Rows {
  return { account: { venue, account: ACCOUNT }, sizeOf: (symbol) => market.sizeOf(symbol) };
}

function contracts({ sizeOf }: Rows, symbol: string, quantity: Decimal): string {
  return quantity.div(sizeOf(symbol)).toFixed();
}

export function orderRow(rows: Rows, order: LedgerOrder): Order {
  const { instrument, venueOrderId, clientOrderId, side, type, price, quantity, filled } = order;
  const told = (figure: Decimal) => contracts(rows, instrument.symbol, figure);
  return {
    ...rows.account,
    instrument: instrument.symbol,
    clientOrderId: clientOrderId ?? `venue:${venueOrderId}`,
    venueOrderId,
    side,
    type,
    price: price?.toFixed() ?? null,
    quantity: told(quantity),
    filled: told(filled),
    state: 'open',
    ...triggerOf(order),
  };
}

/** Of one that waits for its price. */
function triggerOf({ trigger, reduceOnly }: LedgerOrder): Partial<Order> {
  if (trigger === null || trigger.price === null) return {};
  return {
    conditional: true,
    triggerPrice: trigger.price.toFixed(),
    ...(reduceOnly && { reduceOnly }),
  };
}

export function fillRow(rows: Rows, fill: FillEntry): Fill {
  const { instrument, venueTradeId, venueOrderId, side, quantity, price, fee, feeAsset } = fill;
  const amount = canonical(fee);
  return {
    ...rows.account,
    instrument,
    tradeId: venueTradeId,
    venueOrderId,
    side,
    quantity: canonical(contracts(rows, instrument, decimal(quantity))),
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

export function positionRows(rows: Rows, state: VenueState): Position[] {
  return [...state.positions.values()]
    .filter(({ quantity }) => !quantity.isZero())
    .map(({ symbol, quantity, averagePrice }) => ({
      ...rows.account,
      instrument: symbol,
      side: 'net' as const,
      quantity: contracts(rows, symbol, quantity),
      averagePrice: averagePrice.toFixed(),
    }));
}

/** Asset → total, those that are not nothing. */
export function totalsOf(state: VenueState): [string, string][] {
  return [...state.balances]
    .filter(([, { total }]) => !total.isZero())
    .map(([asset, { total }]) => [asset, total.toFixed()]);
}
