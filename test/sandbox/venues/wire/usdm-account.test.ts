/** Hedge mode, income, trades and forced closes at the simulated USD-M futures. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decimal } from '../../../../sandbox/venues/decimal.js';
import { exact } from '../connect.js';
import { UsdmRig } from './usdm-rig.js';

const DAY_MS = 24 * 3_600_000;
const venue = 'binanceusdm';
const symbol = 'BTC/USDT:USDT';
const rig = new UsdmRig();

test('hedge mode holds both sides apart, and each closes only itself', async () => {
  assert.equal((await rig.exchange.fetchPositionMode()).hedged, false);
  await rig.exchange.setPositionMode(true);
  await assert.rejects(rig.exchange.setPositionMode(true), /-4059/);
  assert.equal((await rig.exchange.fetchPositionMode()).hedged, true);
  await assert.rejects(rig.exchange.createOrder(symbol, 'market', 'buy', 0.5), /-4061/);
  await rig.exchange.createOrder(symbol, 'market', 'buy', 0.5, undefined, { hedged: true });
  await rig.setPrice('60100');
  await rig.exchange.createOrder(symbol, 'market', 'sell', 0.2, undefined, { hedged: true });
  await assert.rejects(rig.exchange.setPositionMode(false), /-4068/);
  const positions = await rig.exchange.fetchPositions([symbol]);
  assert.deepEqual(
    positions.map((row) => [row.side, exact(row.contracts), exact(row.entryPrice), row.hedged]),
    [
      ['long', '0.5', '60000', true],
      ['short', '0.2', '60100', true],
    ],
  );
  const shown = (await rig.ledger()).positions.map((row) => [
    row.side,
    row.quantity,
    row.averagePrice,
  ]);
  assert.deepEqual(shown, [
    ['long', '0.5', '60000'],
    ['short', '-0.2', '60100'],
  ]);
  const overclose = { positionSide: 'LONG' };
  await assert.rejects(
    rig.exchange.createOrder(symbol, 'market', 'sell', 0.6, undefined, overclose),
    /-2022/,
  );
  await rig.exchange.createOrder(symbol, 'market', 'sell', 0.5, undefined, {
    hedged: true,
    reduceOnly: true,
  });
  const trades = await rig.exchange.fetchMyTrades(symbol);
  const last = trades.at(-1)?.info as { positionSide: string; realizedPnl: string };
  assert.deepEqual([last.positionSide, exact(last.realizedPnl)], ['LONG', '50']);
  assert.deepEqual(
    (await rig.ledger()).positions.map(({ side }) => side),
    ['short'],
  );
});

test('funding, transfers, fees and profit are income, and add up to the wallet', async () => {
  await rig.exchange.createOrder(symbol, 'market', 'buy', 1);
  const { positions } = await rig.admin.fund({ venue, instrument: symbol, rate: '0.0001' });
  assert.equal(positions, 1);
  await rig.admin.transfer({ venue, asset: 'USDT', amount: '-250.5' });
  const [funding] = await rig.exchange.fetchFundingHistory(symbol);
  assert.deepEqual(
    [funding?.symbol, funding?.code, exact(funding?.amount)],
    [symbol, 'USDT', '-6'],
  );
  const rows = await rig.exchange.fetchLedger('USDT', undefined, 1000);
  const total = rows.reduce(
    (sum, row) => sum.plus(decimal(exact(row.amount)).times(row.direction === 'in' ? 1 : -1)),
    decimal('0'),
  );
  const shown = await rig.ledger();
  assert.equal(total.toFixed(), shown.balances.USDT?.total);
  const flow = shown.cashFlows.find((row) => row.flow === 'funding');
  assert.deepEqual([flow?.id, flow?.amount, flow?.instrument], [funding?.id, '-6', symbol]);
  const out = rows.find(
    (row) =>
      (row.info as { incomeType: string }).incomeType === 'TRANSFER' && row.direction === 'out',
  );
  assert.equal(exact(out?.amount), '250.5');
});

test('income is paged, oldest first', async () => {
  const startTime = Date.now() + 1;
  await new Promise((resolve) => setTimeout(resolve, 5));
  for (let count = 1; count <= 5; count += 1) {
    await rig.admin.recordCashFlow({
      venue,
      flow: 'interest',
      asset: 'USDT',
      amount: `0.0${count}`,
    });
  }
  const page = (number: number) =>
    rig.exchange
      .fetchLedger('USDT', startTime, 2, { page: number })
      .then((rows) => rows.map(({ amount }) => exact(amount)));
  assert.deepEqual(await page(1), ['0.01', '0.02']);
  assert.deepEqual(await page(2), ['0.03', '0.04']);
  assert.deepEqual(await page(3), ['0.05']);
});

test('a liquidation and a deleveraging carry the marks of the venue', async () => {
  await rig.exchange.createOrder(symbol, 'market', 'buy', 1);
  const resting = await rig.exchange.createOrder(symbol, 'limit', 'buy', 0.1, 50000);
  await rig.admin.liquidate({
    venue,
    instrument: symbol,
    cause: 'deleveraging',
    quantity: '0.4',
    price: '60010',
  });
  assert.equal((await rig.exchange.fetchOrder(String(resting.id), symbol)).status, 'canceled');
  await rig.admin.liquidate({ venue, instrument: symbol, cause: 'liquidation', fee: '12.5' });
  assert.deepEqual((await rig.ledger()).positions, []);
  const [liquidation] = await rig.exchange.fetchMyLiquidations(symbol);
  const info = (liquidation?.info ?? {}) as Record<string, string>;
  assert.match(info.clientOrderId ?? '', /^autoclose-/);
  assert.deepEqual([exact(info.executedQty), info.type, info.side], ['0.6', 'LIQUIDATION', 'SELL']);
  const adl = await rig.exchange.fetchMyLiquidations(symbol, undefined, undefined, {
    autoCloseType: 'ADL',
  });
  const [{ info: closed } = { info: {} }] = adl;
  assert.equal((closed as Record<string, string>)['clientOrderId'], 'adl_autoclose');
  const orders = await rig.exchange.fetchOrders(symbol);
  assert.ok(orders.some((order) => order.clientOrderId === info.clientOrderId));
  const rows = await rig.exchange.fetchLedger('USDT', undefined, 1000);
  const fee = rows.find(
    (row) => (row.info as { incomeType: string }).incomeType === 'INSURANCE_CLEAR',
  );
  assert.deepEqual([exact(fee?.amount), fee?.direction], ['12.5', 'out']);
});

test('trades older than a week come only in windows of a week, and half-year-old ones not', async () => {
  const nowMs = Date.now();
  const market = { venue, instrument: 'ETH/USDT:USDT', type: 'market', quantity: '1' } as const;
  await rig.admin.placeOrder({ ...market, side: 'buy', atMs: nowMs - 200 * DAY_MS });
  await rig.admin.placeOrder({ ...market, side: 'buy', atMs: nowMs - 10 * DAY_MS });
  await rig.admin.placeOrder({ ...market, side: 'sell', atMs: nowMs - DAY_MS });
  const agesOf = async (since?: number, params = {}) => {
    const trades = await rig.exchange.fetchMyTrades('ETH/USDT:USDT', since, undefined, params);
    return trades.map(({ timestamp }) => Math.round((nowMs - (timestamp ?? 0)) / DAY_MS));
  };
  assert.deepEqual(await agesOf(), [1]);
  assert.deepEqual(await agesOf(nowMs - 11 * DAY_MS), [10]);
  assert.deepEqual(await agesOf(nowMs - 4 * DAY_MS), [1]);
  assert.deepEqual(await agesOf(nowMs - 201 * DAY_MS), []);
  assert.deepEqual(await agesOf(undefined, { fromId: 1 }), [10, 1]);
  await assert.rejects(agesOf(nowMs - 11 * DAY_MS, { endTime: nowMs }), /-1102/);
});

test('orders may expire or be rejected after they were accepted, and fill in part', async () => {
  const place = () => rig.exchange.createOrder(symbol, 'limit', 'buy', 1, 59000);
  const [first, second] = [await place(), await place()];
  await rig.admin.expireOrder({ venue, venueOrderId: String(first.id) });
  await rig.admin.rejectOrder({ venue, venueOrderId: String(second.id), reason: 'margin' });
  assert.equal((await rig.exchange.fetchOrder(String(first.id), symbol)).status, 'expired');
  assert.equal((await rig.exchange.fetchOrder(String(second.id), symbol)).status, 'rejected');

  await rig.admin.setDepth({ venue, instrument: symbol, most: '0.3' });
  const shallow = await rig.exchange.createOrder(symbol, 'limit', 'buy', 1, 60000, {
    timeInForce: 'IOC',
  });
  assert.equal(shallow.status, 'expired');
  const filled = decimal(exact(shallow.filled));
  assert.ok(filled.gt(0) && filled.lte('0.3'));
  const third = await place();
  await rig.setPrice('58999');
  const part = await rig.exchange.fetchOrder(String(third.id), symbol);
  assert.equal(part.status, 'open');
  assert.ok(decimal(exact(part.filled)).gt(0) && decimal(exact(part.filled)).lte('0.3'));
  await rig.admin.setDepth({ venue, instrument: symbol, most: null });
  await rig.setPrice('58998');
  assert.equal((await rig.exchange.fetchOrder(String(third.id), symbol)).status, 'closed');
});

test('cancels a batch, refuses dust and tells the weight used', async () => {
  const first = await rig.exchange.createOrder(symbol, 'limit', 'buy', 0.1, 59000);
  const second = await rig.exchange.createOrder(symbol, 'limit', 'buy', 0.1, 58000);
  const done = await rig.exchange.cancelOrders([String(first.id), String(second.id)], symbol);
  assert.deepEqual(
    done.map(({ status }) => status),
    ['canceled', 'canceled'],
  );
  assert.deepEqual(await rig.plain(), []);
  await assert.rejects(rig.exchange.createOrder(symbol, 'limit', 'buy', 0.001, 500), /-4164/);
  assert.equal(exact(rig.exchange.market(symbol).limits.cost?.min), '1');
  const headers = rig.exchange.last_response_headers as Record<string, string>;
  const [, weight] = Object.entries(headers).find(([name]) => /used-weight-1m/i.test(name)) ?? [];
  assert.ok(Number(weight) > 0);
});
