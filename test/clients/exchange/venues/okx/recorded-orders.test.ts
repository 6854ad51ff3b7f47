/**
 * OKX's orders as its documentation shows them, field by field in our words; the rows of hedge mode, of
 * a close of the whole position and of an iceberg are those of the review's cases.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isProtective } from '../../../../../workflows/domain/orders/protection/protective.js';
import type { Order } from '../../../../../workflows/domain/books/state.js';
import { rejectsAs } from '../../bench.js';
import { algosOf, NONE, ok, okxVenue, PLACE } from './okx.js';

const okx = okxVenue('LTC/USDT:USDT', 'BTC/USDT');
const LTC = { ...PLACE, instrument: 'LTC/USDT:USDT', state: 'open' as const };

const algo = (more: string) => `{"algoId":"20","algoClOrdId":"rl-1","clOrdId":"","ordId":"",
"instId":"LTC-USDT-SWAP","instType":"SWAP","side":"sell","tpTriggerPx":"","tpOrdPx":"","triggerPx":"",
"state":"live","cTime":"1622559930237","uTime":"1622559930237",${more}}`;

async function openWith(ordType: string, row: string): Promise<Order | undefined> {
  okx.answer('trade/orders-pending', NONE);
  okx.answer('trade/orders-algo-pending', algosOf(ordType, row));
  const orders = await okx.account.openOrders();
  assert.equal(orders.length, 1);
  return orders[0];
}

test('orders of the book, with their client ids, sides of a hedge, and what is filled', async () => {
  okx.answer(
    'trade/orders-pending',
    ok(
      `{"instType":"SWAP","instId":"LTC-USDT-SWAP","ordId":"301835739059335168","clOrdId":"rl7",
"side":"buy","posSide":"long","ordType":"post_only","px":"70.5","sz":"3","accFillSz":"1","state":
"partially_filled","reduceOnly":"false","tdMode":"cross","slTriggerPx":"60","slOrdPx":"-1",
"fee":"-0.1","feeCcy":"USDT","avgPx":"70.5","tgtCcy":"","cTime":"1618235248028","uTime":"1618235248028"}`,
      `{"instType":"SPOT","instId":"BTC-USDT","ordId":"301835739059335169","clOrdId":"","side":"sell",
"posSide":"net","ordType":"limit","px":"70000","sz":"0.5","accFillSz":"0","state":"live",
"reduceOnly":"false","tdMode":"cash","fee":"","feeCcy":"","tgtCcy":"","cTime":"1","uTime":"1"}`,
    ),
  );
  okx.answer('trade/orders-algo-pending', NONE);
  const common = { type: 'limit', state: 'open' };
  assert.deepEqual(await okx.account.openOrders(), [
    {
      ...LTC,
      ...common,
      clientOrderId: 'rl7',
      venueOrderId: '301835739059335168',
      side: 'buy',
      price: '70.5',
      quantity: '3',
      filled: '1',
      positionSide: 'long',
    },
    {
      ...PLACE,
      ...common,
      instrument: 'BTC/USDT',
      clientOrderId: 'venue:301835739059335169',
      venueOrderId: '301835739059335169',
      side: 'sell',
      price: '70000',
      quantity: '0.5',
      filled: '0',
    },
  ]);
});

test('a stop of a hedge names the side that it closes', async () => {
  const stop = await openWith(
    'conditional',
    algo(`"ordType":"conditional","posSide":"long","reduceOnly":"true","sz":"2","slTriggerPx":"70",
"slOrdPx":"-1"`),
  );
  assert.deepEqual(stop, {
    ...LTC,
    clientOrderId: 'rl-1',
    venueOrderId: '20',
    side: 'sell',
    type: 'market',
    price: null,
    quantity: '2',
    filled: '0',
    conditional: true,
    triggerPrice: '70',
    reduceOnly: true,
    positionSide: 'long',
  });
});

test('a close of the whole position has the quantity zero, and only reduces', async () => {
  const stop = await openWith(
    'conditional',
    algo(`"ordType":"conditional","posSide":"net","reduceOnly":"false","sz":"","closeFraction":"1",
"slTriggerPx":"70","slOrdPx":"-1"`),
  );
  const { quantity, reduceOnly, conditional, triggerPrice } = stop ?? {};
  assert.deepEqual(
    { quantity, reduceOnly, conditional, triggerPrice },
    { quantity: '0', reduceOnly: true, conditional: true, triggerPrice: '70' },
  );
});

for (const ordType of ['iceberg', 'twap', 'chase', 'smart_iceberg']) {
  test(`an order of type ${ordType} is at work: it waits for nothing and protects nothing`, async () => {
    const order = await openWith(
      ordType,
      algo(`"ordType":"${ordType}","posSide":"net","reduceOnly":"true","sz":"2","szLimit":"1",
"pxLimit":"80","slTriggerPx":"","pxVar":"0.01","actualSz":"0.5"`),
    );
    assert.ok(order);
    assert.equal(order.conditional, undefined);
    assert.equal(isProtective(order), false);
    assert.deepEqual([order.type, order.filled, order.price], [ordType, '0.5', '80']);
  });
}

test('what triggers at a price, and a pair of a stop and a target, have their trigger', async () => {
  const trigger = await openWith(
    'trigger',
    algo(`"ordType":"trigger","posSide":"net","reduceOnly":"true","sz":"2","slTriggerPx":"",
"ordPx":"69.5","triggerPx":"70","triggerPxType":"last"`).replace('"triggerPx":"",', ''),
  );
  assert.deepEqual([trigger?.triggerPrice, trigger?.price, trigger?.type], ['70', '69.5', 'limit']);
  const pair = await openWith(
    'oco',
    algo(`"ordType":"oco","posSide":"net","reduceOnly":"true","sz":"2","slTriggerPx":"70",
"slOrdPx":"69","tpTriggerPx":"90","tpOrdPx":"-1"`).replace('"tpTriggerPx":"","tpOrdPx":"",', ''),
  );
  assert.deepEqual([pair?.triggerPrice, pair?.price, pair?.type], ['70', '69', 'limit']);
  const trailing = await openWith(
    'move_order_stop',
    algo(`"ordType":"move_order_stop","posSide":"short","reduceOnly":"false","sz":"2",
"slTriggerPx":"","callbackRatio":"0.05","moveTriggerPx":"74.1"`).replace('"sell"', '"buy"'),
  );
  assert.ok(trailing);
  assert.equal(trailing.triggerPrice, undefined);
  assert.equal(isProtective(trailing), true);
});

test('a type of order that a region does not know is no reason to know nothing', async () => {
  okx.answer('trade/orders-pending', NONE);
  const refused = `{"code":"51000","msg":"Parameter ordType error","data":[]}`;
  const newer = new Set(['chase', 'smart_iceberg']);
  okx.answer('trade/orders-algo-pending', (asked) =>
    newer.has(asked.get('ordType') ?? '') ? refused : NONE,
  );
  assert.deepEqual(await okx.account.openOrders(), []);
  okx.answer('trade/orders-algo-pending', (asked) =>
    asked.get('ordType') === 'conditional' ? refused : NONE,
  );
  await rejectsAs(okx.account.openOrders(), ['VenueRefused']);
});

test('a row of an instrument that is not listed is told apart, and ours is read', async () => {
  const row = (instId: string, ordId: string) => `{"instType":"SWAP","instId":"${instId}",
"ordId":"${ordId}","clOrdId":"","side":"buy","posSide":"net","ordType":"limit","px":"1","sz":"1",
"accFillSz":"0","state":"live","reduceOnly":"false","cTime":"1","uTime":"1"}`;
  okx.answer('trade/orders-pending', ok(row('NEW-USDT-SWAP', '8'), row('LTC-USDT-SWAP', '9')));
  okx.answer('trade/orders-algo-pending', NONE);
  const { orders, notUnderstood } = await okx.account.readOpenOrders();
  assert.deepEqual(
    orders.map(({ venueOrderId }) => venueOrderId),
    ['9'],
  );
  assert.deepEqual(
    notUnderstood.map(({ instrument, id }) => [instrument, id]),
    [['NEW-USDT-SWAP', '8']],
  );
});

test('a list longer than a page is read to its end', async () => {
  const row = (ordId: number) => `{"instType":"SWAP","instId":"LTC-USDT-SWAP","ordId":"${ordId}",
"clOrdId":"","side":"buy","posSide":"net","ordType":"limit","px":"1","sz":"1","accFillSz":"0",
"state":"live","reduceOnly":"false","cTime":"1","uTime":"1"}`;
  const ids = Array.from({ length: 150 }, (_, at) => 1150 - at);
  okx.answer('trade/orders-algo-pending', NONE);
  okx.answer('trade/orders-pending', (asked) => {
    const before = Number(asked.get('after') ?? Infinity);
    return ok(
      ...ids
        .filter((id) => id < before)
        .slice(0, 100)
        .map(row),
    );
  });
  assert.equal((await okx.account.openOrders()).length, 150);
  okx.answer('trade/orders-pending', ok(...ids.slice(0, 100).map(row)));
  await rejectsAs(okx.account.openOrders(), ['VenueUnreadable']);
});
