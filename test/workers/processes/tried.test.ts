/** What the agent remembers of its tries does not grow with its life. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tried } from '../../../workers/processes/host/tried.js';

test('a death is tried again after the while, and forgotten then', () => {
  const tried = new Tried(30_000);
  assert.deepEqual(
    [0, 29_999, 30_000, 30_001].map((atMs) => tried.isDue('e1', atMs)),
    [true, false, true, false],
  );
  for (let death = 0; death < 10_000; death += 1) tried.isDue(`e${death}`, 60_000 + death * 1_000);
  assert.ok(tried.size <= 30, `${tried.size}`);
});
