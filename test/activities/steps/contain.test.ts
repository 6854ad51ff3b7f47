/**
 * Containment against simulated venues: our orders go once, those of others stay, and what could
 * not be done is told.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ENGINE_VENUE_IDS, type EngineVenueId } from '../../../sandbox/venues/index.js';
import type { Bench } from '../../clients/exchange/bench.js';
import { emptyState } from '../../../workflows/domain/books/state.js';
import { inActivity, openControlPlane } from '../ports.js';

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

const NOWHERE_ELSE = { at: {}, timeoutMs: 60_000, books: [] };
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
    const said = `${venue}: 2 cancelled, 0 left, 2 of others untouched`;
    assert.ok(first.detail.includes(said), first.detail);
  }
  const again = await inActivity(activities, 'containRisk', CANCEL);
  assert.ok(again.detail.includes('kraken: 0 cancelled, 0 left'), again.detail);
  for (const venue of ENGINE_VENUE_IDS) assert.equal((await cancels(bench, venue)).length, 2);
});

test('what the recovered state holds is ours under any name; without it the prefix still counts', async (t) => {
  const { bench, activities, ports } = await openControlPlane(t);
  const adopted = await bench.place('kraken', { id: 'by-hand' });
  for (const id of ['rl-1', 'other-desk']) await bench.place('kraken', { id });
  const book = await ports.artifacts.put('engine-state', {
    ...emptyState(),
    orders: [adopted],
  });
  const lost = { ...book, sha256: '0'.repeat(64) };
  const without = await inActivity(activities, 'containRisk', { ...CANCEL, books: [lost] });
  assert.ok(without.failed?.includes('kraken'), without.detail);
  assert.match(without.detail, /kraken: 1 cancelled.* adopted orders may be left/);
  const whole = await inActivity(activities, 'containRisk', { ...CANCEL, books: [book] });
  assert.deepEqual(whole.failed, []);
  assert.deepEqual(await openIds(bench, 'kraken'), ['other-desk']);
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
    assert.match(detail, new RegExp(`${venue}: 3 cancelled, 0 left \\(cancel: no answer`));
  }
});

test('orders that could not be cancelled are counted as left', async (t) => {
  const { bench, activities } = await openControlPlane(t);
  await bench.place('binance', { id: 'rl-1' });
  await bench.admin.setStatus({ venue: 'binance', status: 'maintenance' });
  const { detail } = await inActivity(activities, 'containRisk', CANCEL);
  assert.match(detail, /binance: 0 cancelled, 1 left: rl-1 \(/);
});

test('a venue that cannot be read is told, and the others are contained', async (t) => {
  const { bench, activities } = await openControlPlane(t);
  for (const venue of ENGINE_VENUE_IDS) await bench.place(venue, { id: 'rl-1' });
  await bench.admin.setFault({ venue: 'binance', endpoint: 'openOrders', kind: 'revoked-key' });
  const { failed, detail } = await inActivity(activities, 'containRisk', CANCEL);
  assert.deepEqual(failed, ['binance']);
  assert.match(detail, /binance: 0 cancelled, 0 left at least, the venue could not be read/);
  for (const venue of ENGINE_VENUE_IDS) {
    assert.deepEqual(await openIds(bench, venue), venue === 'binance' ? ['rl-1'] : [], venue);
  }
});

test('dead-man switches are armed where venues have them, and said to be absent elsewhere', async (t) => {
  const { bench, activities } = await openControlPlane(t);
  const arm = { engineId: 'desk', action: 'dead_man_switch', ...NOWHERE_ELSE } as const;
  const { detail, failed } = await inActivity(activities, 'containRisk', arm);
  assert.deepEqual(failed, ['binance', 'coinbase']);
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

test('a switch that could not be disarmed is told, and one that is not there needs no disarming', async (t) => {
  const { bench, activities } = await openControlPlane(t);
  const disarm = { engineId: 'desk', action: 'disarm_dead_man_switch', ...NOWHERE_ELSE } as const;
  await bench.admin.setFault({ venue: 'kraken', endpoint: 'deadManSwitch', kind: 'revoked-key' });
  assert.deepEqual((await inActivity(activities, 'containRisk', disarm)).failed, ['kraken']);
  const refused = (await bench.admin.requests()).writes.filter(({ venue }) => venue === 'kraken');
  assert.equal(refused.length, 1, 'what is refused is not asked again');
  await bench.admin.clearFaults();
  const once = { endpoint: 'deadManSwitch', kind: 'rate-limit', count: 1 } as const;
  await bench.admin.setFault({ venue: 'kraken', ...once });
  assert.deepEqual((await inActivity(activities, 'containRisk', disarm)).failed, []);
});
