/** From ccxt's unified structures to ours. Numbers are text here whatever ccxt's types say. */
import type * as ccxt from 'ccxt';
import { canonical, negate } from '../../workflows/domain/decimal.js';
import type { Balance, Fill, Order, Position } from '../../workflows/domain/state.js';

export interface Place {
  venue: string;
  account: string;
}

const NO_CLIENT_ID = new Set(['', '0']);

/** Text of a number that ccxt gives as text under `number: String`; null where it is absent. */
export function text(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? canonical(`${value}`) : null;
}

/** Orders placed without a client id are named by the venue's id. */
export function toOrder(place: Place, order: ccxt.Order): Order {
  const clientId = order.clientOrderId ?? '';
  const price = text(order.price);
  return {
    ...place,
    instrument: order.symbol ?? '',
    clientOrderId: NO_CLIENT_ID.has(clientId) ? `venue:${order.id}` : clientId,
    venueOrderId: order.id ?? null,
    side: order.side === 'sell' ? 'sell' : 'buy',
    type: order.type ?? 'limit',
    price: price === '0' ? null : price,
    quantity: text(order.amount) ?? '0',
    filled: text(order.filled) ?? '0',
    state: 'open',
  };
}

export function toFill(place: Place, trade: ccxt.Trade): Fill {
  const fee = text(trade.fee?.cost);
  const info = trade.info as Record<string, unknown>;
  return {
    ...place,
    instrument: trade.symbol ?? '',
    tradeId: String(trade.id),
    venueOrderId: trade.order ?? null,
    side: trade.side === 'sell' ? 'sell' : 'buy',
    quantity: text(trade.amount) ?? '0',
    price: text(trade.price) ?? '0',
    fee: fee === null ? null : { asset: String(trade.fee?.currency), amount: fee },
    realizedPnl: text(info['realizedPnl']),
    timeMs: trade.timestamp ?? 0,
  };
}

export function toPosition(place: Place, position: ccxt.Position): Position {
  const size = text(position.contracts) ?? '0';
  const price = text(position.entryPrice);
  return {
    ...place,
    instrument: position.symbol ?? '',
    side: position.hedged === true ? (position.side === 'short' ? 'short' : 'long') : 'net',
    quantity: position.side === 'short' ? negate(size) : size,
    averagePrice: price === '0' ? null : price,
  };
}

export function toBalances(place: Place, balances: ccxt.Balances): Balance[] {
  const totals = balances.total as unknown as Record<string, unknown>;
  return Object.entries(totals).flatMap(([asset, value]) => {
    const total = text(value);
    return total === null || total === '0' ? [] : [{ ...place, asset, total }];
  });
}

/** USD-M reports margin balance as total; the wallet balance is what fills and fees move. */
export function toWalletBalances(place: Place, balances: ccxt.Balances): Balance[] {
  const info = balances['info'] as unknown;
  const rows = (Array.isArray(info) ? info : (info as { assets?: unknown })?.assets) as
    Record<string, unknown>[] | undefined;
  return (rows ?? []).flatMap((row) => {
    const total = text(row['walletBalance'] ?? row['balance']);
    return total === null || total === '0'
      ? []
      : [{ ...place, asset: String(row['asset']), total }];
  });
}
