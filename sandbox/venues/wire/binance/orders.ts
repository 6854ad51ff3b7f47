// Orders and trades as Binance words them, spot and USD-M futures.
import { decimal, padded, toText, ZERO } from '../../decimal.js';
import { findBySymbol } from '../../instruments.js';
import type { FillEntry } from '../../ledger/journal.js';
import { averagePriceOf, type Order } from '../../ledger/state.js';

function statusOf(order: Order): string {
  switch (order.status) {
    case 'open':
      return order.filled.isZero() ? 'NEW' : 'PARTIALLY_FILLED';
    case 'filled':
      return 'FILLED';
    case 'cancelled':
      return order.cancelReason === 'immediate-or-cancel' ? 'EXPIRED' : 'CANCELED';
  }
}

function commonFields(order: Order, places: number) {
  return {
    symbol: order.instrument.nativeId,
    orderId: Number(order.venueOrderId),
    clientOrderId: order.clientOrderId,
    price: padded(order.price ?? ZERO, places),
    origQty: padded(order.quantity, places),
    executedQty: padded(order.filled, places),
    status: statusOf(order),
    side: order.side.toUpperCase(),
    selfTradePreventionMode: 'NONE',
  };
}

export function spotOrder(order: Order) {
  return {
    ...commonFields(order, 8),
    orderListId: -1,
    origQuoteOrderQty: '0.00000000',
    cummulativeQuoteQty: padded(order.cost, 8),
    timeInForce: order.timeInForce,
    type: spotType(order),
    stopPrice: '0.00000000',
    icebergQty: '0.00000000',
    time: order.acceptedAtMs,
    updateTime: order.updatedAtMs,
    isWorking: true,
    workingTime: order.acceptedAtMs,
  };
}

function spotType(order: Order): string {
  if (order.type === 'market') return 'MARKET';
  return order.postOnly ? 'LIMIT_MAKER' : 'LIMIT';
}

export function spotOrderAck(order: Order) {
  const {
    time: _time,
    updateTime: _updateTime,
    isWorking: _isWorking,
    ...fields
  } = spotOrder(order);
  return {
    ...fields,
    transactTime: order.updatedAtMs,
    fills: order.fills.map((fill) => ({
      price: padded(decimal(fill.price), 8),
      qty: padded(decimal(fill.quantity), 8),
      commission: padded(decimal(fill.fee), 8),
      commissionAsset: fill.feeAsset,
      tradeId: Number(fill.venueTradeId),
    })),
  };
}

export function futuresOrder(order: Order) {
  return {
    ...commonFields(order, 3),
    price: padded(order.price ?? ZERO, 2),
    avgPrice: padded(averagePriceOf(order), 5),
    cumQty: padded(order.filled, 3),
    cumQuote: padded(order.cost, 5),
    timeInForce: order.postOnly ? 'GTX' : order.timeInForce,
    type: order.type.toUpperCase(),
    origType: order.type.toUpperCase(),
    reduceOnly: order.reduceOnly,
    closePosition: false,
    positionSide: 'BOTH',
    stopPrice: '0.00',
    workingType: 'CONTRACT_PRICE',
    priceProtect: false,
    priceMatch: 'NONE',
    goodTillDate: 0,
    time: order.acceptedAtMs,
    updateTime: order.updatedAtMs,
  };
}

function commonTrade(fill: FillEntry) {
  const quoteQuantity = decimal(fill.price).times(fill.quantity);
  return {
    symbol: findBySymbol(fill.venue, fill.instrument)?.nativeId,
    id: Number(fill.venueTradeId),
    orderId: Number(fill.venueOrderId),
    price: padded(decimal(fill.price), 2),
    qty: padded(decimal(fill.quantity), 3),
    quoteQty: padded(quoteQuantity, 8),
    commission: padded(decimal(fill.fee), 8),
    commissionAsset: fill.feeAsset,
    time: fill.timeMs,
  };
}

export function spotTrade(fill: FillEntry) {
  return {
    ...commonTrade(fill),
    price: padded(decimal(fill.price), 8),
    qty: padded(decimal(fill.quantity), 8),
    orderListId: -1,
    isBuyer: fill.side === 'buy',
    isMaker: fill.liquidity === 'maker',
    isBestMatch: true,
  };
}

export function futuresTrade(fill: FillEntry) {
  return {
    ...commonTrade(fill),
    side: fill.side.toUpperCase(),
    realizedPnl: toText(decimal(fill.realizedPnl)),
    positionSide: 'BOTH',
    buyer: fill.side === 'buy',
    maker: fill.liquidity === 'maker',
  };
}
