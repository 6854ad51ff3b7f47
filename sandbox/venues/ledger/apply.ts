/**
 * The fold: one journal entry onto the state.
 *
 * Invariant: nothing else changes the state, and it reads nothing but the entry and the state, so
 * any prefix of the journal gives the state as of its time.
 */
import { decimal, ZERO, type Decimal } from '../decimal.js';
import { positionAfter, positionMargin, signed } from './accounting.js';
import { acceptOrder, changeHold, endOrder, moveTrigger, triggerOrder } from './apply-orders.js';
import type { CashFlowEntry, FillEntry, JournalEntry } from './journal.js';
import { positionKey, positionOf, type LedgerState, type Order, type VenueState } from './state.js';

export function applyEntry(state: LedgerState, entry: JournalEntry): void {
  applyToVenue(state.venues[entry.venue], entry);
  state.sequence = entry.sequence;
  state.timeMs = entry.recordedMs;
}

function applyToVenue(venue: VenueState, entry: JournalEntry): void {
  // Only what ends an order has one.
  if ('reason' in entry) return endOrder(venue, entry);
  switch (entry.kind) {
    case 'cash-flow':
      applyCashFlow(venue, entry);
      break;
    case 'position-mode':
      venue.positionMode = entry.mode;
      break;
    case 'fee-setting':
      venue.feesInCoin = entry.inCoin;
      break;
    case 'order-accepted':
      acceptOrder(venue, entry);
      break;
    case 'order-triggered':
      triggerOrder(venue, entry);
      break;
    case 'trigger-moved':
      moveTrigger(venue, entry);
      break;
    case 'fill':
      applyFill(venue, entry);
      break;
  }
}

function credit(venue: VenueState, asset: string, amount: Decimal): void {
  const { total, used } = venue.balances.get(asset) ?? { total: ZERO, used: ZERO };
  venue.balances.set(asset, { total: total.plus(amount), used });
}

function applyCashFlow(venue: VenueState, entry: CashFlowEntry): void {
  credit(venue, entry.asset, decimal(entry.amount));
  venue.cashFlows.push(entry);
}

function applyFill(venue: VenueState, entry: FillEntry): void {
  const order = venue.orders.get(entry.venueOrderId);
  if (!order) throw new Error(`Journal fills order ${entry.venueOrderId}, never accepted`);
  const quantity = decimal(entry.quantity);
  changeHold(venue, order, quantity.negated());
  order.filled = order.filled.plus(quantity);
  order.cost = order.cost.plus(decimal(entry.price).times(quantity));
  order.fees = order.fees.plus(decimal(entry.feeInQuote));
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

function settlePerpetual(venue: VenueState, { instrument }: Order, entry: FillEntry): void {
  const before = positionOf(venue, instrument.symbol, entry.positionSide);
  const after = positionAfter(before, {
    instrument,
    side: entry.side,
    price: decimal(entry.price),
    quantity: decimal(entry.quantity),
  });
  venue.positions.set(positionKey(instrument.symbol, entry.positionSide), after);
  credit(venue, instrument.quote, decimal(entry.realizedPnl));
  const balance = venue.balances.get(instrument.quote);
  if (balance) {
    balance.used = balance.used.plus(positionMargin(after)).minus(positionMargin(before));
  }
}
