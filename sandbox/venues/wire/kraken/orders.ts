// Orders and trades as Kraken words them, keyed by their ids.
import { decimal, padded, ZERO } from '../../decimal.js';
import { findBySymbol } from '../../instruments.js';
import type { FillEntry } from '../../ledger/journal.js';
import { averagePriceOf, type Order } from '../../ledger/state.js';
import { altnameOf } from './names.js';

const STATUSES = { open: 'open', filled: 'closed', cancelled: 'canceled' } as const;

export function describe(order: Order): string {
  const pair = altnameOf(order.instrument);
  const terms = order.price === null ? 'market' : `limit ${padded(order.price, 2)}`;
  return `${order.side} ${padded(order.quantity, 8)} ${pair} @ ${terms}`;
}

export function krakenOrder(order: Order) {
  const done =
    order.status === 'open' ? {} : { closetm: order.updatedAtMs / 1000, reason: reasonOf(order) };
  return {
    refid: null,
    userref: null,
    // Kraken leaves the field out when the client gave none.
    ...(order.clientOrderId === null ? {} : { cl_ord_id: order.clientOrderId }),
    status: STATUSES[order.status],
    opentm: order.acceptedAtMs / 1000,
    starttm: 0,
    expiretm: 0,
    descr: {
      pair: altnameOf(order.instrument),
      aclass: 'forex',
      type: order.side,
      ordertype: order.type,
      price: order.price === null ? '0' : padded(order.price, 2),
      price2: '0',
      leverage: 'none',
      order: describe(order),
      close: '',
    },
    vol: padded(order.quantity, 8),
    vol_exec: padded(order.filled, 8),
    cost: padded(order.cost, 5),
    fee: padded(order.fees, 5),
    price: padded(averagePriceOf(order), 5),
    stopprice: padded(ZERO, 5),
    limitprice: padded(ZERO, 5),
    misc: '',
    oflags: order.postOnly ? 'fciq,post' : 'fciq',
    trades: order.fills.map(({ venueTradeId }) => venueTradeId),
    ...done,
  };
}

function reasonOf(order: Order): string | null {
  if (order.cancelReason === null) return null;
  return order.cancelReason === 'client' ? 'User requested' : 'Canceled by the venue';
}

export function krakenTrade(fill: FillEntry, order: Order) {
  const instrument = findBySymbol(fill.venue, fill.instrument);
  return {
    ordertxid: fill.venueOrderId,
    postxid: fill.venueTradeId.replace(/^T/, 'P'),
    pair: instrument?.nativeId,
    aclass: 'forex',
    time: fill.timeMs / 1000,
    type: fill.side,
    ordertype: order.type,
    price: padded(decimal(fill.price), 5),
    cost: padded(decimal(fill.price).times(fill.quantity), 5),
    fee: padded(decimal(fill.fee), 5),
    vol: padded(decimal(fill.quantity), 8),
    margin: '0.00000',
    leverage: '0',
    misc: '',
    trade_id: fill.sequence,
    maker: fill.liquidity === 'maker',
  };
}
