/** How many crashes are too many in too short a time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { crashesInWindow } from '../../../../workflows/domain/crash/window.js';
import { RecoveryPolicy } from '../../../../workflows/domain/policy/policy.js';

const MINUTE_MS = 60_000;
const { windowMs, maxCrashes } = RecoveryPolicy.parse({}).crashLoop;

test('counts the crashes of the last five minutes, and drops one of exactly that age', () => {
  const nowMs = 100 * MINUTE_MS;
  const ages = [0, 1, 4 * MINUTE_MS, 5 * MINUTE_MS - 1, 5 * MINUTE_MS, 9 * MINUTE_MS];
  const times = ages.map((age) => nowMs - age);
  assert.deepEqual(crashesInWindow(times, nowMs, windowMs), times.slice(0, 4));
});

test('a crash leaves the window by time alone, whatever the order of the others', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 900_000 })), fc.nat({ max: 900_000 }), (times, nowMs) => {
      const recent = times.filter((time) => time > nowMs - 300_000);
      assert.deepEqual(crashesInWindow(times, nowMs, windowMs), recent);
    }),
    { numRuns: 500, seed: 20_261_101 },
  );
});

test('the fourth crash in five minutes is one too many, the third is not', () => {
  const times = [1, 2, 3, 4].map((minute) => minute * MINUTE_MS);
  const countAt = (crashes: number) =>
    crashesInWindow(times.slice(0, crashes), 4 * MINUTE_MS, windowMs).length;
  assert.equal(countAt(3) > maxCrashes, false);
  assert.equal(countAt(4) > maxCrashes, true);
});
