/** Binance, spot and USD-M futures: bare lists and bare objects. */
import { isRow } from '../../answers/rows.js';
import {
  all,
  either,
  hasKey,
  hasRows,
  isList,
  listOf,
  numbersIn,
  rowWith,
} from '../../answers/envelope-checks.js';
import type { Check, Rules } from '../../answers/envelope-checks.js';

/** A side without an entry price is a side without a position. */
const isPositionRow: Check = (row) => {
  if (!isRow(row) || !all(rowWith('symbol'), numbersIn('positionAmt', 'notional'))(row))
    return false;
  return Number(row['positionAmt']) === 0 || Number(row['entryPrice']) > 0;
};

const isWallet = either(
  all(rowWith('asset'), numbersIn('walletBalance')),
  all(rowWith('asset'), numbersIn('balance')),
);

const isAlgoRow = all(
  rowWith('algoId', 'symbol', 'side', 'algoStatus', 'orderType'),
  either(numbersIn('quantity'), hasKey('closePosition')),
);

const isOrder = all(rowWith('orderId', 'symbol', 'status'), numbersIn('origQty', 'executedQty'));

const isMark = all(rowWith('symbol'), numbersIn('markPrice'));

export const BINANCE: Rules = [
  [/exchangeInfo$/, hasRows('symbols')],
  [/fapi\/v\d\/(account|balance)$/, either(listOf('assets', isWallet), listOf(null, isWallet))],
  [/api\/v3\/account$/, listOf('balances', rowWith('asset', 'free', 'locked'))],
  [/(myTrades|userTrades)$/, listOf(null, all(rowWith('id', 'orderId'), numbersIn('time')))],
  [/openAlgoOrders$/, listOf(null, isAlgoRow)],
  [/algoOrder$/, hasKey('algoId', 'clientAlgoId')],
  [/forceOrders$/, listOf(null, rowWith('orderId', 'symbol', 'clientOrderId'))],
  [
    /income$/,
    listOf(null, all(rowWith('incomeType', 'asset', 'tranId'), numbersIn('income', 'time'))),
  ],
  [/positionSide\/dual$/, hasKey('dualSidePosition')],
  [
    /deposit\/hisrec$/,
    listOf(null, all(rowWith('coin', 'status'), numbersIn('amount', 'insertTime'))),
  ],
  [
    /withdraw\/history$/,
    listOf(null, all(rowWith('id', 'coin', 'status', 'applyTime'), numbersIn('amount'))),
  ],
  [/openOrders$/, listOf(null, isOrder)],
  [/klines$/, isList],
  [/(allPairs|leverageBracket)$/, isList],
  [/positionRisk$/, listOf(null, isPositionRow)],
  [/\/order$/, isOrder],
  [/ticker\/24hr$/, either(listOf(null, rowWith('symbol', 'lastPrice')), hasKey('lastPrice'))],
  [/premiumIndex$/, either(listOf(null, isMark), isMark)],
  [/countdownCancelAll$/, hasKey('countdownTime')],
  [/time$/, hasKey('serverTime')],
  [/system\/status$/, hasKey('status')],
];
