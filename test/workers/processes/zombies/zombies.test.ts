/**
 * Real workers at a real server, one that stands still at each kind of pause in one recovery: what wakes
 * up late does nothing more. `npm run bench` tries many schedules.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSchedule, type Plans } from './scene.js';
import { openZombieWorld } from './world.js';

/** Cancels on their way, a process that is noted and not made yet, an engine that is about to be asked. */
const PLANS: Plans = {
  containRisk: { where: 'request', at: [1], wakesContained: true },
  startEngine: { where: 'spawn', at: [1] },
  stopEngine: { where: 'request', at: [1] },
};

test('workers that wake up late touch no order and no engine', { timeout: 800_000 }, async (t) => {
  const world = await openZombieWorld();
  t.after(() => world.close());
  const stopped = await runSchedule(world, PLANS);
  assert.deepEqual(stopped.toSorted(), Object.keys(PLANS).toSorted());
});
