/**
 * An engine that rebuilds itself: after it has read its venue again it is compared, figure by figure, and what
 * it had before is named, figure by figure. Its answers come from files of its own, which a program of it writes.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { stateDigest, type EngineState } from '../../../../workflows/domain/books/state.js';
import { openScripts } from '../../../clients/engine/script-rig.js';
import { balance, order, position } from '../../../workflows/domain/builders.js';
import { inActivity, withState } from '../../ports.js';
import { scriptHost } from './script-host.js';

/** What the venue has: an order filled in part, and another one was cancelled, while the engine was dead. */
const VENUE = withState({
  positions: [position({ quantity: '3' })],
  balances: [balance({ total: '900' })],
  orders: [order({ filled: '1' })],
});
const BEFORE = withState({
  positions: [position({ quantity: '2' })],
  balances: [balance({ total: '1000' })],
  orders: [order({ filled: '0' }), order({ clientOrderId: 'gone', venueOrderId: 'v-2' })],
});

async function openHost(t: TestContext, syncs: boolean) {
  const rig = openScripts(t, {
    commands: {
      state: ['cat', 'state.json'],
      ...(syncs && {
        sync: ['sh', '-c', 'cp venue.json state.json; echo "$RELIGHT_EPOCH" >> synced'],
      }),
    },
  });
  const put = (name: string, state: EngineState) =>
    rig.put(name, JSON.stringify({ sequence: 1, state }));
  put('state.json', BEFORE);
  put('venue.json', VENUE);
  const { artifacts, activities, instance } = scriptHost(rig, {
    boot: () => ({ from: 'venues', imports: 'before_start', syncs }),
    checkpoints: { recoveredPath: () => '/state', writeRecovered: async () => '/state' },
  });
  const state = await artifacts.put('engine-state', VENUE);
  await inActivity(activities, 'startEngine', { ...instance, statePath: '/state' });
  const written = await inActivity(activities, 'writeRecoveredCheckpoint', {
    ...instance,
    state,
    sequence: 1,
    takenAtMs: Date.now(),
  });
  const health = () =>
    inActivity(activities, 'checkComprehensiveHealth', {
      ...instance,
      digest: stateDigest(VENUE),
      state,
    });
  return { rig, put, activities, instance, written, health };
}

test('before it has read the venue again each figure that differs is named; after it, it is equal', async (t) => {
  const { rig, put, activities, instance, written, health } = await openHost(t, true);
  assert.deepEqual(written.boot, { from: 'venues', imports: 'before_start', syncs: true });
  const before = await health();
  assert.equal(before.healthy, false);
  assert.deepEqual(before.notHeld, [
    'alpha USDT: total 1000, expected 900',
    'order gone at alpha: held, and not in the recovered state',
    'order mine-1 at alpha: filled 0, expected 1',
    'gamma BTC/USDT:USDT net: quantity 2, expected 3',
  ]);
  await inActivity(activities, 'syncEngine', instance);
  const after = await health();
  assert.deepEqual([after.healthy, after.compared], [true, 'state'], after.failed.join());
  assert.equal(after.notHeld, undefined);
  assert.equal(rig.read('synced'), '7\n', 'with the epoch, once');
  // Whoever hands us our own digest back is not believed: its state is read.
  put('state.json', BEFORE);
  assert.equal((await health()).healthy, false);
});

test('one that cannot says so, by the setting that lacks', async (t) => {
  const { activities, instance, written } = await openHost(t, false);
  assert.equal(written.boot?.syncs, false);
  await assert.rejects(
    inActivity(activities, 'syncEngine', instance),
    /does not offer a way to have it read the venues again: set control\.commands\.sync/,
  );
});
