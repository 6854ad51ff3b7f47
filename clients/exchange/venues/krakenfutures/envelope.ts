/**
 * Kraken Futures: the derivatives API says `result: "success"` beside what it lists; its histories
 * and charts say nothing of the kind, and are known by their lists and whose they are.
 */
import { isRow } from '../../answers/rows.js';
import {
  all,
  either,
  hasKey,
  hasList,
  hasRows,
  isGiven,
  listOf,
  numbersIn,
  rowWith,
} from '../../answers/envelope-checks.js';
import type { Check, Rules } from '../../answers/envelope-checks.js';

function success(isGood: Check): Check {
  return (body) => isRow(body) && body['result'] === 'success' && isGood(body);
}

/** A trigger that closes the whole position, whatever its size will be, has none of its own. */
export const isWholePosition: Check = (row) =>
  isRow(row) &&
  row['reduceOnly'] === true &&
  !isGiven(row['unfilledSize']) &&
  /^(stp|stop|take_profit|trailing)/.test(String(row['orderType']));

/** What has not been touched may leave out that nothing of it is filled. */
export const isOpenOrder = all(
  rowWith('order_id', 'symbol', 'side', 'orderType', 'status'),
  either(isWholePosition, numbersIn('unfilledSize')),
  either((row) => isRow(row) && row['status'] === 'untouched', numbersIn('filledSize')),
);
const isFill = all(rowWith('fill_id', 'symbol', 'side', 'fillTime'), numbersIn('size', 'price'));
const isPosition = all(rowWith('symbol', 'side'), numbersIn('size', 'price'));
const isFound: Check = (row) => isRow(row) && rowWith('status')(row) && isRow(row['order']);

/** Every wallet names its type and what is in it, or it is not the wallet that is meant. */
const isAccounts: Check = (body) => {
  if (!isRow(body) || !isRow(body['accounts'])) return false;
  const wallets = Object.values(body['accounts']);
  return (
    wallets.length > 0 &&
    wallets.every((one) => isRow(one) && (isRow(one['currencies']) || isRow(one['balances'])))
  );
};

const isEvent = all(rowWith('uid', 'timestamp', 'event'));
const isLog = all(rowWith('id', 'date', 'info'), hasKey('asset'));

export const KRAKENFUTURES: Rules = [
  [/v3\/instruments$/, success(hasRows('instruments'))],
  // Row by row: `orders.ts`.
  [/v3\/openorders$/, success(hasList('openOrders'))],
  [/v3\/openpositions$/, success(listOf('openPositions', isPosition))],
  [/v3\/fills$/, success(listOf('fills', isFill))],
  [/v3\/accounts$/, success(isAccounts)],
  [/v3\/orders\/status$/, success(listOf('orders', isFound))],
  [/v3\/tickers$/, success(listOf('tickers', rowWith('symbol')))],
  [/v3\/tickers\/[^/]+$/, success(hasKey('ticker'))],
  [/v3\/cancelorder$/, success(hasKey('cancelStatus'))],
  [/v3\/cancelallorders$/, success(hasKey('cancelStatus'))],
  [/v3\/cancelallordersafter$/, success(hasKey('status'))],
  [/history\/v\d\/account-log$/, all(hasKey('accountUid'), listOf('logs', isLog))],
  [
    /history\/v\d\/(orders|triggers|executions)$/,
    all(hasKey('accountUid'), listOf('elements', isEvent)),
  ],
  [/charts\/v1\//, hasList('candles')],
  [/derivatives\/api\/v3\//, success(() => true)],
];
