/** Orders and fills as Coinbase words them. */
import { decimal, toText, ZERO } from '../../decimal.js';
import { findBySymbol } from '../../instruments.js';
import type { FillEntry } from '../../ledger/journal.js';
import { holdOf } from '../../ledger/accounting.js';
import {
  averagePriceOf,
  isLive,
  remainingOf,
  type Order,
  type OrderStatus,
} from '../../ledger/state.js';

const USER_ID = '00000000-0000-4000-8000-00000000cb00';
/** One that waits for its trigger is open too; `trigger_status` tells. */
const STATUSES: Readonly<Record<OrderStatus, CoinbaseStatus>> = {
  untriggered: 'OPEN',
  open: 'OPEN',
  triggered: 'FILLED',
  filled: 'FILLED',
  cancelled: 'CANCELLED',
  expired: 'EXPIRED',
  rejected: 'FAILED',
};
/** Orders here are never on their way for long enough to be seen so. */
export const LIVE_STATUSES = ['OPEN', 'PENDING', 'QUEUED', 'CANCEL_QUEUED', 'EDIT_QUEUED'] as const;
export const COINBASE_STATUSES = [
  ...LIVE_STATUSES,
  'FILLED',
  'CANCELLED',
  'EXPIRED',
  'FAILED',
] as const;
export type CoinbaseStatus = (typeof COINBASE_STATUSES)[number];

export function statusOf(order: Order): CoinbaseStatus {
  return STATUSES[order.status];
}

const TIMES_IN_FORCE = {
  GTC: 'GOOD_UNTIL_CANCELLED',
  IOC: 'IMMEDIATE_OR_CANCEL',
  FOK: 'FILL_OR_KILL',
} as const;

export function coinbaseOrder(order: Order) {
  const outstanding = isLive(order) ? holdOf(order, remainingOf(order)).amount : ZERO;
  const total = order.side === 'buy' ? order.cost.plus(order.fees) : order.cost.minus(order.fees);
  return {
    order_id: order.venueOrderId,
    product_id: order.instrument.nativeId,
    user_id: USER_ID,
    order_configuration: configurationOf(order),
    side: order.side.toUpperCase(),
    client_order_id: order.clientOrderId,
    status: statusOf(order),
    time_in_force:
      order.type === 'market' ? 'IMMEDIATE_OR_CANCEL' : TIMES_IN_FORCE[order.timeInForce],
    created_time: new Date(order.acceptedAtMs).toISOString(),
    completion_percentage: order.filled.div(order.quantity).times(100).toFixed(2),
    filled_size: toText(order.filled),
    average_filled_price: toText(averagePriceOf(order)),
    fee: '',
    number_of_fills: String(order.fills.length),
    filled_value: toText(order.cost),
    pending_cancel: false,
    size_in_quote: false,
    total_fees: toText(order.fees),
    size_inclusive_of_fees: false,
    total_value_after_fees: toText(total),
    trigger_status: triggerStatusOf(order),
    order_type: order.trigger ? 'STOP_LIMIT' : order.type.toUpperCase(),
    reject_reason: 'REJECT_REASON_UNSPECIFIED',
    settled: order.status === 'filled',
    product_type: 'SPOT',
    reject_message: order.status === 'rejected' ? order.endReason : '',
    cancel_message: cancelMessageOf(order),
    order_placement_source: 'RETAIL_ADVANCED',
    outstanding_hold_amount: toText(outstanding),
    is_liquidation: false,
    last_fill_time: lastFillTimeOf(order),
    edit_history: [],
  };
}

function triggerStatusOf({ trigger }: Order): string {
  if (trigger === null) return 'INVALID_ORDER_TYPE';
  return trigger.triggeredAtMs === null ? 'STOP_PENDING' : 'STOP_TRIGGERED';
}

function cancelMessageOf(order: Order): string {
  if (order.cancelReason === null) return '';
  return order.cancelReason === 'client' ? 'User requested cancel' : 'Cancelled by the venue';
}

function lastFillTimeOf(order: Order): string | null {
  const last = order.fills.at(-1);
  return last ? new Date(last.timeMs).toISOString() : null;
}

function configurationOf(order: Order) {
  const size = { base_size: toText(order.quantity) };
  if (order.price === null) return { market_market_ioc: size };
  const limit = { ...size, limit_price: toText(order.price) };
  if (order.trigger?.price) {
    const stop_direction =
      order.trigger.direction === 'rise' ? 'STOP_DIRECTION_STOP_UP' : 'STOP_DIRECTION_STOP_DOWN';
    const stop_price = toText(order.trigger.price);
    return { stop_limit_stop_limit_gtc: { ...limit, stop_price, stop_direction } };
  }
  switch (order.timeInForce) {
    case 'GTC':
      return { limit_limit_gtc: { ...limit, post_only: order.postOnly } };
    case 'IOC':
      return { sor_limit_ioc: limit };
    case 'FOK':
      return { limit_limit_fok: limit };
  }
}

export function coinbaseFill(fill: FillEntry) {
  const time = new Date(fill.timeMs).toISOString();
  return {
    entry_id: fill.venueTradeId.replace('7dade000', '7e411e00'),
    trade_id: fill.venueTradeId,
    order_id: fill.venueOrderId,
    trade_time: time,
    trade_type: 'FILL',
    price: toText(decimal(fill.price)),
    size: toText(decimal(fill.quantity)),
    commission: toText(decimal(fill.fee)),
    product_id: findBySymbol(fill.venue, fill.instrument)?.nativeId,
    sequence_timestamp: time,
    liquidity_indicator: fill.liquidity.toUpperCase(),
    size_in_quote: false,
    user_id: USER_ID,
    side: fill.side.toUpperCase(),
  };
}
