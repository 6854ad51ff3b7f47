/** Kraken Futures' answers as its documentation shows them, field by field in our words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordedVenue } from '../recorded.js';
import { success } from './success.js';

const futures = recordedVenue('krakenfutures', async (recording) => {
  const contract = (symbol: string, type: string, more: string) => `{"symbol":"${symbol}",
"type":"${type}","underlying":"rr_xbtusd","tickSize":0.5,"contractSize":1,"tradeable":true,
"impactMidSize":1,"maxPositionSize":1000000,"openingDate":"2022-01-01T00:00:00.000Z",
"marginLevels":[{"contracts":0,"initialMargin":0.02,"maintenanceMargin":0.01}],
"fundingRateCoefficient":8,"base":"BTC","quote":"USD","pair":"BTC:USD"${more}}`;
  recording.answer(
    '/instruments',
    `{"result":"success","instruments":[
${contract('PF_XBTUSD', 'flexible_futures', ',"contractValueTradePrecision":4')},
${contract('PI_XBTUSD', 'futures_inverse', ',"contractValueTradePrecision":0')}]}`,
  );
  await recording.account.instrumentSpecs();
});

const PLACE = { venue: 'krakenfutures', account: 'main' };
const PERPETUAL = { ...PLACE, instrument: 'BTC/USD:USD' };
const INVERSE = { ...PLACE, instrument: 'BTC/USD:BTC' };
test('specifications tell an inverse contract from a linear one', async () => {
  const specs = await futures.account.instrumentSpecs(['BTC/USD:BTC']);
  const common = { priceTick: '0.5', minNotional: null, contractSize: '1' };
  assert.deepEqual(specs, [
    { instrument: 'BTC/USD:USD', quantityStep: '0.0001', ...common, inverse: false },
    { instrument: 'BTC/USD:BTC', quantityStep: '1', ...common, inverse: true },
  ]);
});

test('open orders with their prices, partly filled and waiting', async () => {
  futures.answer(
    '/openorders',
    success(`"openOrders":[
{"order_id":"59302619","cliOrdId":"rl-1","symbol":"PI_XBTUSD","side":"sell","orderType":"lmt",
"limitPrice":10640.5,"unfilledSize":304,"receivedTime":"2019-09-05T17:01:17.410Z",
"status":"partiallyFilled","filledSize":96,"reduceOnly":true,
"lastUpdateTime":"2019-09-05T17:01:17.410Z"},
{"order_id":"022774bc","symbol":"PF_XBTUSD","side":"sell","orderType":"stop","stopPrice":55000.5,
"unfilledSize":1e-4,"receivedTime":"2019-09-05T16:47:47.519Z","status":"untouched","filledSize":0,
"triggerSignal":"mark","reduceOnly":true,"lastUpdateTime":"2019-09-05T16:47:47.519Z"},
{"order_id":"d08021f7","symbol":"PF_XBTUSD","side":"buy","orderType":"take_profit","limitPrice":0,
"stopPrice":70000,"unfilledSize":2,"status":"untouched","filledSize":0,"reduceOnly":false}]`),
  );
  assert.deepEqual(await futures.account.openOrders(), [
    {
      ...INVERSE,
      clientOrderId: 'rl-1',
      venueOrderId: '59302619',
      side: 'sell',
      type: 'limit',
      price: '10640.5',
      quantity: '400',
      filled: '96',
      state: 'open',
      reduceOnly: true,
    },
    {
      ...PERPETUAL,
      clientOrderId: 'venue:022774bc',
      venueOrderId: '022774bc',
      side: 'sell',
      type: 'market',
      price: null,
      quantity: '0.0001',
      filled: '0',
      state: 'open',
      conditional: true,
      triggerPrice: '55000.5',
      reduceOnly: true,
    },
    {
      ...PERPETUAL,
      clientOrderId: 'venue:d08021f7',
      venueOrderId: 'd08021f7',
      side: 'buy',
      type: 'market',
      price: null,
      quantity: '2',
      filled: '0',
      state: 'open',
      conditional: true,
      triggerPrice: '70000',
    },
  ]);
});

test('positions of both directions, and wallets of every kind', async () => {
  futures.answer(
    '/openpositions',
    success(`"openPositions":[{"side":"short","symbol":"PI_XBTUSD","price":9392.749993345933,
"fillTime":"2020-07-22T14:39:12.376Z","size":10000,"unrealizedFunding":0.00001045432180096817},
{"side":"long","symbol":"PF_XBTUSD","price":60000.5,"size":0.25,"unrealizedFunding":null,
"pnlCurrency":"USD","maxFixedLeverage":1.0}]`),
  );
  assert.deepEqual(await futures.account.positions(), [
    { ...INVERSE, side: 'net', quantity: '-10000', averagePrice: '9392.749993345933' },
    { ...PERPETUAL, side: 'net', quantity: '0.25', averagePrice: '60000.5' },
  ]);
  futures.answer(
    '/accounts',
    success(`"accounts":{"cash":{"type":"cashAccount","balances":{"xbt":0.5,"usd":1.25}},
"flex":{"type":"multiCollateralMarginAccount","currencies":{"XBT":{"quantity":0.1185308247,
"value":4998.72,"collateral":4886.49,"available":0.1185308247},"USD":{"quantity":5000,"value":5000,
"collateral":5000,"available":5000}},"portfolioValue":9998.72},
"fi_xbtusd":{"type":"marginAccount","currency":"xbt","balances":{"FI_XBTUSD_171215":50000,
"xbt":0.25},"auxiliary":{"usd":0,"pv":0.25,"pnl":0,"af":0.25,"funding":0}}}`),
  );
  const balances = await futures.account.balances();
  assert.deepEqual(
    balances.map(({ asset, total }) => [asset, total]),
    [
      ['BTC', '0.8685308247'],
      ['USD', '5001.25'],
    ],
  );
});

const NOW = Date.now() - 3_600_000;
const ISO = new Date(NOW).toISOString();
const log = (id: number, terms: string) => `{"id":${id},"date":"${ISO}","margin_account":"flex",
"booking_uid":"b${id}","funding_rate":null,"mark_price":null,"trade_price":null,${terms}}`;

test('fills with what was charged, whatever a price list says, and what was forced', async () => {
  const fill = (id: string, type: string) => `{"fill_id":"${id}","symbol":"PF_XBTUSD","side":"buy",
"order_id":"693af756","cliOrdId":"rl-1","size":0.25,"price":60000.5,"fillTime":"${ISO}",
"fillType":"${type}"}`;
  const types = ['maker', 'liquidation', 'assignee', 'taker'];
  const rows = types.map((type, index) => fill(`f${index}`, type));
  futures.answer('/fills', success(`"fills":[${rows.join(',')}]`));
  const cash = (id: number) =>
    log(
      id,
      `"info":"futures trade","asset":"usd","contract":"pf_xbtusd","execution":"f${id}",
"old_balance":10,"new_balance":8.9,"fee":0.6,"realized_pnl":-0.5,"realized_funding":null`,
    );
  const leg = cash(0).replace('"asset":"usd"', '"asset":"pf_xbtusd"').replace('"id":0', '"id":9');
  const logs = [cash(0), cash(1), cash(2), leg].join(',');
  futures.answer('/account-log', `{"accountUid":"u","logs":[${logs}]}`);
  const of = (tradeId: string, more: object) => ({
    ...PERPETUAL,
    tradeId,
    venueOrderId: '693af756',
    side: 'buy',
    quantity: '0.25',
    price: '60000.5',
    fee: { asset: 'USD', amount: '0.6' },
    realizedPnl: '-0.5',
    timeMs: NOW,
    ...more,
  });
  assert.deepEqual((await futures.account.fillsSince(NOW - 1)).rows, [
    of('f0', {}),
    of('f1', { forced: 'liquidation' }),
    of('f2', { forced: 'deleveraging' }),
    // The log does not have it: what it cost is not known.
    of('f3', { fee: null, realizedPnl: null }),
  ]);
});

test('what moves balances beside trades, and the funding that a trade realised', async () => {
  const none = '"execution":null,"fee":null,"realized_pnl":null';
  const rows = [
    log(
      1,
      `"info":"cross-exchange transfer","asset":"usdt","contract":null,"old_balance":0,
"new_balance":25,"realized_funding":null,${none}`,
    ),
    log(
      2,
      `"info":"funding rate change","asset":"usd","contract":"pf_xbtusd","old_balance":1068.0239,
"new_balance":1068.0355,"realized_funding":0.0116,${none}`,
    ),
    log(
      3,
      `"info":"futures trade","asset":"usd","contract":"pf_xbtusd","execution":"f1","fee":0.6,
"realized_pnl":-0.5,"old_balance":10,"new_balance":8.65,"realized_funding":-0.25`,
    ),
    log(
      4,
      `"info":"futures trade","asset":"pf_xbtusd","contract":"pf_xbtusd","execution":"f1",
"fee":null,"realized_pnl":null,"old_balance":100,"new_balance":0,"realized_funding":null`,
    ),
    log(
      5,
      `"info":"conversion","asset":"usdt","contract":null,"old_balance":24.9964965,
"new_balance":24.98878873,"realized_funding":null,${none}`,
    ),
    log(
      6,
      `"info":"interest payment","asset":"usd","contract":null,"old_balance":5,"new_balance":4.5,
"realized_funding":null,${none}`,
    ),
  ];
  futures.answer('/account-log', `{"accountUid":"u","logs":[${rows.join(',')}]}`);
  const at = { ...PLACE, timeMs: NOW };
  const usd = { ...at, asset: 'USD', instrument: null };
  const usdt = { ...at, asset: 'USDT', instrument: null };
  const { instrument } = PERPETUAL;
  assert.deepEqual((await futures.account.cashFlowsSince(NOW - 1))?.rows, [
    { ...usdt, id: '1', kind: 'transfer', amount: '25' },
    { ...usd, id: '2', kind: 'funding', amount: '0.0116', instrument },
    { ...usd, id: '3', kind: 'funding', amount: '-0.25', instrument },
    { ...usdt, id: '5', kind: 'transfer', amount: '-0.00770777' },
    { ...usd, id: '6', kind: 'interest', amount: '-0.5' },
  ]);
});
