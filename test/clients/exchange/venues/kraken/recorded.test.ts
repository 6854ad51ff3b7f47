/** Kraken's answers as its documentation shows them, field by field in our words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rejectsAs } from '../../bench.js';
import { recordedVenue } from '../recorded.js';

const kraken = recordedVenue('kraken');

const PLACE = { venue: 'kraken', account: 'main' };
const BTC = { ...PLACE, instrument: 'BTC/USD' };

const order = (terms: string, more = '') => `{"refid":null,"userref":"0","status":"open",
"opentm":"1705259439.563000","starttm":"0","expiretm":"0","descr":{"pair":"XBTUSD","type":"sell",
${terms},"leverage":"none","order":"","close":""},"vol":"0.10000000","vol_exec":"0.02500000",
"cost":"0.000000","fee":"0.000000","price":"61000.00000","stopprice":"0.000000",
"limitprice":"0.000000","misc":"","oflags":"fciq"${more}}`;

test('open orders: limits, markets and what waits, absolute, relative or set off', async () => {
  const stop = '"ordertype":"stop-loss-limit","price":"50000.10","price2":"49900.00"';
  kraken.answer(
    '/OpenOrders',
    `{"error":[],"result":{"open":{
"O-LIMIT":${order('"ordertype":"limit","price":"62000.50","price2":"0"', ',"cl_ord_id":"rl-1"')},
"O-MARKET":${order('"ordertype":"market","price":"0","price2":"0"')},
"O-STOP":${order(stop, ',"reduce_only":true')},
"O-SETOFF":${order(stop).replace('"misc":""', '"misc":"stopped"')},
"O-TAKE":${order('"ordertype":"take-profit","price":"79000.00000","price2":"0"')},
"O-TRAIL":${order('"ordertype":"trailing-stop","price":"+5.0000%","price2":"0"')}}}}`,
  );
  const of = (venueOrderId: string, more: object) => ({
    ...BTC,
    clientOrderId: `venue:${venueOrderId}`,
    venueOrderId,
    side: 'sell',
    type: 'market',
    price: null,
    quantity: '0.1',
    filled: '0.025',
    state: 'open',
    ...more,
  });
  const limit = { type: 'limit', price: '49900' };
  assert.deepEqual(await kraken.account.openOrders(), [
    of('O-LIMIT', { clientOrderId: 'rl-1', type: 'limit', price: '62000.5' }),
    of('O-MARKET', {}),
    of('O-STOP', { ...limit, conditional: true, triggerPrice: '50000.1', reduceOnly: true }),
    of('O-SETOFF', limit),
    of('O-TAKE', { conditional: true, triggerPrice: '79000' }),
    of('O-TRAIL', { conditional: true, type: 'trailing-stop' }),
  ]);
});

const position = (
  type: string,
  volume: string,
  closed: string,
  cost: string,
) => `{"ordertxid":"O-1",
"posstatus":"open","pair":"XXBTZUSD","time":1605280097.8294,"type":"${type}","ordertype":"limit",
"cost":"${cost}","fee":"2.31","vol":"${volume}","vol_closed":"${closed}","margin":"34740.24",
"terms":"0.0100% per 4 hours","rollovertm":"1616672637","misc":"","oflags":""}`;

test('a margin position is what is not closed of all its parts, at their prices', async () => {
  kraken.answer(
    '/OpenPositions',
    `{"error":[],"result":{"T-1":${position('sell', '0.90000000', '0.30000000', '54000.90')},
"T-2":${position('sell', '0.30000000', '0.00000000', '18300.00000')},
"T-3":${position('buy', '0.10000000', '0.10000000', '6000.00')}}}`,
  );
  // 0.6 at 60,001 and 0.3 at 61,000.
  assert.deepEqual(await kraken.account.positions(), [
    { ...BTC, side: 'net', quantity: '-0.9', averagePrice: '60334' },
  ]);
  kraken.answer('/OpenPositions', '{"error":[],"result":{}}');
  assert.deepEqual(await kraken.account.positions(), []);
  kraken.answer('/OpenPositions', '{"error":[],"result":[]}');
  await rejectsAs(kraken.account.positions(), ['VenueUnreadable']);
});

const NOW = Math.floor(Date.now() / 1000) - 60;
const trade = (time: string, more: string) => `{"ordertxid":"OQCLML-BW3P3-BUCMWZ",
"postxid":"TKH2SE-M7IF5-CFI7LT","pair":"XXBTZUSD","time":${time},"type":"buy","ordertype":"limit",
"price":"60010.00000","cost":"600.20000","fee":"0.00000","vol":"0.02000000","trade_id":40274859,
"maker":true${more}}`;

test('trades on margin name the position, a liquidation, and what closing earned', async () => {
  const spot = ',"margin":"0.00000","leverage":"0","misc":""';
  const opening = ',"margin":"120.04000","leverage":"5","misc":"","posstatus":"open"';
  const closing = ',"margin":"0.00000","leverage":"5","misc":"closing"';
  kraken.answer(
    '/TradesHistory',
    `{"error":[],"result":{"trades":{"T-SPOT":${trade(`${NOW}.1234`, spot)},
"T-OPEN":${trade(`${NOW}.2`, opening)},"T-CLOSE":${trade(`${NOW}.3`, closing)},
"T-LIQ":${trade(`${NOW}.4`, closing).replace('"limit"', '"liquidation market"')}},"count":4}}`,
  );
  const entry = (refid: string, amount: string) => `{"refid":"${refid}","time":${NOW}.3,
"type":"margin","subtype":"","aclass":"currency","asset":"ZUSD","amount":"${amount}","fee":"0.4001",
"balance":"1000.0000"}`;
  kraken.answer(
    '/Ledgers',
    `{"error":[],"result":{"ledger":{"L-1":${entry('T-CLOSE', '-12.5000')},
"L-2":${entry('T-LIQ', '-99.0000')}},"count":2}}`,
  );
  const fill = {
    ...BTC,
    venueOrderId: 'OQCLML-BW3P3-BUCMWZ',
    side: 'buy',
    quantity: '0.02',
    price: '60010',
    fee: { asset: 'USD', amount: '0' },
    realizedPnl: null,
  };
  const net = { ...fill, positionSide: 'net' };
  // As the ledger says, whatever the trade does.
  const charged = { fee: { asset: 'USD', amount: '0.4001' } };
  assert.deepEqual((await kraken.account.fillsSince((NOW - 1) * 1000)).rows, [
    { ...fill, tradeId: 'T-SPOT', timeMs: NOW * 1000 + 123 },
    { ...net, tradeId: 'T-OPEN', timeMs: NOW * 1000 + 200 },
    { ...net, ...charged, tradeId: 'T-CLOSE', timeMs: NOW * 1000 + 300, realizedPnl: '-12.5' },
    {
      ...net,
      ...charged,
      tradeId: 'T-LIQ',
      timeMs: NOW * 1000 + 400,
      realizedPnl: '-99',
      forced: 'liquidation',
    },
  ]);
});

test('ledger entries but for what trades carry, net of their fees', async () => {
  const entry = (type: string, amount: string, fee: string, asset: string) => `{"refid":"R-1",
"time":"${NOW}.5","type":"${type}","subtype":"","aclass":"currency","asset":"${asset}",
"amount":"${amount}","fee":"${fee}","balance":"1.0"}`;
  kraken.answer(
    '/Ledgers',
    `{"error":[],"result":{"ledger":{"L-1":${entry('trade', '-24.5', '0.04', 'ZUSD')},
"L-2":${entry('margin', '5.1', '0.04', 'ZUSD')},
"L-3":${entry('rollover', '0.0000', '0.2500', 'ZUSD')},
"L-4":${entry('deposit', '0.5000000000', '0.0000000000', 'XXBT')},
"L-5":${entry('withdrawal', '-0.1000000000', '0.0001500000', 'XXBT')},
"L-6":${entry('staking', '0.0000100000', '0', 'ETH2.S')},
"L-7":${entry('spend', '-100.0000', '1.5000', 'ZEUR')}},"count":7}}`,
  );
  const at = { ...PLACE, instrument: null, timeMs: NOW * 1000 + 500 };
  assert.deepEqual((await kraken.account.cashFlowsSince((NOW - 1) * 1000))?.rows, [
    { ...at, id: 'L-3', kind: 'interest', asset: 'USD', amount: '-0.25' },
    { ...at, id: 'L-4', kind: 'transfer', asset: 'BTC', amount: '0.5' },
    { ...at, id: 'L-5', kind: 'transfer', asset: 'BTC', amount: '-0.10015' },
    { ...at, id: 'L-6', kind: 'interest', asset: 'ETH2.S', amount: '0.00001' },
    { ...at, id: 'L-7', kind: 'other', asset: 'EUR', amount: '-101.5' },
  ]);
});

test('balances sum what is one asset under two names, and keep what is another', async () => {
  kraken.answer(
    '/BalanceEx',
    `{"error":[],"result":{"XXBT":{"balance":"1.0000000000","hold_trade":"0.5"},
"XBT":{"balance":"0.2500000000","hold_trade":"0"},"XBT.F":{"balance":"0.0000010000","hold_trade":"0"},
"DOT.S":{"balance":"10.0000000000","hold_trade":"0"},
"ZUSD":{"balance":"0.0000","hold_trade":"0.0000"}}}`,
  );
  const balances = await kraken.account.balances();
  assert.deepEqual(
    balances.map(({ asset, total }) => [asset, total]),
    [
      ['BTC', '1.250001'],
      ['DOT.S', '10'],
    ],
  );
});

test('fewer rows than are counted are not all the rows', async () => {
  const rows = `{"T-1":${trade(`${NOW}.1`, ',"margin":"0","leverage":"0","misc":""')}}`;
  kraken.answer('/TradesHistory', `{"error":[],"result":{"trades":${rows},"count":2}}`);
  await rejectsAs(kraken.account.fillsSince(0), ['VenueUnreadable']);
});
