/**
 * The ledger as the admin API shows it.
 *
 * Invariant: the same state gives the same text, since assets, positions and orders come in a fixed
 * order.
 */
import { toText } from '../decimal.js';
import { VENUE_IDS, type VenueId } from '../instruments.js';
import type { CashFlowEntry, TriggerTerms } from '../ledger/journal.js';
import type { LedgerState, Order, OrderTrigger, VenueState } from '../ledger/state.js';
import type { LedgerView, OrderOutcome, OrderView, VenueLedgerView } from './admin-api.js';

export function ledgerView(state: LedgerState, timeMs: number): LedgerView {
  const venues = VENUE_IDS.map((venue) => [venue, venueView(state.venues[venue])] as const);
  return {
    sequence: state.sequence,
    timeMs,
    venues: Object.fromEntries(venues) as Record<VenueId, VenueLedgerView>,
  };
}

function venueView(state: VenueState): VenueLedgerView {
  const balances = [...state.balances]
    .sort(byName)
    .map(([asset, { total, used }]) => [
      asset,
      { total: toText(total), free: toText(total.minus(used)), used: toText(used) },
    ]);
  const positions = [...state.positions]
    .filter(([, { quantity }]) => !quantity.isZero())
    .sort(byName)
    .map(([, { symbol, side, quantity, averagePrice }]) => ({
      instrument: symbol,
      side,
      quantity: toText(quantity),
      averagePrice: toText(averagePrice),
    }));
  // A map keeps insertion order, which for open orders is the order of acceptance.
  const openOrders = [...state.openOrders.values()].map(orderView);
  const cashFlows = state.cashFlows.map(cashFlowView);
  const { positionMode } = state;
  return { balances: Object.fromEntries(balances), positionMode, positions, openOrders, cashFlows };
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1;
}

function orderView(order: Order): OrderView {
  return {
    venueOrderId: order.venueOrderId,
    clientOrderId: order.clientOrderId,
    instrument: order.instrument.symbol,
    side: order.side,
    type: order.type,
    price: order.price === null ? null : toText(order.price),
    quantity: toText(order.quantity),
    filled: toText(order.filled),
    positionSide: order.positionSide,
    reduceOnly: order.reduceOnly,
    closePosition: order.closePosition,
    trigger: order.trigger && triggerView(order.trigger),
    status: order.status,
  };
}

function triggerView({ kind, price, activationPrice, trailPercent }: OrderTrigger): TriggerTerms {
  return {
    kind,
    price: price && toText(price),
    activationPrice: activationPrice && toText(activationPrice),
    trailPercent: trailPercent && toText(trailPercent),
  };
}

function cashFlowView({ cashFlowId: id, flow, asset, amount, instrument, timeMs }: CashFlowEntry) {
  return { id, flow, asset, amount, instrument, timeMs };
}

export function orderOutcome(order: Order): OrderOutcome {
  const { parentOrderId, endReason } = order;
  return { ...orderView(order), parentOrderId, endReason };
}
