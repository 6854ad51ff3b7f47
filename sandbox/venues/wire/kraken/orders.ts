/**
 * Orders and trades as Kraken words them, keyed by their ids. A conditional order keeps its id when
 * it is set off, and is listed among the open orders before.
 */
import { decimal, padded, ZERO, type Decimal } from '../../decimal.js';
import type { Desk } from '../../desk.js';
import { MARGIN_RATE, findBySymbol } from '../../instruments.js';
import type { FillEntry } from '../../ledger/journal.js';
import { averagePriceOf, isLive, type Order, type OrderStatus } from '../../ledger/state.js';
import { LEVERAGE } from './market-data.js';
import { altnameOf, isMargin, pairIdOf } from './names.js';
import type { PositionStatus } from './positions.js';

const STATUSES: Readonly<Record<OrderStatus, string>> = {
  untriggered: 'open',
  open: 'open',
  triggered: 'open',
  filled: 'closed',
  cancelled: 'canceled',
  expired: 'expired',
  rejected: 'canceled',
};

const TRIGGERED_BY = { stop: 'stop-loss', 'take-profit': 'take-profit' } as const;

function orderTypeOf({ trigger, type }: Order): string {
  if (trigger === null) return type;
  const kind = trigger.kind === 'trailing-stop' ? trigger.kind : TRIGGERED_BY[trigger.kind];
  return type === 'limit' ? `${kind}-limit` : kind;
}

function priceText(price: Decimal | null): string {
  return price === null ? '0' : padded(price, 2);
}

/** Of a conditional order the first price is the trigger's and the second the limit. */
function pricesOf({ trigger, price }: Order): { price: string; price2: string } {
  if (trigger === null) return { price: priceText(price), price2: '0' };
  const trail = trigger.trailPercent;
  const first = trail === null ? priceText(trigger.price) : `+${padded(trail, 4)}%`;
  return { price: first, price2: priceText(price) };
}

export function describe(order: Order): string {
  const pair = altnameOf(order.instrument);
  const leverage = isMargin(order.instrument) ? ` with ${LEVERAGE}:1 leverage` : '';
  return `${order.side} ${padded(order.quantity, 8)} ${pair} @ ${termsOf(order)}${leverage}`;
}

function termsOf(order: Order): string {
  const { price, price2 } = pricesOf(order);
  if (order.trigger === null) return order.price === null ? 'market' : `limit ${price}`;
  const kind = orderTypeOf(order).replace('-limit', '').replaceAll('-', ' ');
  return order.price === null ? `${kind} ${price}` : `${kind} ${price} -> limit ${price2}`;
}

export function krakenOrder(order: Order) {
  return {
    refid: null,
    userref: null,
    // Kraken leaves the field out when the client gave none.
    ...(order.clientOrderId === null ? {} : { cl_ord_id: order.clientOrderId }),
    status: STATUSES[order.status],
    opentm: order.acceptedAtMs / 1000,
    starttm: 0,
    expiretm: 0,
    descr: description(order),
    vol: padded(order.quantity, 8),
    vol_exec: padded(order.filled, 8),
    cost: padded(order.cost, 5),
    fee: padded(order.fees, 5),
    price: padded(averagePriceOf(order), 5),
    ...triggerFields(order),
    ...(order.reduceOnly ? { reduce_only: true } : {}),
    misc: miscOf(order),
    oflags: flagsOf(order),
    trades: order.fills.map(({ venueTradeId }) => venueTradeId),
    ...(isLive(order) ? {} : { closetm: order.updatedAtMs / 1000, reason: reasonOf(order) }),
  };
}

function flagsOf({ feeLeg, postOnly }: Order): string {
  return `${feeLeg === 'base' ? 'fcib' : 'fciq'}${postOnly ? ',post' : ''}`;
}

function description(order: Order) {
  const { instrument, side } = order;
  return {
    pair: altnameOf(instrument),
    aclass: 'forex',
    type: side,
    ordertype: orderTypeOf(order),
    ...pricesOf(order),
    leverage: isMargin(instrument) ? `${LEVERAGE}:1` : 'none',
    order: describe(order),
    close: '',
  };
}

function triggerFields({ trigger, price }: Order) {
  if (trigger === null) return { stopprice: padded(ZERO, 5), limitprice: padded(ZERO, 5) };
  return {
    stopprice: padded(trigger.price ?? ZERO, 5),
    limitprice: padded(price ?? ZERO, 5),
    trigger: 'last',
  };
}

function miscOf({ trigger, origin }: Order): string {
  if (origin !== 'client') return 'liquidated';
  if (trigger === null || trigger.triggeredAtMs === null) return '';
  return trigger.kind === 'take-profit' ? 'touched' : 'stopped';
}

function reasonOf(order: Order): string | null {
  if (order.endReason !== null) return order.endReason;
  if (order.cancelReason === null) return null;
  return order.cancelReason === 'client' ? 'User requested' : 'Canceled by the venue';
}

/**
 * The fee is told in quote, whatever it was paid in; the ledger tells that.
 *
 * `position`: what became of the position a margin trade opened; undefined where it only
 * closed.
 */
export function krakenTrade(desk: Desk, fill: FillEntry, position: PositionStatus | undefined) {
  const instrument = findBySymbol(fill.venue, fill.instrument);
  const order = desk.find({ venueOrderId: fill.venueOrderId });
  const cost = decimal(fill.price).times(fill.quantity);
  return {
    ordertxid: fill.venueOrderId,
    postxid: fill.venueTradeId.replace(/^T/, 'P'),
    pair: instrument && pairIdOf(instrument),
    aclass: 'forex',
    time: fill.timeMs / 1000,
    type: fill.side,
    ordertype: orderTypeOf(order),
    price: padded(decimal(fill.price), 5),
    cost: padded(cost, 5),
    fee: padded(decimal(fill.feeInQuote), 5),
    vol: padded(decimal(fill.quantity), 8),
    trade_id: fill.sequence,
    maker: fill.liquidity === 'maker',
    ...(instrument && isMargin(instrument) ? marginTerms(fill, order, position) : NO_MARGIN),
  };
}

const NO_MARGIN = { margin: '0.00000', leverage: '0', misc: '' };

function marginTerms(fill: FillEntry, order: Order, position: PositionStatus | undefined) {
  const cost = decimal(fill.price).times(fill.quantity);
  const misc = [position ? '' : 'closing', order.origin === 'client' ? '' : order.origin];
  return {
    margin: padded(cost.times(MARGIN_RATE), 5),
    leverage: String(LEVERAGE),
    misc: misc.filter((word) => word !== '').join(','),
    ...(position ? { posstatus: position } : { net: padded(decimal(fill.realizedPnl), 4) }),
  };
}
