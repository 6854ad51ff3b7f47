// The fold: one journal entry onto the state. Invariant: nothing else changes the state, and it reads
// nothing but the entry and the state, so any prefix of the journal gives the state as of its time.
import { decimal, ZERO, type Decimal } from '../decimal.js';
import { findBySymbol, type Instrument, type VenueId } from '../instruments.js';
import { holdOf, positionAfter, positionMargin, signed } from './accounting.js';
import type {
  FillEntry,
  JournalEntry,
  OrderAcceptedEntry,
  OrderCancelledEntry,
} from './journal.js';
import { positionOf, remainingOf, type LedgerState, type Order, type VenueState } from './state.js';

export function applyEntry(state: LedgerState, entry: JournalEntry): void {
  const venue = state.venues[entry.venue];
  switch (entry.kind) {
    case 'transfer':
      credit(venue, entry.asset, decimal(entry.amount));
      break;
    case 'order-accepted':
      acceptOrder(venue, entry);
      break;
    case 'order-cancelled':
      cancelOrder(venue, entry);
      break;
    case 'fill':
      applyFill(venue, entry);
      break;
  }
  state.sequence = entry.sequence;
  state.timeMs = entry.timeMs;
}

function account(venue: VenueState, asset: string) {
  const existing = venue.balances.get(asset);
  if (existing) return existing;
  const created = { total: ZERO, used: ZERO };
  venue.balances.set(asset, created);
  return created;
}

function credit(venue: VenueState, asset: string, amount: Decimal): void {
  const balance = account(venue, asset);
  balance.total = balance.total.plus(amount);
}

function changeHold(venue: VenueState, order: Order, quantity: Decimal): void {
  const hold = holdOf(order, quantity);
  const balance = account(venue, hold.asset);
  balance.used = balance.used.plus(hold.amount);
}

function requireInstrument(venue: VenueId, symbol: string): Instrument {
  const instrument = findBySymbol(venue, symbol);
  if (!instrument) throw new Error(`Journal names ${symbol}, which ${venue} does not trade`);
  return instrument;
}

function requireOrder(venue: VenueState, venueOrderId: string): Order {
  const order = venue.orders.get(venueOrderId);
  if (!order) throw new Error(`Journal names order ${venueOrderId}, which was never accepted`);
  return order;
}

function acceptOrder(venue: VenueState, entry: OrderAcceptedEntry): void {
  const order: Order = {
    sequence: entry.sequence,
    venueOrderId: entry.venueOrderId,
    clientOrderId: entry.clientOrderId,
    instrument: requireInstrument(entry.venue, entry.instrument),
    side: entry.side,
    type: entry.type,
    price: entry.price === null ? null : decimal(entry.price),
    quantity: decimal(entry.quantity),
    timeInForce: entry.timeInForce,
    postOnly: entry.postOnly,
    reduceOnly: entry.reduceOnly,
    acceptedAtMs: entry.timeMs,
    fills: [],
    updatedAtMs: entry.timeMs,
    filled: ZERO,
    cost: ZERO,
    fees: ZERO,
    status: 'open',
    cancelReason: null,
  };
  venue.orders.set(order.venueOrderId, order);
  venue.openOrders.set(order.venueOrderId, order);
  if (order.clientOrderId !== null) venue.byClientOrderId.set(order.clientOrderId, order);
  changeHold(venue, order, order.quantity);
}

function cancelOrder(venue: VenueState, entry: OrderCancelledEntry): void {
  const order = requireOrder(venue, entry.venueOrderId);
  changeHold(venue, order, remainingOf(order).negated());
  order.status = 'cancelled';
  order.cancelReason = entry.reason;
  order.updatedAtMs = entry.timeMs;
  venue.openOrders.delete(order.venueOrderId);
}

function applyFill(venue: VenueState, entry: FillEntry): void {
  const order = requireOrder(venue, entry.venueOrderId);
  const quantity = decimal(entry.quantity);
  const price = decimal(entry.price);
  changeHold(venue, order, quantity.negated());
  order.filled = order.filled.plus(quantity);
  order.cost = order.cost.plus(price.times(quantity));
  order.fees = order.fees.plus(decimal(entry.fee));
  order.updatedAtMs = entry.timeMs;
  order.fills.push(entry);
  if (order.filled.eq(order.quantity)) {
    order.status = 'filled';
    venue.openOrders.delete(order.venueOrderId);
  }
  venue.fills.push(entry);
  credit(venue, entry.feeAsset, decimal(entry.fee).negated());
  if (order.instrument.kind === 'spot') settleSpot(venue, order, entry);
  else settlePerpetual(venue, order, entry);
}

function settleSpot(venue: VenueState, order: Order, entry: FillEntry): void {
  const change = signed(entry.side, decimal(entry.quantity));
  credit(venue, order.instrument.base, change);
  credit(venue, order.instrument.quote, change.times(decimal(entry.price)).negated());
}

function settlePerpetual(venue: VenueState, order: Order, entry: FillEntry): void {
  const { instrument } = order;
  const before = positionOf(venue, instrument.symbol);
  const after = positionAfter(before, {
    instrument,
    side: entry.side,
    price: decimal(entry.price),
    quantity: decimal(entry.quantity),
  });
  venue.positions.set(instrument.symbol, after);
  credit(venue, instrument.quote, decimal(entry.realizedPnl));
  const balance = account(venue, instrument.quote);
  balance.used = balance.used.plus(positionMargin(after)).minus(positionMargin(before));
}
