/** Pages of fills that hold a stray row: none of the true rows may be passed over. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { binance } from '../../../../clients/exchange/venues/binance/spot.js';
import { binanceusdm } from '../../../../clients/exchange/venues/binance/usdm.js';
import { openBench, type Bench } from '../bench.js';
import { openRecording } from './recorded.js';
import { stubbed } from '../stubbed.js';

let bench: Bench;
before(async () => {
  bench = await openBench();
});
after(() => bench.venues.close());

const NOW = Date.now() - 60_000;

const binanceTrade = (id: number) =>
  `{"symbol":"BTCUSDT","id":${id},"orderId":${id},"price":"1","qty":"1","quoteQty":"1",
"commission":"0","commissionAsset":"USDT","time":${NOW + id},"isBuyer":true,"isMaker":false}`;

test('binance: a newer trade in a full page does not end the reading early', async () => {
  const recording = openRecording(bench, 'binance');
  const page = (ids: number[]) => `[${ids.map(binanceTrade).join()}]`;
  const ids = Array.from({ length: 1500 }, (_, index) => index + 1);
  recording.answer('/myTrades', [page([1500, ...ids.slice(0, 999)]), page(ids.slice(999)), '[]']);
  const { rows } = await recording.account.fillsSince(NOW - 1_000);
  const read = rows.filter(({ instrument }) => instrument === 'BTC/USDT');
  assert.equal(read.length, ids.length);
  const asked = recording.asked('/myTrades').map((query) => query.get('fromId'));
  assert.ok(asked.includes('1000'), asked.join());
});

for (const [ccxtId, adapter] of [
  ['binance', binance],
  ['binanceusdm', binanceusdm],
] as const) {
  test(`${ccxtId}: hundreds of instruments are read a few at a time`, async () => {
    const symbols = Array.from({ length: 200 }, (_, at) => `C${at}/USDT`);
    const instruments = symbols.map((one) => (ccxtId === 'binance' ? one : `${one}:USDT`));
    const ids = Object.fromEntries(instruments.map((one, at) => [one, `C${at}USDT`]));
    let [running, most] = [0, 0];
    const { exchange, sent } = stubbed(ccxtId, ids, async () => {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return [];
    });
    const reach = { exchange, place: { venue: ccxtId, account: 'main' }, instruments };
    await adapter.fills(reach, NOW);
    assert.equal(new Set(sent.map(({ params }) => params['symbol'])).size, 200);
    assert.ok(most > 1 && most <= 8, `${most} at once`);
  });
}

const futuresFill = (id: number) =>
  `{"fill_id":"f-${id}","symbol":"PF_XBTUSD","side":"buy","order_id":"o","size":1,"price":1,
"fillTime":"${new Date(NOW + id).toISOString()}","fillType":"maker"}`;
const log = '{"accountUid":"u","logs":[]}';

test('krakenfutures: an older fill in a full page does not end the reading early', async () => {
  const recording = openRecording(bench, 'krakenfutures');
  const page = (ids: number[]) =>
    `{"result":"success","serverTime":"x","fills":[${ids.map(futuresFill).join()}]}`;
  const newest = Array.from({ length: 250 }, (_, index) => 250 - index);
  const first = page([1, ...newest.slice(0, 99)]);
  recording.answer('/fills', [first, page(newest.slice(98, 198)), page(newest.slice(197))]);
  recording.answer('/account-log', log);
  const { rows } = await recording.account.fillsSince(NOW);
  assert.equal(rows.length, newest.length);
});
