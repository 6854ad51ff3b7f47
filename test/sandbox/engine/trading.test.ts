/**
 * The sandbox engine's books and checkpoints follow the ledger, whatever becomes of the answers.
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { validateCheckpoint } from '../../../workflows/domain/engine/checkpoint.js';
import { comparableState, stateDigest } from '../../../workflows/domain/books/state.js';
import {
  ENGINE_ID,
  agreement,
  createRig,
  eventually,
  newestCheckpoint,
  openOrderCount,
  ready,
  type Rig,
} from './rig.js';

/** By venue, all that its fills were charged in; a minus marks what was paid back. */
async function chargedIn({ admin }: Rig): Promise<Record<string, string[]>> {
  const { entries } = await admin.journal();
  const charged: Record<string, Set<string>> = {};
  for (const entry of entries) {
    if (entry.kind !== 'fill') continue;
    const way = entry.fee.startsWith('-') ? `-${entry.feeAsset}` : entry.feeAsset;
    (charged[entry.venue] ??= new Set()).add(way);
  }
  return Object.fromEntries(
    Object.entries(charged).map(([venue, ways]) => [venue, [...ways].sort()]),
  );
}

test('holds what the ledger holds after fills, cancels and price moves, whatever the fees', async (t) => {
  const rig = await createRig(t, { tradeEveryMs: 300 });
  await rig.admin.holdPrice();
  for (const venue of ['binance', 'binanceusdm'] as const) {
    await rig.admin.transfer({ venue, asset: 'BNB', amount: '1' });
  }
  await rig.admin.setFeeSetting({ venue: 'binanceusdm', inCoin: true });
  rig.launch();
  await ready(rig);
  const venues = ['binance', 'binanceusdm', 'coinbase', 'kraken'] as const;
  for (const venue of venues) {
    const [first, second] = (await rig.admin.ledger()).venues[venue].openOrders;
    assert.ok(first !== undefined && second !== undefined);
    const partial = first.quantity === '0.01' ? '0.004' : '0.037';
    await rig.happen('/fill', { venue, venueOrderId: first.venueOrderId, quantity: partial });
    await rig.happen('/cancel', { venue, venueOrderId: second.venueOrderId });
  }
  await agreement(rig);
  await rig.admin.setFeeSetting({ venue: 'binance', inCoin: true });
  await rig.admin.setPrice({ underlying: 'BTC', price: '55000.37' });
  await rig.admin.setPrice({ underlying: 'ETH', price: '3333.33' });
  await agreement(rig);
  // What it trades is by chance, and comes to each way in a while.
  const charged = await eventually('it was charged in every way', async () => {
    const { binance = [], binanceusdm = [], kraken = [] } = await chargedIn(rig);
    const all = binance.includes('BNB') && binance.length > 1 && binanceusdm.length > 1;
    return all && kraken.includes('USD') && kraken.length > 1 && { binanceusdm };
  });
  assert.deepEqual(charged.binanceusdm, ['-USDT', 'BNB']);
  const state = await agreement(rig);
  assert.ok(state.positions.some(({ venue }) => venue === 'binanceusdm'));
});

test('writes checkpoints that validate and keeps the last five', async (t) => {
  const rig = await createRig(t, { checkpointEveryMs: 100 });
  rig.launch();
  await ready(rig);
  const checkpoint = await eventually('a sixth checkpoint is on disk', () => {
    const verdict = validateCheckpoint(newestCheckpoint(rig.checkpointDir), {
      engineId: ENGINE_ID,
      nowMs: Date.now(),
      oldMs: 60_000,
      absurdQuantity: '1000',
    });
    assert.deepEqual(verdict.errors, []);
    return verdict.checkpoint !== null && verdict.checkpoint.header.sequence > 5
      ? verdict.checkpoint
      : false;
  });
  assert.equal(checkpoint.header.epoch, 1);
  assert.ok(checkpoint.state.orders.length >= 12);
  const kept = () => readdirSync(rig.checkpointDir).filter((name) => name.endsWith('.ckpt')).length;
  await eventually('no more than five are kept', () => kept() <= 5);
});

test('has every order in a checkpoint before the venue has it', async (t) => {
  const rig = await createRig(t, { orders: 2000 });
  const engine = rig.launch();
  await eventually('it is in the middle of placing', async () => {
    return openOrderCount(await rig.admin.ledger()) > 50;
  });
  engine.kill('SIGKILL');
  await engine.exited;
  const ledger = await rig.admin.ledger();
  assert.ok(openOrderCount(ledger) < 2000, 'all orders were placed before the kill');
  const verdict = validateCheckpoint(newestCheckpoint(rig.checkpointDir), {
    engineId: ENGINE_ID,
    nowMs: Date.now(),
    oldMs: 60_000,
    absurdQuantity: '1000',
  });
  const ids = new Set(verdict.checkpoint?.state.orders.map(({ clientOrderId }) => clientOrderId));
  const placed = Object.values(ledger.venues).flatMap(({ openOrders }) => openOrders);
  assert.deepEqual(
    placed.filter(({ clientOrderId }) => !ids.has(clientOrderId ?? '')),
    [],
  );
});

test('sends an order once and keeps it in flight when no answer tells', async (t) => {
  const rig = await createRig(t);
  await rig.admin.setFault({ venue: 'coinbase', endpoint: 'placeOrder', kind: 'server-error' });
  rig.launch();
  await eventually('Coinbase refused to tell', async () => {
    const { writes } = await rig.admin.requests();
    return writes.some(({ venue }) => venue === 'coinbase');
  });
  const state = await eventually('the other orders are open', async () => {
    const current = await rig.state();
    const others = current.orders.filter(({ venue }) => venue !== 'coinbase');
    return others.length > 0 && others.every((order) => order.state === 'open') ? current : false;
  });
  const unknown = state.orders.filter(({ venue }) => venue === 'coinbase');
  assert.ok(unknown.length > 0);
  assert.ok(unknown.every((order) => order.state === 'in_flight' && order.venueOrderId === null));
  const { writes } = await rig.admin.requests();
  const sent = writes.filter(({ venue }) => venue === 'coinbase').map((row) => row.clientOrderId);
  assert.equal(new Set(sent).size, sent.length, 'an order was sent twice');
});

test('finds an order whose acknowledgment was lost in the list of open orders', async (t) => {
  const rig = await createRig(t);
  await rig.admin.setFault({
    venue: 'kraken',
    endpoint: 'placeOrder',
    kind: 'timeout-after',
    count: 1,
  });
  rig.launch();
  await ready(rig);
});

test('drops no order on an empty answer', async (t) => {
  const rig = await createRig(t);
  await rig.admin.holdPrice();
  rig.launch();
  await ready(rig);
  const before = comparableState(await rig.state());
  const { reads } = await rig.admin.requests();
  await rig.admin.setFault({ venue: 'binance', endpoint: 'openOrders', kind: 'empty-object' });
  await eventually('the engine asked again', async () => {
    const later = (await rig.admin.requests()).reads;
    return (later.binance.openOrders ?? 0) >= (reads.binance.openOrders ?? 0) + 2;
  });
  assert.deepEqual(comparableState(await rig.state()).orders, before.orders);
});

test('keeps ids within what Kraken takes', async (t) => {
  const rig = await createRig(t);
  rig.launch();
  await ready(rig);
  const state = await rig.state();
  const ids = state.orders.map(({ clientOrderId }) => clientOrderId);
  assert.ok(ids.every((id) => id.startsWith('rl-') && id.length <= 18));
  assert.equal(new Set(ids).size, ids.length);
  assert.match(stateDigest(state), /^[0-9a-f]{64}$/);
});
