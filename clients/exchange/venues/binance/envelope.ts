/** Binance, spot and USD-M futures: bare lists and bare objects. */
import {
  all,
  booleansIn,
  either,
  hasKey,
  hasRows,
  isList,
  listOf,
  numbersIn,
  rowWith,
} from '../../answers/envelope-checks.js';
import type { Rules } from '../../answers/envelope-checks.js';

/** An entry price of zero is one that is not told; without the field the row is no position's. */
const isPositionRow = all(rowWith('symbol'), numbersIn('positionAmt', 'notional', 'entryPrice'));

const isWallet = either(
  all(rowWith('asset'), numbersIn('walletBalance')),
  all(rowWith('asset'), numbersIn('balance')),
);

export const isAlgoRow = all(
  rowWith('algoId', 'symbol', 'side', 'algoStatus', 'orderType'),
  either(numbersIn('quantity'), hasKey('closePosition')),
);

export const isBookRow = all(
  rowWith('orderId', 'symbol', 'status'),
  numbersIn('origQty', 'executedQty'),
);

const isKey = booleansIn('enableWithdrawals', 'enableSpotAndMarginTrading', 'enableFutures');

const isMark = all(rowWith('symbol'), numbersIn('markPrice'));

export const BINANCE: Rules = [
  [/exchangeInfo$/, hasRows('symbols')],
  [/fapi\/v\d\/(account|balance)$/, either(listOf('assets', isWallet), listOf(null, isWallet))],
  [/api\/v3\/account$/, listOf('balances', rowWith('asset', 'free', 'locked'))],
  [/(myTrades|userTrades)$/, listOf(null, all(rowWith('id', 'orderId'), numbersIn('time')))],
  // Row by row: `orders.ts`.
  [/openAlgoOrders$/, isList],
  [/algoOrder$/, hasKey('algoId', 'clientAlgoId')],
  [/forceOrders$/, listOf(null, rowWith('orderId', 'symbol', 'clientOrderId'))],
  [
    /income$/,
    listOf(null, all(rowWith('incomeType', 'asset', 'tranId'), numbersIn('income', 'time'))),
  ],
  [/account\/apiRestrictions$/, isKey],
  [/positionSide\/dual$/, hasKey('dualSidePosition')],
  [
    /deposit\/hisrec$/,
    listOf(null, all(rowWith('coin', 'status'), numbersIn('amount', 'insertTime'))),
  ],
  [
    /withdraw\/history$/,
    listOf(null, all(rowWith('id', 'coin', 'status', 'applyTime'), numbersIn('amount'))),
  ],
  [/openOrders$/, isList],
  [/klines$/, isList],
  [/(allPairs|leverageBracket)$/, isList],
  [/positionRisk$/, listOf(null, isPositionRow)],
  [/\/order$/, isBookRow],
  [/ticker\/24hr$/, either(listOf(null, rowWith('symbol', 'lastPrice')), hasKey('lastPrice'))],
  [/premiumIndex$/, either(listOf(null, isMark), isMark)],
  [/countdownCancelAll$/, hasKey('countdownTime')],
  [/time$/, hasKey('serverTime')],
  [/system\/status$/, hasKey('status')],
];
