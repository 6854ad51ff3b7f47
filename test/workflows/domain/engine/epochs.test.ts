/** Epochs that others tell: believed within a step, so that no number ends all later recoveries. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  epochFault,
  furthestEpoch,
  FURTHEST_STEP,
  isEpoch,
  LAST_EPOCH,
  nextEpoch,
} from '../../../../workflows/domain/engine/epochs.js';

const WILD = [2 ** 53 - 1, 2 ** 53, 1e300, Infinity, NaN, -1, 1.5, '7', null, undefined, {}];

test('a wild epoch is not believed, and leaves the next one as it was', () => {
  for (const told of WILD) assert.equal(nextEpoch(6, [told]), 7, JSON.stringify(told));
  assert.equal(nextEpoch(6, WILD), 7);
  assert.equal(nextEpoch(6, [...WILD, 9]), 10);
});

test('a wild epoch that was believed before is forgotten', () => {
  for (const known of [2 ** 53, 2 ** 53 + 2, Infinity, NaN, -3]) {
    assert.equal(nextEpoch(known, [7]), 8, String(known));
    assert.equal(nextEpoch(known, []), 1, String(known));
  }
});

test('an instance that somebody else started may be ahead, within a step', () => {
  assert.equal(nextEpoch(0, [7]), 8);
  assert.equal(nextEpoch(5, [3]), 6);
  assert.equal(nextEpoch(5, [5 + FURTHEST_STEP - 1]), 5 + FURTHEST_STEP);
  assert.equal(nextEpoch(5, [5 + FURTHEST_STEP]), 6);
  assert.equal(furthestEpoch(5, [9, 8]), 9);
});

test('a fence that stands where the guardian stood takes whatever the guardian goes to', () => {
  const known = fc.integer({ min: 0, max: LAST_EPOCH - 2 * FURTHEST_STEP });
  const told = fc.array(fc.oneof(fc.integer({ min: -5, max: 5_000 }), fc.double(), fc.anything()));
  let believed = 0;
  fc.assert(
    fc.property(known, told, (from, steps) => {
      const heard = steps.map((step) => (typeof step === 'number' ? from + step : step));
      const next = nextEpoch(from, heard);
      if (next > from + 1) believed += 1;
      assert.equal(epochFault(from, next), null);
      assert.ok(next > from && next <= from + FURTHEST_STEP);
    }),
  );
  assert.ok(believed > 0);
});

test('a fence takes a step, and no number that is no epoch', () => {
  assert.equal(epochFault(4, 4 + FURTHEST_STEP), null);
  assert.match(epochFault(4, 5 + FURTHEST_STEP) ?? '', /more than 1000 above 4/);
  for (const told of [...WILD, LAST_EPOCH + 1]) {
    assert.match(epochFault(4, told) ?? '', /^is no whole number from 0 to 999999999999999$/);
    assert.equal(isEpoch(told), false);
  }
});
