/** Binance USD-M's answers as its documentation shows them, field by field in our words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Order } from '../../../../../workflows/domain/books/state.js';
import { recordedVenue } from '../recorded.js';

const usdm = recordedVenue('binanceusdm');

const USDM = { venue: 'binanceusdm', account: 'main', instrument: 'BTC/USDT:USDT' };
const ORDER: Order = {
  ...USDM,
  clientOrderId: 'rl-1',
  venueOrderId: null,
  side: 'buy',
  type: 'limit',
  price: '1',
  quantity: '1',
  filled: '0',
  state: 'in_flight',
};

const BOOK = `[{"orderId":9007199254740993123,"symbol":"BTCUSDT","status":"PARTIALLY_FILLED",
"clientOrderId":"rl-1","price":"68000.10","avgPrice":"68000.10000","origQty":"0.500",
"executedQty":"0.120","cumQuote":"8160.01200","timeInForce":"GTC","type":"LIMIT","reduceOnly":true,
"closePosition":false,"side":"SELL","positionSide":"LONG","stopPrice":"0.00",
"workingType":"CONTRACT_PRICE","priceProtect":false,"origType":"LIMIT","priceMatch":"NONE",
"goodTillDate":0,"time":1750485492076,"updateTime":1750485492077},
{"avgPrice":"0.00000","clientOrderId":"abc","cumQuote":"0","executedQty":"0","orderId":1917641,
"origQty":"0.40","origType":"TRAILING_STOP_MARKET","price":"0","reduceOnly":false,"side":"BUY",
"positionSide":"SHORT","status":"NEW","stopPrice":"9300","closePosition":false,"symbol":"BTCUSDT",
"time":1579276756075,"timeInForce":"GTC","type":"TRAILING_STOP_MARKET","activatePrice":"9020",
"priceRate":"0.3","updateTime":1579276756075,"workingType":"CONTRACT_PRICE","priceProtect":false}]`;

const ALGO = (
  more: string,
) => `{"algoId":2146760,"clientAlgoId":"rl-close","algoType":"CONDITIONAL",
"orderType":"STOP_MARKET","symbol":"BTCUSDT","side":"SELL","positionSide":"BOTH","timeInForce":"GTC",
"quantity":"0.000","algoStatus":"NEW","actualOrderId":"","actualPrice":"0.00000",
"triggerPrice":"60000.00","price":"0.00","icebergQuantity":null,"tpTriggerPrice":"0.000",
"workingType":"CONTRACT_PRICE","priceMatch":"NONE","closePosition":true,"priceProtect":false,
"reduceOnly":true,"createTime":1750485492076,"updateTime":1750485492076,"triggerTime":0,
"goodTillDate":0${more}}`;

test('open orders of both services, partly filled, hedged, trailing, and of a whole position', async () => {
  usdm.answer('/fapi/v1/openOrders', BOOK);
  usdm.answer('/fapi/v1/openAlgoOrders', `[${ALGO('')}]`);
  const place = { ...USDM, state: 'open' };
  assert.deepEqual(await usdm.account.openOrders(), [
    {
      ...place,
      clientOrderId: 'rl-1',
      venueOrderId: '9007199254740993123',
      side: 'sell',
      type: 'limit',
      price: '68000.1',
      quantity: '0.5',
      filled: '0.12',
      reduceOnly: true,
      positionSide: 'long',
    },
    {
      ...place,
      clientOrderId: 'abc',
      venueOrderId: '1917641',
      side: 'buy',
      type: 'trailing_stop_market',
      price: null,
      quantity: '0.4',
      filled: '0',
      conditional: true,
      positionSide: 'short',
    },
    {
      ...place,
      clientOrderId: 'rl-close',
      venueOrderId: '2146760',
      side: 'sell',
      type: 'market',
      price: null,
      quantity: '0',
      filled: '0',
      conditional: true,
      triggerPrice: '60000',
      reduceOnly: true,
    },
  ]);
});

test('a triggered order is what became of its child, and no guess where that is not to be had', async () => {
  const stop = { side: 'sell', conditional: true } as const;
  const order: Order = { ...ORDER, ...stop, clientOrderId: 'rl-close' };
  const triggered = ALGO('').replace('"NEW"', '"TRIGGERED"');
  usdm.answer(
    '/fapi/v1/algoOrder',
    triggered.replace('"actualOrderId":""', '"actualOrderId":"77"'),
  );
  const child = (BOOK.slice(1).split('},')[0] ?? '')
    .concat('}')
    .replace(/"orderId":\d+/, '"orderId":77');
  usdm.answer('/fapi/v1/order', child);
  assert.deepEqual(await usdm.account.lookUp(order), {
    outcome: 'found',
    order: {
      ...USDM,
      clientOrderId: 'rl-1',
      venueOrderId: '77',
      side: 'sell',
      type: 'limit',
      price: '68000.1',
      quantity: '0.5',
      filled: '0.12',
      state: 'open',
      reduceOnly: true,
      positionSide: 'long',
    },
    average: '68000.1',
  });
  assert.equal(usdm.asked('/fapi/v1/order')[0]?.get('orderId'), '77');
  usdm.answer('/fapi/v1/algoOrder', triggered);
  assert.equal((await usdm.account.lookUp(order)).outcome, 'unreadable');
  usdm.answer('/fapi/v1/algoOrder', ALGO('').replace('"NEW"', '"EXPIRED"'));
  const expired = { outcome: 'closed', status: 'expired', filled: '0' };
  assert.deepEqual(await usdm.account.lookUp(order), expired);
});

test('two sides of one position, and a flat row', async () => {
  const row = (side: string, amount: string, entry: string) => `{"symbol":"BTCUSDT",
"positionSide":"${side}","positionAmt":"${amount}","entryPrice":"${entry}","breakEvenPrice":"0.0",
"markPrice":"61000.00000000","unRealizedProfit":"0.00000000","liquidationPrice":"0",
"isolatedMargin":"0","notional":"${Number(amount) * 61_000}","marginAsset":"USDT",
"isolatedWallet":"0","adl":2,"updateTime":1720736417660}`;
  const rows = [
    row('LONG', '0.500', '60000.10'),
    row('SHORT', '-0.300', '60500.55'),
    row('BOTH', '0.000', '0.0'),
  ];
  usdm.answer('/fapi/v3/positionRisk', `[${rows.join(',')}]`);
  const toldAt = { toldAtMs: 1720736417660 };
  assert.deepEqual(await usdm.account.positions(), [
    { ...USDM, side: 'long', quantity: '0.5', averagePrice: '60000.1', ...toldAt },
    { ...USDM, side: 'short', quantity: '-0.3', averagePrice: '60500.55', ...toldAt },
  ]);
});

const NOW = Date.now() - 60_000;
const TRADE = (
  id: number,
  orderId: number,
  more: string,
) => `{"buyer":false,"commission":"0.07819010",
"commissionAsset":"BNB","id":${id},"maker":false,"orderId":${orderId},"price":"7819.01","qty":"0.002",
"quoteQty":"15.63802","realizedPnl":"-0.91539999","side":"SELL","symbol":"BTCUSDT","time":${NOW}${more}}`;

test('trades with their fees, results and sides, and those that the venue forced', async () => {
  usdm.answer('/fapi/v1/userTrades', [
    `[${[
      TRADE(698759, 25851813, ',"positionSide":"SHORT"'),
      TRADE(698760, 6071832819, ',"positionSide":"BOTH"'),
      TRADE(698761, 6072734303, ',"positionSide":"BOTH"'),
    ].join(',')}]`,
    '[]',
  ]);
  const forced = (orderId: number, name: string) => `{"orderId":${orderId},"symbol":"BTCUSDT",
"status":"FILLED","clientOrderId":"${name}","price":"10871.09","avgPrice":"10913.21000",
"origQty":"0.001","executedQty":"0.001","cumQuote":"10.91321","timeInForce":"IOC","type":"LIMIT",
"reduceOnly":false,"closePosition":false,"side":"SELL","positionSide":"BOTH","stopPrice":"0",
"workingType":"CONTRACT_PRICE","origType":"LIMIT","time":${NOW},"updateTime":${NOW}}`;
  const rows = [
    forced(6071832819, 'autoclose-1596107620040000020'),
    forced(6072734303, 'adl_autoclose'),
  ];
  usdm.answer('/fapi/v1/forceOrders', `[${rows.join(',')}]`);
  const fill = {
    ...USDM,
    side: 'sell',
    quantity: '0.002',
    price: '7819.01',
    fee: { asset: 'BNB', amount: '0.0781901' },
    realizedPnl: '-0.91539999',
    timeMs: NOW,
  };
  const { rows: read } = await usdm.account.fillsSince(NOW - 1);
  assert.deepEqual(read, [
    { ...fill, tradeId: '698759', venueOrderId: '25851813', positionSide: 'short' },
    { ...fill, tradeId: '698760', venueOrderId: '6071832819', forced: 'liquidation' },
    { ...fill, tradeId: '698761', venueOrderId: '6072734303', forced: 'deleveraging' },
  ]);
});

test('income but for what trades carry', async () => {
  const row = (
    type: string,
    income: string,
    more: string,
  ) => `{"symbol":"${more}","incomeType":"${type}",
"income":"${income}","asset":"USDT","info":"","time":${NOW},"tranId":9689322392,"tradeId":""}`;
  const rows = [
    row('TRANSFER', '-0.37500000', ''),
    row('COMMISSION', '-0.01000000', 'BTCUSDT'),
    row('REALIZED_PNL', '5.0', 'BTCUSDT'),
    row('FUNDING_FEE', '-0.00134317', 'BTCUSDT'),
    row('INSURANCE_CLEAR', '-1.5', 'BTCUSDT'),
    row('WELCOME_BONUS', '10', ''),
  ];
  usdm.answer('/fapi/v1/income', `[${rows.join(',')}]`);
  const flow = { venue: 'binanceusdm', account: 'main', asset: 'USDT', timeMs: NOW };
  const of = (kind: string, amount: string, instrument: string | null, type: string) => ({
    ...flow,
    kind,
    amount,
    instrument,
    id: `${type}:9689322392`,
  });
  assert.deepEqual((await usdm.account.cashFlowsSince(NOW - 1))?.rows, [
    of('transfer', '-0.375', null, 'TRANSFER'),
    of('funding', '-0.00134317', USDM.instrument, 'FUNDING_FEE'),
    of('fee', '-1.5', USDM.instrument, 'INSURANCE_CLEAR'),
    of('other', '10', null, 'WELCOME_BONUS'),
  ]);
});
