/**
 * What rests at a venue: what works there, what waits for its price, and what nobody understands.
 *
 * Invariant: whoever reads strictly fails with the first row that may not be left.
 */
import type { MayLeave, OpenOrders, RowNotUnderstood } from '../../../../activities/ports.js';
import { readFault } from '../../../../workflows/domain/books/read-fault.js';
import type { Order } from '../../../../workflows/domain/books/state.js';
import { venueFailure } from '../../../../workflows/failure.js';
import type { EngineVenueId } from '../../../../sandbox/venues/index.js';
import type { Order as LedgerOrder } from '../../../../sandbox/venues/ledger/state.js';
import type { Market } from './market.js';
import { orderRow, type Rows } from './rows.js';

interface Resting {
  venue: EngineVenueId;
  orders: Order[];
  notUnderstood: RowNotUnderstood[];
}

/** Those that wait for their price too, wherever the venue lists them. */
export function restingAt({ sandbox }: Market, venue: EngineVenueId): LedgerOrder[] {
  return [...sandbox.core.desks[venue].state.openOrders.values()];
}

export function openAt(market: Market, rows: Rows): Resting {
  const { venue } = rows.account;
  const resting = restingAt(market, venue);
  const isStrange = ({ venueOrderId }: LedgerOrder) => market.strange.has(venueOrderId);
  return {
    venue,
    orders: resting.filter((one) => !isStrange(one)).map((one) => orderRow(rows, one)),
    notUnderstood: resting.filter(isStrange).map(strangeRow),
  };
}

/** Nor does it tell whose it is. */
function strangeRow({ instrument, venueOrderId }: LedgerOrder): RowNotUnderstood {
  return {
    instrument: instrument.symbol,
    id: venueOrderId,
    clientId: null,
    conditional: false,
    protective: false,
    why: 'its type is unknown',
  };
}

export function readOpenAt(market: Market, rows: Rows): OpenOrders {
  const { orders, notUnderstood } = openAt(market, rows);
  return { orders, protective: new Set(orders.filter(protects)), notUnderstood, unread: [] };
}

/** It waits for its price, and can only close. */
function protects({ conditional, reduceOnly }: Order): boolean {
  return conditional === true && reduceOnly === true;
}

export function strictly(
  { venue, orders, notUnderstood }: Resting,
  mayLeave: MayLeave<RowNotUnderstood> = () => false,
): Order[] {
  if (notUnderstood.every((row) => mayLeave(row))) return orders;
  const fault = readFault({ kind: 'malformed_answer', venue, what: 'open orders' });
  throw venueFailure('VenueUnreadable', fault);
}
