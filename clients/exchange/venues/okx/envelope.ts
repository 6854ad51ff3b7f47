/** OKX: every answer says `code: "0"` beside the list that it is about; what else it says is an error. */
import { isRow, word } from '../../answers/rows.js';
import {
  all,
  listOf,
  numbersIn,
  rowWith,
  type Check,
  type Rules,
} from '../../answers/envelope-checks.js';

function listed(isGood: Check = isRow): Check {
  return (body) => isRow(body) && word(body['code']) === '0' && listOf('data', isGood)(body);
}

function one(isGood: Check): Check {
  const rows = listed(isGood);
  return (body) => rows(body) && (body as { data: unknown[] }).data.length === 1;
}

export const isBookRow = rowWith('ordId', 'instId', 'side', 'ordType', 'state');
export const isAlgoRow = rowWith('algoId', 'instId', 'side', 'ordType', 'state');
const isFill = all(rowWith('instId', 'billId', 'side'), numbersIn('fillSz', 'fillPx', 'ts'));
const isBill = all(rowWith('billId', 'ccy', 'type'), numbersIn('balChg', 'ts'));
const isPosition = rowWith('instId', 'instType', 'posSide', 'pos');
const isAccount: Check = (row) => isRow(row) && listOf('details', rowWith('ccy', 'cashBal'))(row);

export const OKX: Rules = [
  // Row by row: `orders.ts`.
  [/trade\/orders(-algo)?-pending$/, listed()],
  [/trade\/orders-history(-archive)?$/, listed(isBookRow)],
  [/trade\/order$/, one(isBookRow)],
  [/trade\/order-algo$/, one(isAlgoRow)],
  [/trade\/cancel-(order|algos)$/, one(rowWith('sCode'))],
  [/trade\/fills(-history)?$/, listed(isFill)],
  [/account\/bills(-archive)?$/, listed(isBill)],
  [/account\/positions$/, listed(isPosition)],
  [/account\/balance$/, one(isAccount)],
  [/public\/instruments$/, listed(rowWith('instId', 'instType'))],
  [/public\/time$/, one(rowWith('ts'))],
  [/api\/v5\//, listed(() => true)],
];
