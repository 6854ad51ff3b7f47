/** An attempt that was given up and wakes up late does nothing more; `npm run bench` tries many schedules. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBench } from '../../clients/exchange/bench.js';
import { zombieOfContainment, zombieOfStart, zombieOfStop } from './scene.js';

test('containment that wakes up in the middle leaves the orders of the next engine', async (t) => {
  const bench = await openBench();
  t.after(() => bench.venues.close());
  const plan = { venue: 'binance', orders: 3, run: 'mid' } as const;
  const { stopped } = await zombieOfContainment(bench, { ...plan, stopAt: 8 });
  assert.ok(stopped);
});

test('a start that wakes up late starts nothing beside the next engine', async () => {
  assert.ok((await zombieOfStart(14)).stopped);
});

test('a stop that wakes up late neither asks nor kills the next engine', async () => {
  assert.ok((await zombieOfStop(8)).stopped);
});
