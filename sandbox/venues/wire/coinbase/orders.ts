// Orders and fills as Coinbase words them.
import { decimal, toText, ZERO } from '../../decimal.js';
import { findBySymbol } from '../../instruments.js';
import type { FillEntry } from '../../ledger/journal.js';
import { holdOf } from '../../ledger/accounting.js';
import { averagePriceOf, remainingOf, type Order } from '../../ledger/state.js';

const USER_ID = '00000000-0000-4000-8000-00000000cb00';
const STATUSES = { open: 'OPEN', filled: 'FILLED', cancelled: 'CANCELLED' } as const;
const TIMES_IN_FORCE = {
  GTC: 'GOOD_UNTIL_CANCELLED',
  IOC: 'IMMEDIATE_OR_CANCEL',
  FOK: 'FILL_OR_KILL',
} as const;

export function coinbaseOrder(order: Order) {
  const outstanding = order.status === 'open' ? holdOf(order, remainingOf(order)).amount : ZERO;
  const total = order.side === 'buy' ? order.cost.plus(order.fees) : order.cost.minus(order.fees);
  return {
    order_id: order.venueOrderId,
    product_id: order.instrument.nativeId,
    user_id: USER_ID,
    order_configuration: configurationOf(order),
    side: order.side.toUpperCase(),
    client_order_id: order.clientOrderId,
    status: STATUSES[order.status],
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
    trigger_status: 'INVALID_ORDER_TYPE',
    order_type: order.type.toUpperCase(),
    reject_reason: 'REJECT_REASON_UNSPECIFIED',
    settled: order.status === 'filled',
    product_type: 'SPOT',
    reject_message: '',
    cancel_message: cancelMessageOf(order),
    order_placement_source: 'RETAIL_ADVANCED',
    outstanding_hold_amount: toText(outstanding),
    is_liquidation: false,
    last_fill_time: lastFillTimeOf(order),
    edit_history: [],
  };
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
