/** Conditional orders at the simulated USD-M futures: kept apart, triggered, refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Order } from 'ccxt';
import { exact } from '../connect.js';
import { UsdmRig } from './usdm-rig.js';

const symbol = 'BTC/USDT:USDT';
const rig = new UsdmRig();
const idsOf = (orders: readonly Order[]) => orders.map(({ id }) => id);

test('keeps conditional orders apart, by list, id and cancel', async () => {
  const stop = await rig.exchange.createOrder(symbol, 'market', 'sell', 0.5, undefined, {
    triggerPrice: '58000',
    clientAlgoId: 'apart-1',
  });
  const limit = await rig.exchange.createOrder(symbol, 'limit', 'buy', 0.5, 59000);
  assert.deepEqual(idsOf(await rig.plain()), [limit.id]);
  const [read, ...others] = await rig.conditional();
  assert.deepEqual(others, []);
  assert.deepEqual(
    [read?.id, read?.clientOrderId, read?.side, exact(read?.triggerPrice), exact(read?.amount)],
    [stop.id, 'apart-1', 'sell', '58000', '0.5'],
  );
  assert.equal(read?.status, 'open');
  const [shown] = (await rig.ledger()).openOrders;
  assert.deepEqual(
    [shown?.venueOrderId, shown?.status, shown?.trigger?.price, shown?.type],
    [stop.id, 'untriggered', '58000', 'market'],
  );
  await assert.rejects(rig.exchange.fetchOrder(String(stop.id), symbol), /-2013/);
  await assert.rejects(rig.exchange.cancelOrder(String(stop.id), symbol), /-2011/);
  await rig.exchange.cancelAllOrders(symbol);
  assert.deepEqual(idsOf(await rig.conditional()), [stop.id]);
  await rig.exchange.cancelOrder(String(stop.id), symbol, { trigger: true });
  assert.deepEqual(await rig.conditional(), []);
  const done = await rig.exchange.fetchOrder(String(stop.id), symbol, { trigger: true });
  assert.equal(done.status, 'canceled');
});

test('a triggered stop becomes an order of its own, found by the client id both ways', async () => {
  await rig.exchange.createOrder(symbol, 'market', 'buy', 0.4);
  const stop = await rig.exchange.createOrder(symbol, 'market', 'sell', 0.4, undefined, {
    triggerPrice: '59000',
    reduceOnly: true,
    clientAlgoId: 'becomes-1',
  });
  await rig.setPrice('58990');
  assert.deepEqual((await rig.ledger()).positions, []);
  assert.deepEqual(await rig.conditional(), []);
  const parent = await rig.exchange.fetchOrder('', symbol, {
    trigger: true,
    clientAlgoId: 'becomes-1',
  });
  assert.equal(parent.status, 'closed');
  const info = parent.info as { actualOrderId: string; algoStatus: string; actualPrice: string };
  assert.deepEqual([info.algoStatus, exact(info.actualPrice)], ['FINISHED', '58990']);
  const child = await rig.exchange.fetchOrder(info.actualOrderId, symbol);
  assert.notEqual(child.id, stop.id);
  assert.deepEqual(
    [child.clientOrderId, child.status, exact(child.filled), child.reduceOnly],
    ['becomes-1', 'closed', '0.4', true],
  );
  const all = await rig.exchange.fetchOrders(symbol, undefined, undefined, { trigger: true });
  assert.ok(idsOf(all).includes(stop.id));
  assert.ok(!idsOf(await rig.exchange.fetchOrders(symbol)).includes(stop.id));
});

test('a stop-limit that was triggered rests, and its limit fills later', async () => {
  await rig.exchange.createOrder(symbol, 'limit', 'buy', 0.2, 61000, { triggerPrice: '60500' });
  await rig.setPrice('61200');
  const [open] = await rig.plain();
  assert.deepEqual([open?.status, exact(open?.price)], ['open', '61000']);
  await rig.setPrice('60900');
  assert.deepEqual(await rig.plain(), []);
  assert.equal((await rig.ledger()).positions[0]?.quantity, '0.2');
});

test('take-profit, trailing stop and a stop that closes the whole position', async () => {
  await rig.exchange.createOrder(symbol, 'market', 'buy', 0.3);
  await rig.exchange.createOrder(symbol, 'market', 'sell', 0.1, undefined, {
    takeProfitPrice: '61000',
  });
  await rig.exchange.createOrder(symbol, 'market', 'sell', 0.1, undefined, {
    trailingPercent: '1',
    reduceOnly: true,
  });
  await rig.exchange.createOrder(symbol, 'market', 'sell', 0, undefined, {
    stopLossPrice: '58000',
    closePosition: true,
  });
  const types = (await rig.conditional()).map(
    ({ info }) => (info as { orderType: string }).orderType,
  );
  assert.deepEqual(types, ['TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET', 'STOP_MARKET']);
  await rig.setPrice('61000');
  assert.equal((await rig.ledger()).positions[0]?.quantity, '0.2');
  const trailing = (await rig.ledger()).openOrders.find(
    ({ trigger }) => trigger?.trailPercent === '1',
  );
  assert.equal(trailing?.trigger?.price, '60390');
  await rig.setPrice('60400');
  await rig.setPrice('60380');
  assert.equal((await rig.ledger()).positions[0]?.quantity, '0.1');
  const [closing] = await rig.conditional();
  const { closePosition, quantity } = (closing?.info ?? {}) as {
    closePosition: boolean;
    quantity: string;
  };
  assert.deepEqual([closePosition, exact(quantity)], [true, '0']);
  await rig.setPrice('57900');
  assert.deepEqual((await rig.ledger()).positions, []);
  assert.deepEqual(await rig.conditional(), []);
});

test('a reduce-only stop without its position is rejected when it is triggered', async () => {
  await rig.exchange.createOrder(symbol, 'market', 'buy', 0.3);
  const stop = await rig.exchange.createOrder(symbol, 'market', 'sell', 0.3, undefined, {
    triggerPrice: '59000',
    reduceOnly: true,
  });
  await rig.exchange.createOrder(symbol, 'market', 'sell', 0.3);
  await rig.setPrice('58900');
  const read = await rig.exchange.fetchOrder(String(stop.id), symbol, { trigger: true });
  assert.equal(read.status, 'rejected');
  assert.deepEqual((await rig.ledger()).positions, []);
});

test('refuses a stop that would trigger at once', async () => {
  const place = rig.exchange.createOrder(symbol, 'market', 'sell', 0.5, undefined, {
    triggerPrice: '60500',
  });
  await assert.rejects(place, /-2021/);
});
