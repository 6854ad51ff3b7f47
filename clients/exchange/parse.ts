/**
 * From ccxt's unified structures to ours. Numbers are text here whatever ccxt's types say.
 *
 * Invariant: a row that lacks a required field fails as a whole and is never filled in.
 */
import * as ccxt from 'ccxt';
import { canonical, negate } from '../../workflows/domain/decimal.js';
import type { Balance, Fill, Order, Position } from '../../workflows/domain/state.js';

export interface Place {
  venue: string;
  account: string;
}

const NO_CLIENT_ID = new Set(['', '0']);

type RowKind = 'order' | 'fill' | 'position' | 'balance';

/** Names the field only: nothing of the row may reach a failure. */
function lacking(kind: RowKind, field: string): ccxt.BadResponse {
  return new ccxt.BadResponse(`${kind} row without a valid ${field}`);
}

/** Text of a number that ccxt gives as text under `number: String`; null where there is none. */
export function text(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const given = `${value}`;
  return given.trim() === '' || !Number.isFinite(Number(given)) ? null : canonical(given);
}

function number(kind: RowKind, field: string, value: unknown): string {
  const given = text(value);
  if (given === null) throw lacking(kind, field);
  return given;
}

function name(kind: RowKind, field: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') throw lacking(kind, field);
  return value;
}

function tradeSide(kind: RowKind, value: unknown): 'buy' | 'sell' {
  if (value !== 'buy' && value !== 'sell') throw lacking(kind, 'side');
  return value;
}

/** Orders placed without a client id are named by the venue's id. */
export function toOrder(place: Place, order: ccxt.Order): Order {
  const id = name('order', 'id', order.id);
  const clientId = order.clientOrderId ?? '';
  const price = text(order.price);
  return {
    ...place,
    instrument: name('order', 'symbol', order.symbol),
    clientOrderId: NO_CLIENT_ID.has(clientId) ? `venue:${id}` : clientId,
    venueOrderId: id,
    side: tradeSide('order', order.side),
    type: order.type ?? 'limit',
    price: price === '0' ? null : price,
    quantity: closesPosition(order) ? '0' : number('order', 'amount', order.amount),
    filled: toFilled(order),
    state: 'open',
  };
}

/** Binance's stop for a whole position has the quantity zero, which ccxt leaves out. */
function closesPosition({ info }: ccxt.Order): boolean {
  return String((info as Record<string, unknown> | undefined)?.['closePosition']) === 'true';
}

/** Only an open order may be taken for unfilled where the venue does not say. */
export function toFilled(order: ccxt.Order): string {
  const filled = text(order.filled);
  if (filled === null && order.status !== 'open') throw lacking('order', 'filled');
  return filled ?? '0';
}

export function toFill(place: Place, trade: ccxt.Trade): Fill {
  const info = trade.info as Record<string, unknown>;
  const { timestamp } = trade;
  if (!Number.isFinite(timestamp)) throw lacking('fill', 'timestamp');
  return {
    ...place,
    instrument: name('fill', 'symbol', trade.symbol),
    tradeId: name('fill', 'id', trade.id),
    venueOrderId: trade.order ?? null,
    side: tradeSide('fill', trade.side),
    quantity: number('fill', 'amount', trade.amount),
    price: number('fill', 'price', trade.price),
    fee: toFee(trade),
    realizedPnl: text(info['realizedPnl']),
    timeMs: Number(timestamp),
  };
}

function toFee({ fee }: ccxt.Trade): Fill['fee'] {
  const amount = text(fee?.cost);
  return amount === null ? null : { asset: name('fill', 'fee', fee?.currency), amount };
}

export function toPosition(place: Place, position: ccxt.Position): Position {
  const size = number('position', 'contracts', position.contracts);
  const price = text(position.entryPrice);
  const { side } = position;
  if (size !== '0' && side !== 'long' && side !== 'short') throw lacking('position', 'side');
  return {
    ...place,
    instrument: name('position', 'symbol', position.symbol),
    side: position.hedged === true ? (side === 'short' ? 'short' : 'long') : 'net',
    quantity: side === 'short' ? negate(size) : size,
    averagePrice: price === '0' ? null : price,
  };
}

export function toBalances(place: Place, balances: ccxt.Balances): Balance[] {
  const totals = balances.total as unknown as Record<string, unknown>;
  return Object.entries(totals).flatMap(([asset, value]) => {
    const total = number('balance', 'amount', value);
    return total === '0' ? [] : [{ ...place, asset, total }];
  });
}

/** USD-M reports margin balance as total; the wallet balance is what fills and fees move. */
export function toWalletBalances(place: Place, balances: ccxt.Balances): Balance[] {
  const info = balances['info'] as unknown;
  const rows = Array.isArray(info) ? (info as unknown) : (info as { assets?: unknown })?.assets;
  if (!Array.isArray(rows)) throw lacking('balance', 'asset');
  return (rows as Record<string, unknown>[]).flatMap((row) => {
    const asset = name('balance', 'asset', row['asset']);
    const total = number('balance', 'amount', row['walletBalance'] ?? row['balance']);
    return total === '0' ? [] : [{ ...place, asset, total }];
  });
}
