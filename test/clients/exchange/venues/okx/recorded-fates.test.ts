/** What became of orders at OKX, and how they are cancelled: its answers and its error bodies. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Order } from '../../../../../workflows/domain/books/state.js';
import { rejectsAs } from '../../bench.js';
import { algosOf, NONE, ok, okxVenue, PLACE } from './okx.js';

const okx = okxVenue('LTC/USDT:USDT', 'BTC/USDT');

const ORDER: Order = {
  ...PLACE,
  instrument: 'LTC/USDT:USDT',
  clientOrderId: 'rl1',
  venueOrderId: '30',
  side: 'sell',
  type: 'limit',
  price: '70',
  quantity: '2',
  filled: '0',
  state: 'open',
};
const STOP: Order = { ...ORDER, venueOrderId: '20', conditional: true };

const bookRow = (state: string, filled: string, more = '') => `{"instType":"SWAP",
"instId":"LTC-USDT-SWAP","ordId":"30","clOrdId":"rl1","side":"sell","posSide":"net","ordType":"limit",
"px":"70","sz":"2","accFillSz":"${filled}","state":"${state}","reduceOnly":"false","cTime":"1",
"uTime":"1"${more}}`;
const algoRow = (state: string, more = '"ordType":"conditional"') => `{"algoId":"20",
"algoClOrdId":"rl1","instId":"LTC-USDT-SWAP","instType":"SWAP","side":"sell","posSide":"net","sz":"2",
"slTriggerPx":"70","slOrdPx":"-1","state":"${state}","cTime":"1","uTime":"1",${more}}`;

/** Of a single order, and of one among several: both with HTTP status 200. */
const refusal = (code: string, msg: string) => `{"code":"${code}","msg":"${msg}","data":[]}`;
const inside = (sCode: string, outer = '1') =>
  `{"code":"${outer}","msg":"","data":[{"ordId":"30","algoId":"20","clOrdId":"","sCode":"${sCode}","sMsg":"x"}]}`;
const GONE = refusal('51603', 'Order does not exist');

function nowhere(): void {
  okx.answer('trade/order', GONE);
  okx.answer('trade/order-algo', GONE);
  okx.answer('trade/orders-history-archive', NONE);
}

const closed = (status: string, filled: string) => ({ outcome: 'closed', status, filled });

test('an order ends as its state says, with what was filled', async () => {
  nowhere();
  for (const [state, filled, status] of [
    ['filled', '2', 'filled'],
    ['canceled', '0.5', 'cancelled'],
    ['mmp_canceled', '0', 'cancelled'],
  ] as const) {
    okx.answer('trade/order', ok(bookRow(state, filled, ',"avgPx":"70.5"')));
    const said = { ...closed(status, filled), average: '70.5' };
    assert.deepEqual(await okx.account.lookUp(ORDER), said);
  }
  okx.answer('trade/order', ok(bookRow('waiting_for_moon', '0')));
  assert.equal((await okx.account.lookUp(ORDER)).outcome, 'unreadable');
});

test('an order is asked for by its id, or by ours, and another one is told', async () => {
  nowhere();
  okx.answer('trade/order', ok(bookRow('live', '0')));
  assert.equal((await okx.account.lookUp(ORDER)).outcome, 'found');
  assert.equal(okx.asked('trade/order')[0]?.get('ordId'), '30');
  assert.equal((await okx.account.lookUp({ ...ORDER, venueOrderId: null })).outcome, 'found');
  assert.equal(okx.asked('trade/order')[1]?.get('clOrdId'), 'rl1');
  const other = await okx.account.lookUp({ ...ORDER, venueOrderId: null, quantity: '3' });
  assert.equal(other.outcome, 'unreadable');
  await rejectsAs(okx.account.lookUp({ ...ORDER, venueOrderId: '31' }), ['VenueUnreadable']);
});

test('an order is absent only where each list says that it has none', async () => {
  nowhere();
  assert.deepEqual(await okx.account.lookUp(ORDER), { outcome: 'absent' });
  okx.answer('trade/orders-history-archive', ok(bookRow('canceled', '0.5')));
  assert.deepEqual(await okx.account.lookUp(ORDER), closed('cancelled', '0.5'));
  okx.answer('trade/order', NONE);
  await rejectsAs(okx.account.lookUp(ORDER), ['VenueUnreadable']);
});

test('an algo order that triggered is what the order it placed is', async () => {
  nowhere();
  okx.answer('trade/order-algo', ok(algoRow('live')));
  assert.equal((await okx.account.lookUp(STOP)).outcome, 'found');
  okx.answer('trade/order-algo', ok(algoRow('canceled')));
  assert.deepEqual(await okx.account.lookUp(STOP), closed('cancelled', '0'));
  okx.answer('trade/order-algo', ok(algoRow('order_failed')));
  assert.deepEqual(await okx.account.lookUp(STOP), closed('rejected', '0'));
  const placed = '"ordType":"conditional","ordId":"30","ordIdList":["30"]';
  okx.answer('trade/order-algo', ok(algoRow('effective', placed)));
  okx.answer('trade/order', ok(bookRow('filled', '2')));
  assert.deepEqual(await okx.account.lookUp(STOP), closed('filled', '2'));
  okx.answer('trade/order', GONE);
  assert.equal((await okx.account.lookUp(STOP)).outcome, 'unreadable');
  const done = '"ordType":"iceberg","actualSz":"1.5"';
  okx.answer('trade/order-algo', ok(algoRow('canceled', done)));
  assert.deepEqual(await okx.account.lookUp(STOP), closed('cancelled', '1.5'));
});

test('an order is cancelled in the list that has it', async () => {
  okx.answer('trade/cancel-order', inside('0', '0'));
  await okx.account.cancel(ORDER);
  const [asked] = okx.asked('trade/cancel-order');
  assert.deepEqual([asked?.get('instId'), asked?.get('ordId')], ['LTC-USDT-SWAP', '30']);
  okx.answer('trade/cancel-algos', inside('0', '0'));
  await okx.account.cancel(STOP);
  assert.equal(okx.asked('trade/cancel-algos')[0]?.get('algoId'), '20');
  // It triggered since; and a state of before may not say that it waits.
  okx.answer('trade/cancel-algos', inside('51400'));
  await okx.account.cancel({ ...STOP, venueOrderId: null });
  assert.equal(okx.asked('trade/cancel-order').at(-1)?.get('clOrdId'), 'rl1');
  okx.answer('trade/cancel-order', inside('51400'));
  okx.answer('trade/cancel-algos', inside('0', '0'));
  await okx.account.cancel(ORDER);
  assert.equal(okx.asked('trade/cancel-algos').length, 1);
});

test('a refusal inside an answer that went well is a refusal', async () => {
  okx.answer('trade/cancel-algos', inside('51000', '0'));
  await rejectsAs(okx.account.cancel(STOP), ['VenueRefused']);
  okx.answer('trade/cancel-algos', inside('51400', '0'));
  okx.answer('trade/cancel-order', inside('51400'));
  await rejectsAs(okx.account.cancel(STOP), ['VenueRefused']);
  okx.answer('trade/cancel-algos', inside('59999', '0'));
  await rejectsAs(okx.account.cancel(STOP), ['OutcomeUnknown']);
  okx.answer('trade/cancel-order', NONE);
  await rejectsAs(okx.account.cancel(ORDER), ['OutcomeUnknown']);
});

test('error bodies are told apart: refused, for a while, too often, the clock, the key', async () => {
  okx.answer('trade/orders-algo-pending', algosOf('none'));
  for (const [body, status, kind] of [
    [refusal('50011', 'Too Many Requests'), 429, 'too_many_requests'],
    [refusal('50061', 'exceeded the maximum order rate'), 200, 'too_many_requests'],
    [refusal('50001', 'Service temporarily unavailable'), 503, 'unavailable'],
    [refusal('50013', 'Systems are busy'), 200, 'unavailable'],
    [refusal('50111', 'Invalid OK-ACCESS-KEY'), 401, 'key_refused'],
    [refusal('50120', 'no permission'), 401, 'refused'],
    ['{"code":404,"data":{},"msg":"Not Found"}', 404, 'refused'],
    ['{"code":"0","msg":""}', 200, 'malformed_answer'],
    ['{"data":[],"msg":""}', 200, 'malformed_answer'],
    ['{}', 200, 'malformed_answer'],
    ['[]', 200, 'malformed_answer'],
    ['{"msg":"Not Found"}', 404, 'refused'],
    ['<html>', 502, 'unavailable'],
  ] as const) {
    okx.answer('trade/orders-pending', body, status);
    const said = await rejectsAs(okx.account.openOrders(), ['VenueUnreadable', 'VenueRefused']);
    assert.match(said, new RegExp(`"kind":"${kind}"`), body);
  }
});
