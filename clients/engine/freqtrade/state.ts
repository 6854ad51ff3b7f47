/**
 * The state of a freqtrade bot, from its open trades and its wallet.
 *
 * Invariants: an order is named after the venue's id, because the bot tells no other; a figure that it does not
 * tell is null, and never one that was worked out; figures stay the text that was written.
 */
import { nameWithoutClientId } from '../../../workflows/domain/orders/names.js';
import {
  emptyState,
  type Balance,
  type EngineState,
  type Order,
  type Position,
} from '../../../workflows/domain/books/state.js';
import { isZero, negate } from '../../../workflows/domain/numbers/decimal.js';
import type { Account } from '../../../workflows/domain/books/keys.js';
import type { Trade, TradeOrder, Wallet } from './answers.js';

/** What nothing of its interface tells. */
export const UNTOLD = [
  'trigger prices of stops',
  'entry prices',
  'risk breaker and daily result',
] as const;

export function stateOf(account: Account, trades: readonly Trade[], wallet: Wallet): EngineState {
  return {
    ...emptyState(),
    positions: trades.flatMap((trade) => positionOf(account, trade)),
    balances: wallet.currencies.flatMap((row) => balanceOf(account, row)),
    orders: trades.flatMap((trade) => ordersOf(account, trade)),
    risk: { dailyPnl: null, breakerLatched: null },
  };
}

/** What a trade on spot holds is part of a balance. */
function positionOf(account: Account, trade: Trade): Position[] {
  const { pair: instrument, amount, is_short: isShort, trading_mode: mode } = trade;
  if (mode !== 'futures' || isZero(amount)) return [];
  const quantity = isShort ? negate(amount) : amount;
  return [{ ...account, instrument, side: 'net', quantity, averagePrice: null }];
}

function balanceOf(account: Account, row: Wallet['currencies'][number]): Balance[] {
  const { currency: asset, balance: total, is_position: isPosition } = row;
  return isPosition ? [] : [{ ...account, asset, total }];
}

function ordersOf(account: Account, trade: Trade): Order[] {
  const open = trade.orders.filter((order) => order.is_open);
  return open.map((order) => orderOf({ ...account, instrument: trade.pair }, trade, order));
}

function orderOf(
  place: Pick<Order, 'venue' | 'account' | 'instrument'>,
  { is_short: isShort }: Trade,
  order: TradeOrder,
): Order {
  const { order_id: venueOrderId, ft_order_side: side, order_type: type, amount } = order;
  const isStop = side === 'stoploss';
  const filled = order.filled ?? '0';
  return {
    ...place,
    clientOrderId: nameWithoutClientId(venueOrderId),
    venueOrderId,
    side: isStop ? (isShort ? 'buy' : 'sell') : side,
    type: type ?? 'unknown',
    price: priceOf(order, filled),
    quantity: amount,
    filled,
    state: 'open',
    ...(isStop ? { conditional: true } : {}),
  };
}

/** Once it has traded in part, what is told is the average of the trades. */
function priceOf({ order_type: type, safe_price: price }: TradeOrder, filled: string) {
  return type === 'limit' && isZero(filled) ? price : null;
}
