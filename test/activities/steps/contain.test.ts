/**
 * Containment against simulated venues: our orders go once, those of others stay, and what could
 * not be done is told.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { ControlPlanePorts, VenueAccount } from '../../../activities/ports.js';
import { ALWAYS } from '../../../activities/procedures/lease.js';
import { createContainActivities } from '../../../activities/steps/contain.js';
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

test('only what was listed is cancelled, under whatever name; the rest is told, and counted is all', async (t) => {
  const { bench, activities } = await openControlPlane(t, ['binance', 'kraken']);
  const { at, timeoutMs, books } = NOWHERE_ELSE;
  const where = { engineId: 'desk', action: 'cancel_own_orders', at, books } as const;
  const placed = [];
  for (const id of ['rl-1', 'rl-2', 'other-1']) placed.push(await bench.place('binance', { id }));
  const listed = await inActivity(activities, 'listOwnOrders', { ...where, withinMs: 60_000 });
  assert.deepEqual([listed.ready, listed.late], [['binance', 'kraken'], []]);
  // An attempt of before has cancelled one, and then the next engine uses its name.
  const { venueOrderId } = placed[0]!;
  await bench.admin.cancelOrder({ venue: 'binance', venueOrderId: venueOrderId ?? '' });
  for (const id of ['rl-1', 'rl-next']) await bench.place('binance', { id });
  const { orders } = listed;
  const again = { ...where, timeoutMs, orders };
  const done = await inActivity(activities, 'containRisk', again, { attempt: 2 });
  assert.deepEqual(
    new Set(await openIds(bench, 'binance')),
    new Set(['other-1', 'rl-1', 'rl-next']),
  );
  assert.match(done.detail, /binance: 2 cancelled, 0 left, 2 more have arrived: rl-1, rl-next/);
  assert.deepEqual([done.failed, done.more?.venues], [['binance'], ['binance']]);
  const rest = await inActivity(activities, 'containRisk', { ...again, ...done.more! });
  assert.deepEqual([rest.failed, rest.more], [[], undefined]);
  assert.deepEqual(await openIds(bench, 'binance'), ['other-1']);
});

test('a venue that does not answer at once is late, and the others are listed', async (t) => {
  const { bench, activities } = await openControlPlane(t, ['binance', 'kraken']);
  const { at, books } = NOWHERE_ELSE;
  for (const venue of ['binance', 'kraken'] as const) await bench.place(venue, { id: 'rl-1' });
  const list = { engineId: 'desk', action: 'cancel_own_orders', at, books } as const;
  await inActivity(activities, 'listOwnOrders', { ...list, withinMs: 60_000 });
  await bench.admin.setFault({ venue: 'kraken', endpoint: 'openOrders', kind: 'rate-limit' });
  const listed = await inActivity(activities, 'listOwnOrders', { ...list, withinMs: 1_000 });
  assert.deepEqual([listed.ready, listed.late], [['binance'], ['kraken']]);
  assert.match(listed.detail, /kraken: has not answered yet/);
});

test('an attempt of an epoch that has passed cancels nothing, also where no lease tells it', async (t) => {
  const { bench, activities, ports } = await openControlPlane(t, ['binance']);
  await bench.place('binance', { id: 'rl-1' });
  await ports.epochs.raise('desk', 3);
  await assert.rejects(inActivity(activities, 'containRisk', { ...CANCEL, epoch: 2 }), {
    type: 'StaleEpoch',
  });
  assert.deepEqual(await openIds(bench, 'binance'), ['rl-1']);
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

test('a venue that is slow to renew its switch lets no switch of another fire', async () => {
  const environment = new MockActivityEnvironment();
  let renewed = 0;
  const account = (venue: string, armDeadManSwitch: () => Promise<boolean>) =>
    ({ venue, account: 'main', armDeadManSwitch }) as unknown as VenueAccount;
  const accounts = [
    account('slow', () => new Promise(() => undefined)),
    account('broken', async () => Promise.reject(new TypeError('for the test'))),
    account('quick', async () => {
      renewed += 1;
      if (renewed === 4) environment.cancel();
      return true;
    }),
  ];
  const ports = {
    venues: { ofEngine: () => accounts },
    lease: () => ALWAYS,
  } as unknown as ControlPlanePorts;
  const activities = createContainActivities(ports);
  const input = {
    engineId: 'desk',
    action: 'renew_dead_man_switch',
    at: {},
    timeoutMs: 30,
  } as const;
  const seen: unknown[] = [];
  environment.on('heartbeat', (failing: unknown) => seen.push(failing));
  await assert.rejects(
    environment.run((given: typeof input) => activities.renewDeadManSwitches(given), input),
    { name: 'CancelledFailure' },
  );
  assert.equal(renewed, 4);
  assert.deepEqual(seen.at(-1), ['TypeError', 'no answer within its turn']);
});
