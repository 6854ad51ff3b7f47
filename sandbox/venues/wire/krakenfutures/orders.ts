/**
 * Orders and fills as Kraken Futures words them, which it does in four ways: what rests, what an
 * order event carries, what a look-up finds, and what the history keeps. A conditional order is a
 * trigger with its own words until it is set off, and an order with the same id afterwards.
 */
import { decimal, toText, type Decimal } from '../../decimal.js';
import { findBySymbol } from '../../instruments.js';
import type { FillEntry, OrderOrigin } from '../../ledger/journal.js';
import { isLive, remainingOf, type Order, type OrderTrigger } from '../../ledger/state.js';
import { isoTime, jsonNumber } from './words.js';

export const ACCOUNT_UID = '406142dd-7c5c-4a8b-acbc-5f16eca30009';

const TRIGGER_TYPES = {
  stop: 'stop',
  'take-profit': 'take_profit',
  'trailing-stop': 'trailing_stop',
} as const;

function optionalNumber(value: Decimal | null): number | null {
  return value === null ? null : jsonNumber(value);
}

function orderTypeOf(order: Order): string {
  if (order.type === 'market' || order.timeInForce === 'IOC') return 'ioc';
  return order.postOnly ? 'post' : 'lmt';
}

function triggerSideOf({ direction }: OrderTrigger): string {
  return direction === 'rise' ? 'trigger_above' : 'trigger_below';
}

export function openOrder(order: Order) {
  const { trigger } = order;
  const waits = order.status === 'untriggered' && trigger !== null;
  return {
    order_id: order.venueOrderId,
    ...(order.clientOrderId === null ? {} : { cliOrdId: order.clientOrderId }),
    symbol: order.instrument.nativeId,
    side: order.side,
    // What rests is a limit order, however it was sent.
    orderType: waits ? TRIGGER_TYPES[trigger.kind] : 'lmt',
    limitPrice: optionalNumber(order.price),
    ...(waits ? { stopPrice: optionalNumber(trigger.price), triggerSignal: 'last' } : {}),
    unfilledSize: jsonNumber(remainingOf(order)),
    receivedTime: isoTime(order.acceptedAtMs),
    status: order.filled.isZero() ? 'untouched' : 'partiallyFilled',
    filledSize: jsonNumber(order.filled),
    reduceOnly: order.reduceOnly,
    lastUpdateTime: isoTime(order.updatedAtMs),
  };
}

/** As it was when so much of it was filled. */
export function eventOrder(order: Order, filled: Decimal) {
  return {
    orderId: order.venueOrderId,
    cliOrdId: order.clientOrderId,
    type: orderTypeOf(order),
    symbol: order.instrument.nativeId,
    side: order.side,
    quantity: jsonNumber(order.quantity),
    filled: jsonNumber(filled),
    limitPrice: optionalNumber(order.price),
    reduceOnly: order.reduceOnly,
    timestamp: isoTime(order.acceptedAtMs),
    lastUpdateTimestamp: isoTime(order.updatedAtMs),
  };
}

export function eventTrigger(order: Order, trigger: OrderTrigger) {
  return {
    uid: order.venueOrderId,
    clientId: order.clientOrderId,
    type: orderTypeOf(order),
    symbol: order.instrument.nativeId,
    side: order.side,
    quantity: jsonNumber(order.quantity),
    limitPrice: optionalNumber(order.price),
    triggerPrice: optionalNumber(trigger.price),
    triggerSide: triggerSideOf(trigger),
    triggerSignal: 'last_price',
    reduceOnly: order.reduceOnly,
    timestamp: isoTime(order.acceptedAtMs),
    lastUpdateTimestamp: isoTime(order.updatedAtMs),
  };
}

export function orderStatus(order: Order) {
  const { trigger } = order;
  const priceTriggerOptions = trigger && {
    triggerPrice: optionalNumber(trigger.price),
    triggerSide: triggerSideOf(trigger).toUpperCase(),
    triggerSignal: 'LAST_PRICE',
  };
  const waits = order.status === 'untriggered';
  return {
    order: {
      ...eventOrder(order, order.filled),
      type: waits ? 'TRIGGER_ORDER' : 'ORDER',
      ...(priceTriggerOptions ? { priceTriggerOptions } : {}),
    },
    status: lookedUpStatus(order),
    updateReason: null,
    error: order.status === 'rejected' ? order.endReason : null,
  };
}

function lookedUpStatus(order: Order): string {
  if (order.status === 'untriggered') return 'TRIGGER_PLACED';
  if (order.status === 'filled') return 'FULLY_EXECUTED';
  if (order.status === 'rejected') return 'REJECTED';
  if (!isLive(order)) return 'CANCELLED';
  return order.filled.isZero() ? 'ENTERED_BOOK' : 'PARTIALLY_FILLED';
}

const HISTORY_TYPES: Readonly<Record<string, string>> = { lmt: 'Limit', ioc: 'IoC', post: 'Post' };

export interface HistoryMoment {
  filled: Decimal;
  updatedAtMs: number;
}

/** The history's `quantity` is what was left at the time, and its numbers are text. */
export function historyOrder(order: Order, { filled, updatedAtMs }: HistoryMoment) {
  return {
    uid: order.venueOrderId,
    accountUid: ACCOUNT_UID,
    tradeable: order.instrument.nativeId,
    direction: order.side === 'buy' ? 'Buy' : 'Sell',
    quantity: toText(order.quantity.minus(filled)),
    filled: toText(filled),
    timestamp: String(order.acceptedAtMs),
    limitPrice: order.price === null ? '' : toText(order.price),
    orderType: HISTORY_TYPES[orderTypeOf(order)],
    clientId: order.clientOrderId ?? '',
    reduceOnly: order.reduceOnly,
    lastUpdateTimestamp: String(updatedAtMs),
  };
}

export function historyTrigger(order: Order, trigger: OrderTrigger, moment: HistoryMoment) {
  return {
    ...historyOrder(order, moment),
    triggerOptions: {
      triggerPrice: trigger.price === null ? '' : toText(trigger.price),
      triggerSide: triggerSideOf(trigger),
      triggerSignal: 'last_price',
    },
  };
}

const FORCED_FILLS: Readonly<Record<Exclude<OrderOrigin, 'client'>, string>> = {
  liquidation: 'liquidation',
  deleveraging: 'unwindCounterparty',
  settlement: 'termination',
};

export function fillRow(fill: FillEntry, { origin }: Order) {
  return {
    fill_id: fill.venueTradeId,
    symbol: findBySymbol(fill.venue, fill.instrument)?.nativeId,
    side: fill.side,
    order_id: fill.venueOrderId,
    ...(fill.clientOrderId === null ? {} : { cliOrdId: fill.clientOrderId }),
    size: jsonNumber(decimal(fill.quantity)),
    price: jsonNumber(decimal(fill.price)),
    fillTime: isoTime(fill.timeMs),
    fillType: origin === 'client' ? fill.liquidity : FORCED_FILLS[origin],
  };
}
