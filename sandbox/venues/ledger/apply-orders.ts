/**
 * The part of the fold that is about orders: accepted, set off, ended.
 *
 * Invariant: an order holds funds exactly while it is live.
 */
import { decimal, ZERO, type Decimal } from '../decimal.js';
import { findBySymbol, type Instrument } from '../instruments.js';
import { holdOf } from './accounting.js';
import type {
  OrderAcceptedEntry,
  OrderEndEntry,
  OrderTriggeredEntry,
  TriggerMovedEntry,
} from './journal.js';
import { remainingOf, type Order, type OrderTrigger, type VenueState } from './state.js';
import { directionOf } from './triggers.js';
import { keepsConditionalApart } from './venue-customs.js';

export function changeHold(venue: VenueState, order: Order, quantity: Decimal): void {
  const hold = holdOf(order, quantity);
  const { total, used } = venue.balances.get(hold.asset) ?? { total: ZERO, used: ZERO };
  venue.balances.set(hold.asset, { total, used: used.plus(hold.amount) });
}

function requireInstrument({ venue, instrument }: OrderAcceptedEntry): Instrument {
  const found = findBySymbol(venue, instrument);
  if (!found) throw new Error(`Journal names ${instrument}, which ${venue} does not trade`);
  return found;
}

function requireOrder(venue: VenueState, venueOrderId: string): Order {
  const order = venue.orders.get(venueOrderId);
  if (!order) throw new Error(`Journal names order ${venueOrderId}, which was never accepted`);
  return order;
}

function optionalDecimal(text: string | null): Decimal | null {
  return text === null ? null : decimal(text);
}

function triggerOf({ trigger, side }: OrderAcceptedEntry): OrderTrigger | null {
  if (trigger === null) return null;
  return {
    kind: trigger.kind,
    direction: directionOf(trigger.kind, side),
    price: optionalDecimal(trigger.price),
    activationPrice: optionalDecimal(trigger.activationPrice),
    trailPercent: optionalDecimal(trigger.trailPercent),
    triggeredAtMs: null,
    childOrderId: null,
  };
}

export function acceptOrder(venue: VenueState, entry: OrderAcceptedEntry): void {
  const { kind: _kind, venue: _venue, timeMs, recordedMs: _recordedMs, ...terms } = entry;
  const order: Order = {
    ...terms,
    instrument: requireInstrument(entry),
    price: optionalDecimal(entry.price),
    quantity: decimal(entry.quantity),
    trigger: triggerOf(entry),
    acceptedAtMs: timeMs,
    updatedAtMs: timeMs,
    fills: [],
    filled: ZERO,
    cost: ZERO,
    fees: ZERO,
    status: entry.trigger === null ? 'open' : 'untriggered',
    cancelReason: null,
    endReason: null,
  };
  venue.orders.set(order.venueOrderId, order);
  venue.openOrders.set(order.venueOrderId, order);
  if (order.clientOrderId !== null) {
    const apart = entry.trigger !== null && keepsConditionalApart(entry.venue);
    const named = apart ? venue.conditionalByClientId : venue.byClientOrderId;
    named.set(order.clientOrderId, order);
  }
  changeHold(venue, order, order.quantity);
}

export function triggerOrder(venue: VenueState, entry: OrderTriggeredEntry): void {
  const order = requireOrder(venue, entry.venueOrderId);
  changeHold(venue, order, remainingOf(order).negated());
  if (order.trigger) {
    order.trigger.triggeredAtMs = entry.timeMs;
    order.trigger.childOrderId = entry.childOrderId;
  }
  order.updatedAtMs = entry.timeMs;
  if (entry.childOrderId === null) {
    order.status = 'open';
    changeHold(venue, order, remainingOf(order));
  } else {
    order.status = 'triggered';
    venue.openOrders.delete(order.venueOrderId);
  }
}

export function moveTrigger(venue: VenueState, entry: TriggerMovedEntry): void {
  const order = requireOrder(venue, entry.venueOrderId);
  changeHold(venue, order, remainingOf(order).negated());
  if (order.trigger) order.trigger.price = decimal(entry.price);
  changeHold(venue, order, remainingOf(order));
}

const ENDS = {
  'order-cancelled': 'cancelled',
  'order-expired': 'expired',
  'order-rejected': 'rejected',
} as const;

export function endOrder(venue: VenueState, entry: OrderEndEntry): void {
  const order = requireOrder(venue, entry.venueOrderId);
  changeHold(venue, order, remainingOf(order).negated());
  order.status = ENDS[entry.kind];
  if (entry.kind === 'order-cancelled') order.cancelReason = entry.reason;
  else order.endReason = entry.reason;
  order.updatedAtMs = entry.timeMs;
  venue.openOrders.delete(order.venueOrderId);
}
