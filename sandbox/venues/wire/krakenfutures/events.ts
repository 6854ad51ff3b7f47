/**
 * What Kraken Futures' history says happened to each order: events, told from the orders
 * themselves.
 */
import { decimal, ZERO } from '../../decimal.js';
import type { Desk } from '../../desk.js';
import type { CancelReason, FillEntry } from '../../ledger/journal.js';
import { isLive, type Order } from '../../ledger/state.js';
import { historyOrder, historyTrigger } from './orders.js';

export interface HistoryRow {
  uid: string;
  timestamp: number;
  event: object;
}

function rowsOf(order: Order, events: readonly { timeMs: number; event: object }[]): HistoryRow[] {
  const uid = (count: number) => order.venueOrderId.replace(/^.{8}-0000/, `0e0e0000-${count}`);
  return events.map(({ timeMs, event }, index) => ({
    uid: uid(1000 + index),
    timestamp: timeMs,
    event,
  }));
}

/** Of orders that worked in the market. */
export function orderEvents(desk: Desk): HistoryRow[] {
  return [...desk.state.orders.values()].flatMap((order) => {
    const placedAtMs = order.trigger ? order.trigger.triggeredAtMs : order.acceptedAtMs;
    return placedAtMs === null ? [] : rowsOf(order, eventsOf(order, placedAtMs));
  });
}

function eventsOf(order: Order, placedAtMs: number) {
  const takerFills = order.fills.filter(({ liquidity }) => liquidity === 'taker');
  let filled = takerFills.reduce((sum, fill) => sum.plus(fill.quantity), ZERO);
  const placed = historyOrder(order, { filled, updatedAtMs: placedAtMs });
  const reason = order.origin === 'client' ? 'new_user_order' : 'liquidation';
  const OrderPlaced = { order: placed, reason, reducedQuantity: '', algoId: '' };
  const events: { timeMs: number; event: object }[] = [
    { timeMs: placedAtMs, event: { OrderPlaced } },
  ];
  for (const fill of order.fills.slice(takerFills.length)) {
    const moment = { updatedAtMs: fill.timeMs };
    const oldOrder = historyOrder(order, { ...moment, filled });
    filled = filled.plus(fill.quantity);
    const newOrder = historyOrder(order, { ...moment, filled });
    const why = filled.eq(order.quantity) ? 'full_fill' : 'partial_fill';
    const OrderUpdated = { oldOrder, newOrder, reason: why, reducedQuantity: fill.quantity };
    events.push({ timeMs: fill.timeMs, event: { OrderUpdated } });
  }
  if (isLive(order) || order.status === 'filled') return events;
  const OrderCancelled = {
    order: historyOrder(order, { filled, updatedAtMs: order.updatedAtMs }),
    reason: endReasonOf(order),
  };
  return [...events, { timeMs: order.updatedAtMs, event: { OrderCancelled } }];
}

/** Of conditional orders: accepted, set off, or ended before that. */
export function triggerEvents(desk: Desk): HistoryRow[] {
  return [...desk.state.orders.values()].flatMap((order) => {
    const { trigger } = order;
    if (trigger === null) return [];
    const at = (timeMs: number) => ({
      order: historyTrigger(order, trigger, { filled: ZERO, updatedAtMs: timeMs }),
      reason: '',
    });
    const accepted = order.acceptedAtMs;
    const events = [{ timeMs: accepted, event: { OrderTriggerPlaced: at(accepted) as object } }];
    return rowsOf(order, [...events, ...endOfTrigger(order, trigger.triggeredAtMs, at)]);
  });
}

function endOfTrigger(order: Order, triggeredAtMs: number | null, at: (timeMs: number) => object) {
  if (triggeredAtMs !== null) {
    const OrderTriggerActivated = at(triggeredAtMs);
    return [{ timeMs: triggeredAtMs, event: { OrderTriggerActivated } }];
  }
  if (isLive(order)) return [];
  const OrderTriggerCancelled = { ...at(order.updatedAtMs), reason: endReasonOf(order) };
  return [{ timeMs: order.updatedAtMs, event: { OrderTriggerCancelled } }];
}

const CANCEL_REASONS: Readonly<Record<CancelReason, string>> = {
  client: 'cancelled_by_user',
  venue: 'cancelled_by_admin',
  'dead-man-switch': 'dead_man_switch',
  'immediate-or-cancel': 'ioc_order_failed_because_it_would_not_be_executed',
  'forced-close': 'liquidation',
};

function endReasonOf({ cancelReason, endReason }: Order): string {
  return endReason ?? (cancelReason === null ? '' : CANCEL_REASONS[cancelReason]);
}

export function executions(desk: Desk): HistoryRow[] {
  return desk.state.fills.map((fill) => {
    const order = desk.find({ venueOrderId: fill.venueOrderId });
    const Execution = { execution: executionOf(fill, order), takerReducedQuantity: '' };
    return { uid: fill.venueTradeId, timestamp: fill.timeMs, event: { Execution } };
  });
}

function executionOf(fill: FillEntry, order: Order) {
  const own = historyOrder(order, { filled: order.filled, updatedAtMs: fill.timeMs });
  const isTaker = fill.liquidity === 'taker';
  return {
    uid: fill.venueTradeId,
    makerOrder: isTaker ? null : own,
    takerOrder: isTaker ? own : null,
    timestamp: fill.timeMs,
    quantity: fill.quantity,
    price: fill.price,
    markPrice: fill.price,
    limitFilled: order.status === 'filled',
    usdValue: decimal(fill.price).times(fill.quantity).toFixed(2),
    [isTaker ? 'takerOrderData' : 'makerOrderData']: { fee: fill.fee },
  };
}
