/** Orders and trades as Binance words them, spot and USD-M futures. */
import { decimal, padded, toText, ZERO } from '../../decimal.js';
import { findBySymbol } from '../../instruments.js';
import type { FillEntry, PositionSide } from '../../ledger/journal.js';
import { averagePriceOf, type Order } from '../../ledger/state.js';

export function statusOf(order: Order): string {
  switch (order.status) {
    case 'untriggered':
    case 'open':
      return order.filled.isZero() ? 'NEW' : 'PARTIALLY_FILLED';
    case 'triggered':
    case 'filled':
      return 'FILLED';
    case 'cancelled':
      return order.cancelReason === 'immediate-or-cancel' ? 'EXPIRED' : 'CANCELED';
    case 'expired':
      return 'EXPIRED';
    case 'rejected':
      return 'REJECTED';
  }
}

const POSITION_SIDES = { net: 'BOTH', long: 'LONG', short: 'SHORT' } as const;

export function positionSideOf(side: PositionSide): string {
  return POSITION_SIDES[side];
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
    ...spotTrigger(order),
    icebergQty: '0.00000000',
    time: order.acceptedAtMs,
    updateTime: order.updatedAtMs,
  };
}

/** In hundredths of a percent. */
function trailingDelta(trigger: Order['trigger']) {
  if (!trigger?.trailPercent) return {};
  return { trailingDelta: trigger.trailPercent.times(100).toNumber() };
}

function spotTrigger({ trigger, acceptedAtMs }: Order) {
  const works = trigger === null || trigger.triggeredAtMs !== null;
  return {
    stopPrice: padded(trigger?.activationPrice ?? trigger?.price ?? ZERO, 8),
    ...trailingDelta(trigger),
    isWorking: works,
    workingTime: works ? (trigger?.triggeredAtMs ?? acceptedAtMs) : -1,
  };
}

function spotType(order: Order): string {
  if (order.trigger) {
    const kind = order.trigger.kind === 'take-profit' ? 'TAKE_PROFIT' : 'STOP_LOSS';
    return order.type === 'market' ? kind : `${kind}_LIMIT`;
  }
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
    type: futuresType(order),
    origType: futuresType(order),
    reduceOnly: order.reduceOnly,
    closePosition: order.closePosition,
    positionSide: positionSideOf(order.positionSide),
    stopPrice: '0.00',
    workingType: 'CONTRACT_PRICE',
    priceProtect: false,
    priceMatch: 'NONE',
    goodTillDate: 0,
    time: order.acceptedAtMs,
    updateTime: order.updatedAtMs,
  };
}

/** Binance marks what it liquidates; deleveraging and settlement tell only by the client id. */
function futuresType(order: Order): string {
  return order.origin === 'liquidation' ? 'LIQUIDATION' : order.type.toUpperCase();
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
    positionSide: positionSideOf(fill.positionSide),
    buyer: fill.side === 'buy',
    maker: fill.liquidity === 'maker',
  };
}
