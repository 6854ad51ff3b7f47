/** When a row stood so, by the venue's own word: positions and wallets, wherever a venue dates them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { toldAt } from '../../../../clients/exchange/answers/rows.js';
import { totalsOf } from '../../../../clients/exchange/answers/parse.js';
import { openBench, type Bench } from '../bench.js';
import { openRecording } from './recorded.js';

let bench: Bench;
before(async () => {
  bench = await openBench();
});
after(() => bench.venues.close());

const dates = (rows: readonly { toldAtMs?: number }[]) => rows.map(({ toldAtMs }) => toldAtMs);
const AT = 1_720_736_417_660;

test('binanceusdm: positions by row, wallets by asset', async () => {
  const { account, answer } = openRecording(bench, 'binanceusdm');
  const row = `"symbol":"BTCUSDT","positionSide":"BOTH","positionAmt":"1","entryPrice":"1","notional":"1"`;
  answer('/positionRisk', `[{${row},"updateTime":${AT}}]`);
  assert.deepEqual(dates(await account.positions()), [AT]);
  answer('/positionRisk', `[{${row}}]`);
  assert.deepEqual(dates(await account.positions()), [undefined]);
  const wallet = (asset: string, updateTime: number) =>
    `{"asset":"${asset}","walletBalance":"5","updateTime":${updateTime}}`;
  answer(
    '/fapi/v3/account',
    `{"assets":[${wallet('USDT', AT)},${wallet('BNB', 0)}],"positions":[]}`,
  );
  assert.deepEqual(dates(await account.balances()), [AT, undefined]);
});

test('binance and coinbase: wallets, of the account or each by itself', async () => {
  const binance = openRecording(bench, 'binance');
  const free = '{"asset":"BTC","free":"1","locked":"0"}';
  binance.answer('/account', `{"updateTime":${AT},"accountType":"SPOT","balances":[${free}]}`);
  assert.deepEqual(dates(await binance.account.balances()), [AT]);
  const coinbase = openRecording(bench, 'coinbase');
  const wallet = (uuid: string, told: string) => `{"uuid":"${uuid}","currency":"BTC",
"available_balance":{"value":"1","currency":"BTC"},"hold":{"value":"0","currency":"BTC"},
"type":"ACCOUNT_TYPE_CRYPTO","platform":"ACCOUNT_PLATFORM_CONSUMER"${told}}`;
  const pages = (...rows: string[]) =>
    `{"accounts":[${rows.join()}],"has_next":false,"cursor":"","size":${rows.length}}`;
  const told = (iso: string) => `,"updated_at":"${iso}"`;
  const two = [
    wallet('a', told('2024-07-11T22:20:17.660Z')),
    wallet('b', told('2024-07-11T22:20:18Z')),
  ];
  coinbase.answer('/brokerage/accounts', pages(...two));
  assert.deepEqual(
    dates(await coinbase.account.balances()),
    [AT],
    'a sum is as old as its oldest part',
  );
  coinbase.answer('/brokerage/accounts', pages(...two, wallet('c', '')));
  assert.deepEqual(dates(await coinbase.account.balances()), [undefined]);
});

test('what is no time in milliseconds or of ISO 8601 is no word, and never fails a reading', () => {
  for (const value of ['', '0', '1', 'yesterday', null, undefined, {}, '1720736417', -1, '17e11']) {
    assert.deepEqual(toldAt(value), {});
  }
  for (const value of [
    AT,
    String(AT),
    '2024-07-11T22:20:17.660Z',
    '2024-07-11T22:20:17.660+00:00',
  ]) {
    assert.deepEqual(toldAt(value), { toldAtMs: AT });
  }
});

test('a sum of wallets is as old as the oldest, whatever their order', () => {
  const place = { venue: 'v', account: 'main' };
  const rows = [
    ['BTC', '1', { toldAtMs: 30 }],
    ['BTC', '2', { toldAtMs: 10 }],
    ['BTC', '3', { toldAtMs: 20 }],
  ] as const;
  for (const order of [rows, rows.toReversed()]) {
    assert.deepEqual(totalsOf(place, order), [
      { ...place, asset: 'BTC', total: '6', toldAtMs: 10 },
    ]);
  }
});
