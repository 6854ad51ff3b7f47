/** Kraken wraps everything: an empty error list without a result is no answer. */
import { isRow, type Row } from '../../answers/rows.js';
import { all, isList, isRecord, numbersIn, rowWith } from '../../answers/envelope-checks.js';
import type { Check, Rules } from '../../answers/envelope-checks.js';

function result(isGood: (result: Row) => boolean): Check {
  return (body) =>
    isRow(body) && isList(body['error']) && isRow(body['result']) && isGood(body['result']);
}

const each =
  (isGood: Check) =>
  (rows: Row): boolean =>
    Object.values(rows).every(isGood);

const recordAt = (key: string, isGood: Check) =>
  result(({ [key]: rows }) => isRow(rows) && each(isGood)(rows));

export const isOrder = all(rowWith('status', 'descr'), numbersIn('vol', 'vol_exec'));
const isTrade = all(rowWith('ordertxid', 'pair', 'type'), numbersIn('time', 'price', 'vol'));
const isEntry = all(rowWith('type', 'asset'), numbersIn('time', 'amount', 'fee'));
const isPosition = all(rowWith('pair', 'type'), numbersIn('vol', 'vol_closed', 'cost'));

/** Only balances and positions can be empty: an order that is not there is an error at Kraken. */
export const KRAKEN: Rules = [
  // Row by row: `orders.ts`.
  [/private\/OpenOrders$/, result(({ open }) => isRow(open))],
  [/private\/ClosedOrders$/, recordAt('closed', isOrder)],
  [/private\/QueryOrders$/, result((rows) => Object.keys(rows).length > 0 && each(isOrder)(rows))],
  [/private\/TradesHistory$/, recordAt('trades', isTrade)],
  [/private\/Ledgers$/, recordAt('ledger', isEntry)],
  [/private\/OpenPositions$/, result(each(isPosition))],
  [/private\/GetApiKeyInfo$/, result(({ permissions }) => isList(permissions))],
  [/private\/BalanceEx$/, result(each(numbersIn('balance')))],
  [/private\/Balance$/, result(() => true)],
  [/private\/CancelOrder$/, result(numbersIn('count'))],
  [/\/0\/(public|private)\//, result((rows) => isRecord(rows) && Object.keys(rows).length > 0)],
];
