/** Bybit: every answer says `retCode: 0` beside a result; what else it says is an error. */
import { isRow, word } from '../../answers/rows.js';
import {
  all,
  either,
  hasKey,
  hasList,
  listOf,
  numbersIn,
  rowWith,
  type Check,
  type Rules,
} from '../../answers/envelope-checks.js';

function result(isGood: Check): Check {
  return (body) => isRow(body) && word(body['retCode']) === '0' && isGood(body['result']);
}

export const isOrder = rowWith('orderId', 'symbol', 'side', 'orderType', 'orderStatus');
const isExecution = all(
  rowWith('symbol', 'execId', 'execType'),
  numbersIn('execQty', 'execPrice', 'execTime'),
);
const isLog = all(rowWith('id', 'type', 'currency'), numbersIn('change', 'transactionTime'));
const isPosition = all(rowWith('symbol'), hasKey('size', 'side'));
const isWallet: Check = (row) =>
  isRow(row) &&
  row['accountType'] === 'UNIFIED' &&
  listOf('coin', rowWith('coin', 'walletBalance'))(row);

export const BYBIT: Rules = [
  // Row by row: `orders.ts`.
  [/v5\/order\/(realtime|history)$/, result(hasList('list'))],
  [/v5\/order\/cancel$/, result(hasKey('orderId', 'orderLinkId'))],
  [/v5\/execution\/list$/, result(listOf('list', isExecution))],
  [/v5\/account\/transaction-log$/, result(listOf('list', isLog))],
  [/v5\/account\/wallet-balance$/, result(all(hasList('list'), listOf('list', isWallet)))],
  [/v5\/position\/list$/, result(listOf('list', isPosition))],
  [/v5\/market\/instruments-info$/, result(listOf('list', rowWith('symbol', 'status')))],
  [/v5\/market\/(tickers|kline)$/, result(hasList('list'))],
  [/v5\/market\/time$/, result(hasKey('timeSecond', 'timeNano'))],
  [/v5\//, either(result(isRow), result(Array.isArray))],
];
