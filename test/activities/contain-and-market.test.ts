import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFailure } from '../../activities/errors.js';
import { ENGINE_VENUE_IDS, type EngineVenueId } from '../../sandbox/venues/index.js';
import type { Bench } from '../clients/exchange/bench.js';
import type { Order } from '../../workflows/domain/state.js';
import { ledgerState } from '../sandbox/engine/rig.js';
import { inActivity, openControlPlane, withState } from './ports.js';

async function openIds({ admin }: Bench, venue: EngineVenueId) {
  const { openOrders } = (await admin.ledger()).venues[venue];
  return openOrders.map(({ clientOrderId }) => clientOrderId);
}

async function cancels({ admin }: Bench, venue: EngineVenueId) {
  const { entries } = await admin.journal();
  const ids = entries.flatMap((row) =>
    row.kind === 'order-cancelled' && row.venue === venue ? [row.clientOrderId ?? ''] : [],
  );
  return ids.sort((a, b) => (a < b ? -1 : 1));
}

const NOWHERE_ELSE = { at: {}, timeoutMs: 60_000 };
const CANCEL = { engineId: 'desk', action: 'cancel_own_orders', ...NOWHERE_ELSE } as const;

test('containment cancels our orders at every venue, once, and leaves those of others', async (t) => {
  const { bench, activities } = await openControlPlane(t);
  for (const venue of ENGINE_VENUE_IDS) {
    for (const id of ['rl-1', 'rl-2', 'other-1', 'xrl-3']) await bench.place(venue, { id });
  }
  const first = await inActivity(activities, 'containRisk', CANCEL);
  for (const venue of ENGINE_VENUE_IDS) {
    assert.deepEqual(await openIds(bench, venue), ['other-1', 'xrl-3'], venue);
    assert.deepEqual(await cancels(bench, venue), ['rl-1', 'rl-2'], venue);
    assert.ok(first.detail.includes(`${venue}: 2 cancelled, 0 left`), first.detail);
  }
  const again = await inActivity(activities, 'containRisk', CANCEL);
  assert.ok(again.detail.includes('kraken: 0 cancelled, 0 left'), again.detail);
  for (const venue of ENGINE_VENUE_IDS) assert.equal((await cancels(bench, venue)).length, 2);
});

test('a cancel whose answer never came is looked at, not repeated', async (t) => {
  const { bench, activities } = await openControlPlane(t);
  for (const venue of ENGINE_VENUE_IDS) {
    for (const id of ['rl-1', 'rl-2', 'rl-3']) await bench.place(venue, { id });
    await bench.admin.setFault({ venue, endpoint: 'cancelOrder', kind: 'timeout-after' });
  }
  const { detail } = await inActivity(activities, 'containRisk', CANCEL);
  const { writes } = await bench.admin.requests();
  for (const venue of ENGINE_VENUE_IDS) {
    assert.deepEqual(await cancels(bench, venue), ['rl-1', 'rl-2', 'rl-3']);
    const asked = writes.filter((row) => row.venue === venue && row.endpoint === 'cancelOrder');
    assert.equal(asked.length, 3, venue);
    assert.match(detail, new RegExp(`${venue}: 3 cancelled, 0 left \\(OutcomeUnknown`));
  }
});

test('orders that could not be cancelled are counted as left', async (t) => {
  const { bench, activities } = await openControlPlane(t);
  await bench.place('binance', { id: 'rl-1' });
  await bench.admin.setStatus({ venue: 'binance', status: 'maintenance' });
  const { detail } = await inActivity(activities, 'containRisk', CANCEL);
  assert.match(detail, /binance: 0 cancelled, 1 left: rl-1 \(/);
});

test('a venue that cannot be read fails the step, and the others are contained before', async (t) => {
  const { bench, activities, ports } = await openControlPlane(t);
  for (const venue of ENGINE_VENUE_IDS) await bench.place(venue, { id: 'rl-1' });
  await bench.admin.setFault({ venue: 'binance', endpoint: 'openOrders', kind: 'html' });
  const slow = ports.venues.ofEngine('desk').map((account) => ({
    ...account,
    cancel: async (order: Order) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await account.cancel(order);
    },
  }));
  ports.venues = { ofEngine: () => slow };
  const failed: unknown = await inActivity(activities, 'containRisk', CANCEL).catch(
    (error: unknown) => error,
  );
  assert.ok(isFailure(failed, 'VenueUnreadable'), String(failed));
  for (const venue of ENGINE_VENUE_IDS) {
    assert.deepEqual(await openIds(bench, venue), venue === 'binance' ? ['rl-1'] : [], venue);
  }
});

test('dead-man switches are armed where venues have them, and said to be absent elsewhere', async (t) => {
  const { bench, activities } = await openControlPlane(t);
  const { detail } = await inActivity(activities, 'containRisk', {
    engineId: 'desk',
    action: 'dead_man_switch',
    ...NOWHERE_ELSE,
  });
  const { writes } = await bench.admin.requests();
  const armed = writes.filter(({ endpoint }) => endpoint === 'deadManSwitch');
  assert.deepEqual(
    armed.map(({ venue, outcome }) => `${venue} ${outcome}`).sort(),
    ['binanceusdm accepted', 'binanceusdm accepted', 'kraken accepted'], // per symbol on USD-M
  );
  assert.match(
    detail,
    /binance: has no dead-man switch; binanceusdm: dead-man switch fires in 60 s/,
  );
  assert.match(detail, /coinbase: has no dead-man switch/);
});

const MARKET = { engineId: 'desk', maxVolatility: '0.05', windowMs: 3_600_000 };

test('the market is normal, volatile, closed or unknown as the venues have it', async (t) => {
  const { bench, activities } = await openControlPlane(t);
  const { admin } = bench;
  assert.equal((await inActivity(activities, 'checkMarket', MARKET)).kind, 'normal');
  await admin.setVolatility({ underlying: 'ETH', value: 0.02 });
  assert.equal((await inActivity(activities, 'checkMarket', MARKET)).kind, 'volatile');
  await admin.setStatus({ venue: 'kraken', status: 'maintenance' });
  const closed = await inActivity(activities, 'checkMarket', MARKET);
  assert.deepEqual(closed, { kind: 'closed', venues: ['kraken (maintenance)'] });
  await admin.setStatus({ venue: 'kraken', status: 'ok' });
  await admin.setVolatility({ underlying: 'ETH', value: 0.0003 });
  await admin.setFault({ venue: 'coinbase', endpoint: 'candles', kind: 'empty-object' });
  const unknown = await inActivity(activities, 'checkMarket', MARKET);
  assert.deepEqual(unknown, { kind: 'unknown', what: ['coinbase BTC/USD', 'coinbase ETH/USD'] });
});

test('waiting for the market ends when no venue is closed any more', async (t) => {
  const { bench, activities } = await openControlPlane(t);
  await bench.admin.setStatus({ venue: 'kraken', status: 'maintenance' });
  let opened = false;
  const waiting = inActivity(activities, 'awaitMarketOpen', { ...MARKET, recheckMs: 100 }).then(
    (verdict) => ({ verdict, opened }),
  );
  await new Promise((resolve) => setTimeout(resolve, 500));
  opened = true;
  await bench.admin.setStatus({ venue: 'kraken', status: 'ok' });
  const ended = await waiting;
  assert.deepEqual([ended.verdict.kind, ended.opened], ['normal', true]);
});

test('exposure is what the ledger holds beyond the baseline, at the market price', async (t) => {
  const { bench, activities, ports } = await openControlPlane(t);
  await bench.admin.setPrice({ underlying: 'BTC', price: '60000' });
  await bench.place('binanceusdm', { id: 'rl-long', quantity: '0.5' });
  await bench.admin.fillOrder({ venue: 'binanceusdm', clientOrderId: 'rl-long' });
  await bench.place('kraken', { id: 'rl-sell', side: 'sell', price: '70000', quantity: '0.25' });
  await bench.admin.fillOrder({ venue: 'kraken', clientOrderId: 'rl-sell' });
  const truth = ledgerState(await bench.admin.ledger(), withState({}).risk);
  const state = await ports.artifacts.putJson('engine-state', truth);
  const measure = (maxExposure: string) =>
    inActivity(activities, 'measureExposure', { engineId: 'desk', state, maxExposure });
  // Half a bitcoin long and a quarter sold: 0.75 at 60 000, gross.
  assert.deepEqual(await measure('45000'), { kind: 'within', total: '45000' });
  assert.deepEqual(await measure('44999'), { kind: 'high', total: '45000', limit: '44999' });
  const position = { ...truth.positions[0], instrument: 'SOL/USDT:USDT' };
  const strange = await ports.artifacts.putJson('engine-state', {
    ...truth,
    positions: [position],
  });
  const unpriced = await inActivity(activities, 'measureExposure', {
    engineId: 'desk',
    state: strange,
    maxExposure: '1',
  });
  assert.deepEqual(unpriced, { kind: 'unknown', unpriced: ['binanceusdm SOL/USDT:USDT'] });
});
