/** Coinbase Advanced, brokerage API v3: lists under their names. */
import { isRow } from '../../answers/rows.js';
import {
  all,
  booleansIn,
  hasKey,
  hasList,
  hasRows,
  isNumber,
  listOf,
  numbersIn,
  rowWith,
} from '../../answers/envelope-checks.js';
import type { Check, Rules } from '../../answers/envelope-checks.js';
import { isElsewhere } from './wallets.js';

/** Of wallets that count, only rows with both parts. */
const isWallet: Check = (row) => {
  if (!isRow(row) || typeof row['type'] !== 'string' || !rowWith('uuid')(row)) return false;
  if (isElsewhere(row)) return true;
  const [free, held] = [row['available_balance'], row['hold']];
  if (!rowWith('currency', 'value')(free) || !rowWith('value')(held)) return false;
  return [free, held].every((part) => isNumber((part as Record<string, unknown>)['value']));
};

/** A page that says whether there is another, and where it is. */
const hasWayOn: Check = (body) =>
  isRow(body) &&
  typeof body['has_next'] === 'boolean' &&
  (!body['has_next'] || (typeof body['cursor'] === 'string' && body['cursor'] !== ''));

export const isOrder = all(
  rowWith('order_id', 'client_order_id', 'created_time', 'status', 'product_id'),
  numbersIn('filled_size'),
);

const isCancelled: Check = (body) =>
  isRow(body) && Array.isArray(body['results']) && body['results'].length > 0;

export const COINBASE: Rules = [
  // Row by row: `adapter.ts`.
  [/orders\/historical\/batch$/, all(hasWayOn, hasList('orders'))],
  [/orders\/historical\/fills$/, listOf('fills', rowWith('trade_time', 'trade_id', 'order_id'))],
  [/orders\/historical\/[^/]+$/, (body) => isRow(body) && isOrder(body['order'])],
  [/brokerage\/key_permissions$/, booleansIn('can_trade', 'can_transfer')],
  [/brokerage\/accounts$/, all(hasWayOn, listOf('accounts', isWallet))],
  [/candles$/, hasList('candles')],
  [/ticker$/, hasList('trades')],
  [/(products|market\/products)$/, hasRows('products')],
  [/batch_cancel$/, isCancelled],
  [/brokerage\/orders$/, hasKey('success', 'success_response', 'error_response')],
  [/brokerage\/time$/, hasKey('epochSeconds', 'epochMillis')],
];
