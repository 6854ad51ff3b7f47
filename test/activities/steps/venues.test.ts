/**
 * Snapshots, reconciliation and the fate of orders, each held against the ledger of the simulated
 * venues.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { VenueAdmin } from '../../../sandbox/venues/admin-client.js';
import type { VenueId } from '../../../sandbox/venues/index.js';
import { whyWords } from '../../../workflows/domain/books/fault-words.js';
import {
  comparableState,
  type EngineState,
  type Order,
} from '../../../workflows/domain/books/state.js';
import { ledgerState } from '../../sandbox/engine/rig.js';
import { failure } from '../../../workflows/failure.js';
import { inActivity, openControlPlane, withState, type ControlPlane } from '../ports.js';

const inFlight = (order: Order): Order => ({ ...order, venueOrderId: null, state: 'in_flight' });
const ALL = { engineId: 'desk', sinceMs: 0, thorough: false };
const RULES = { engineId: 'desk', tolerance: '0.0001', dustNotional: '0', asOfMs: 0 };
const ORDER_RULES = {
  adopted: [],
  arrivesUntilMs: 0,
  staleDeviation: '0.05',
  containment: 'none',
  containmentAt: {},
} as const;

async function snapshotOf({ activities }: ControlPlane) {
  return (await inActivity(activities, 'takeSnapshot', ALL)).snapshot;
}

async function truthOf({ bench }: ControlPlane): Promise<EngineState> {
  const state = ledgerState(await bench.admin.ledger(), withState({}).risk);
  return { ...state, orders: [] };
}

test('a snapshot is the ledger, and a venue that is down is unreadable, not empty', async (t) => {
  const plane = await openControlPlane(t);
  const { bench, activities, ports } = plane;
  await bench.place('binance', { id: 'rl-1' });
  await bench.place('kraken', { id: 'rl-2' });
  await bench.admin.setFault({ venue: 'kraken', endpoint: 'balance', kind: 'empty-object' });
  const taken = await inActivity(activities, 'takeSnapshot', ALL);
  assert.deepEqual(
    taken.unreadable.map(({ venue }) => venue),
    ['kraken'],
  );
  const why = taken.unreadable[0]?.why ?? assert.fail();
  assert.equal(whyWords(why), 'balances: malformed answer from private/BalanceEx');
  assert.ok(typeof why !== 'string');
  assert.deepEqual([why.kind, why.venue, why.what], ['malformed_answer', 'kraken', 'balances']);
  const snapshot = await ports.artifacts.get('venue-snapshot', taken.snapshot);
  const ledger = (await bench.admin.ledger()).venues;
  for (const truth of snapshot.venues) {
    if (!truth.readable) continue;
    const totals = Object.fromEntries(truth.balances.map(({ asset, total }) => [asset, total]));
    const theirs = Object.entries(ledger[truth.venue as keyof typeof ledger].balances);
    const expected = theirs.map(([asset, { total }]) => [asset, total]);
    assert.deepEqual(totals, Object.fromEntries(expected), truth.venue);
  }
  assert.equal(taken.openOrders, 1);
});

test('a state goes on from before its first venue was read, however late the last one is', async (t) => {
  const plane = await openControlPlane(t);
  const { bench, activities, ports } = plane;
  await bench.place('kraken', { id: 'rl-fills' });
  const [early, late] = [bench.account('kraken'), bench.account('binance')];
  let isRead = () => undefined as void;
  const read = new Promise<void>((resolve) => (isRead = resolve));
  let looks = 0;
  const openOrders: typeof late.openOrders = async () => {
    looks += 1;
    if (looks > 1) return late.openOrders();
    await read;
    await bench.admin.fillOrder({ venue: 'kraken', clientOrderId: 'rl-fills' });
    throw failure('VenueUnreadable', 'away');
  };
  // Prices are asked for when the reading of an account stands.
  const marks: typeof early.marks = (others) => early.marks(others).finally(isRead);
  ports.venues = {
    ofEngine: () => [
      { ...early, marks },
      { ...late, openOrders },
    ],
  };
  const taken = await inActivity(activities, 'takeSnapshot', ALL);
  const [fill] = await bench.fills('kraken');
  assert.ok(fill && taken.takenAtMs <= fill.timeMs, `${taken.takenAtMs} ${fill?.timeMs}`);
  assert.deepEqual(taken.unreadable, []);
});

test('a refused venue is not asked again, and does not hold the others up', async (t) => {
  const { bench, activities, ports } = await openControlPlane(t);
  const account = bench.account('coinbase', { apiKey: 'organizations/x/apiKeys/stranger' });
  ports.venues = { ofEngine: () => [account, bench.account('binance')] };
  const { unreadable } = await inActivity(activities, 'takeSnapshot', ALL);
  assert.equal(unreadable.length, 1);
  assert.match(JSON.stringify(unreadable[0]?.why), /"kind":"key_refused","venue":"coinbase"/);
});

test('an order that comes while the venues are read makes the reading again', async (t) => {
  const { bench, ports, activities } = await openControlPlane(t);
  const kraken = bench.account('kraken');
  let reads = 0;
  const moving = {
    ...kraken,
    balances: async () => {
      reads += 1;
      if (reads === 1) await bench.place('kraken', { id: 'rl-late' });
      return kraken.balances();
    },
  };
  ports.venues = { ofEngine: () => [moving] };
  const { snapshot } = await inActivity(activities, 'takeSnapshot', ALL);
  const [truth] = (await ports.artifacts.get('venue-snapshot', snapshot)).venues;
  assert.ok(truth?.readable);
  assert.deepEqual(
    truth.orders.map(({ clientOrderId }) => clientOrderId),
    ['rl-late'],
  );
  assert.equal(reads, 2);
});

test('fills since the checkpoint explain every difference, and the ledger is the result', async (t) => {
  const plane = await openControlPlane(t);
  const { bench, activities, ports } = plane;
  const before = await truthOf(plane);
  for (const venue of ['binance', 'binanceusdm', 'coinbase', 'kraken'] as const) {
    await bench.place(venue, { id: 'rl-buy', quantity: '0.123', price: '40001.07' });
    await bench.admin.fillOrder({ venue, clientOrderId: 'rl-buy' });
  }
  const input = {
    state: await ports.artifacts.put('engine-state', before),
    snapshot: await snapshotOf(plane),
    ...RULES,
  };
  const done = await inActivity(activities, 'reconcilePositions', input);
  assert.equal(done.fillsApplied, 4);
  assert.deepEqual([done.counts.unexplained, done.counts.unknown, done.worst], [0, 0, []]);
  assert.equal(done.counts.explained, 8);
  const after = await ports.artifacts.get('engine-state', done.state);
  assert.deepEqual(comparableState(after), comparableState(await truthOf(plane)));
});

test('what no fill explains is unexplained, and what no venue tells is unknown', async (t) => {
  const plane = await openControlPlane(t);
  const { bench, activities, ports } = plane;
  const before = await truthOf(plane);
  await bench.admin.transfer({ venue: 'coinbase', asset: 'BTC', amount: '-0.5' });
  await bench.admin.setFault({ venue: 'kraken', endpoint: 'fills', kind: 'server-error' });
  const input = {
    state: await ports.artifacts.put('engine-state', before),
    snapshot: await snapshotOf(plane),
    ...RULES,
  };
  const done = await inActivity(activities, 'reconcilePositions', input);
  const lines = await ports.artifacts.get('reconciliation', done.lines);
  const unexplained = lines.filter(({ verdict }) => verdict === 'unexplained');
  assert.deepEqual(
    unexplained.map(({ venue, item, unexplained: by }) => [venue, item, by]),
    [['coinbase', 'BTC', '-0.5']],
  );
  const unknown = lines.filter(({ verdict }) => verdict === 'unknown');
  assert.ok(unknown.length > 0 && unknown.every(({ venue }) => venue === 'kraken'));
});

test('every order alive at the crash gets the fate that the ledger gave it', async (t) => {
  const plane = await openControlPlane(t);
  const { bench, activities, ports } = plane;
  const arrived = await bench.place('coinbase', { id: 'rl-arrived' });
  const cancelled = await bench.place('kraken', { id: 'rl-cancelled' });
  await bench.admin.cancelOrder({ venue: 'kraken', clientOrderId: 'rl-cancelled' });
  const filled = await bench.place('binance', { id: 'rl-filled' });
  await bench.admin.fillOrder({ venue: 'binance', clientOrderId: 'rl-filled' });
  const part = await bench.place('binanceusdm', { id: 'rl-part' });
  await bench.admin.fillOrder({ venue: 'binanceusdm', clientOrderId: 'rl-part', quantity: '0.1' });
  const lost = { ...inFlight(arrived), clientOrderId: 'rl-lost' };
  await bench.place('kraken', { id: 'rl-unknown' });
  await bench.place('binance', { id: 'other-desk' });
  const orders = [inFlight(arrived), cancelled, filled, part, lost];
  const state = await ports.artifacts.put('engine-state', withState({ orders }));
  const snapshot = await snapshotOf(plane);
  const input = { engineId: 'desk', state, before: state, snapshot, ...ORDER_RULES };
  const leave = await inActivity(activities, 'recoverOpenOrders', { ...input, foreign: 'leave' });
  const resolutions = await ports.artifacts.get('order-resolutions', leave.resolutions);
  const fates = resolutions.map(({ clientOrderId, kind, filledNow }) => [
    clientOrderId,
    kind,
    filledNow,
  ]);
  assert.deepEqual(Object.fromEntries(fates.map(([id, ...fate]) => [id, fate])), {
    'rl-arrived': ['still_open', '0'],
    'rl-cancelled': ['cancelled', '0'],
    'rl-filled': ['filled', '0.125'],
    'rl-part': ['partly_filled', '0.1'],
    'rl-lost': ['never_arrived', '0'],
    'rl-unknown': ['adopted', '0'],
    'other-desk': ['foreign', '0'],
  });
  const names = async (ref: typeof leave.state) =>
    (await ports.artifacts.get('engine-state', ref)).orders.map((order) => order.clientOrderId);
  const ours = ['rl-arrived', 'rl-part', 'rl-unknown'];
  assert.deepEqual(new Set(await names(leave.state)), new Set(ours));
  const adopt = await inActivity(activities, 'recoverOpenOrders', { ...input, foreign: 'adopt' });
  assert.deepEqual(new Set(await names(adopt.state)), new Set([...ours, 'other-desk']));
  assert.deepEqual((await bench.admin.requests()).writes, []);
});

test('an order that was on its way is looked for until nothing can arrive any more', async (t) => {
  const plane = await openControlPlane(t);
  const { bench, activities, ports } = plane;
  const template = inFlight(await bench.place('kraken', { id: 'rl-rests' }));
  const late = { ...template, clientOrderId: 'rl-late' };
  const orders = [late, { ...template, clientOrderId: 'rl-lost' }];
  const state = await ports.artifacts.put('engine-state', withState({ orders }));
  const known = { engineId: 'desk', state, before: state, snapshot: await snapshotOf(plane) };
  // By the clock of this worker, which is half a minute ahead of the host's, that is over.
  const arrives = { arrivesUntilMs: Date.now() - 28_000, arrivesInMs: 2_000 };
  const rules = { ...ORDER_RULES, ...arrives, foreign: 'leave' as const };
  const recovering = inActivity(activities, 'recoverOpenOrders', { ...known, ...rules });
  await lookedUp(bench.admin, 'kraken');
  await bench.place('kraken', { id: 'rl-late' });
  const { counts } = await recovering;
  assert.deepEqual([counts.still_open, counts.never_arrived], [1, 1]);
});

/** An order that does not rest is asked for at least once. */
async function lookedUp(admin: VenueAdmin, venue: VenueId): Promise<void> {
  while (((await admin.requests()).reads[venue].closedOrders ?? 0) < 2) await delay(20);
}

test('an order that no venue can tell of is unknown, and dropped only by decision', async (t) => {
  const plane = await openControlPlane(t);
  const { bench, activities, ports } = plane;
  const order = await bench.place('binance', { id: 'rl-quiet' });
  await bench.admin.cancelOrder({ venue: 'binance', clientOrderId: 'rl-quiet' });
  const sent = { ...inFlight(order), clientOrderId: 'rl-sent' };
  const snapshot = await snapshotOf(plane);
  await bench.admin.setFault({ venue: 'binance', endpoint: 'order', kind: 'server-error' });
  const state = await ports.artifacts.put('engine-state', withState({ orders: [order, sent] }));
  const known = { engineId: 'desk', state, before: state, snapshot };
  const input = { ...known, ...ORDER_RULES, foreign: 'leave' as const };
  const done = await inActivity(activities, 'recoverOpenOrders', input);
  assert.deepEqual(
    done.unknown.map(({ clientOrderId }) => clientOrderId),
    ['rl-quiet', 'rl-sent'],
  );
  const kept = await ports.artifacts.get('engine-state', done.state);
  assert.equal(kept.orders.length, 2);
  const dropped = await inActivity(activities, 'dropUnknownOrders', done);
  assert.deepEqual((await ports.artifacts.get('engine-state', dropped.state)).orders, []);
});

test('without a checkpoint the venues tell the state, and what they cannot tell is listed', async (t) => {
  const plane = await openControlPlane(t);
  const { bench, activities, ports } = plane;
  await bench.place('binanceusdm', { id: 'rl-buy', quantity: '0.5' });
  await bench.admin.fillOrder({ venue: 'binanceusdm', clientOrderId: 'rl-buy' });
  const loaded = await inActivity(activities, 'reconstructState', {
    snapshot: await snapshotOf(plane),
    sequence: 7,
  });
  assert.equal(loaded.sequence, 7);
  const state = await ports.artifacts.get('engine-state', loaded.state);
  assert.deepEqual(comparableState(state), comparableState(await truthOf(plane)));
  assert.equal(state.appliedFills['binanceusdm']?.length, 1);
  assert.equal(state.risk.dailyPnl, null);
  const [risk, orders, cost, ...venues] = loaded.unknowns;
  assert.match(risk ?? '', /daily profit and loss/);
  assert.match(orders ?? '', /in flight/);
  assert.match(cost ?? '', /what spot holdings cost/);
  assert.ok(
    venues.every((gap) => / before 20\d\d-/.test(gap)),
    venues.join(),
  ); // how far back
});
