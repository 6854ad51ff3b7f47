/** The difference between this host's clock and the server's, as activities that begin late tell it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createServerClock } from '../../../workers/compose/server-clock.js';

/** Of a host whose clock is `aheadMs` ahead, after activities that began so late, one a second. */
function measured(aheadMs: number, lates: readonly number[]) {
  let passedMs = 0;
  const clock = createServerClock(() => passedMs);
  for (const lateMs of lates) {
    passedMs += 1_000 + lateMs;
    clock.note(passedMs - lateMs, passedMs + aheadMs);
  }
  return clock.aheadMs();
}

test('the least late activity tells it, ahead or behind', () => {
  assert.equal(measured(30_000, [4_000, 20, 9_000]), 30_020);
  assert.equal(measured(-45_000, [4_000, 20, 9_000]), -44_980);
});

test('a few prove nothing, and what reading allows for is no difference', () => {
  assert.equal(measured(30_000, [20, 20]), 0);
  assert.equal(measured(4_000, [20, 20, 20]), 0);
  assert.equal(measured(-4_000, [20, 20, 20]), 0);
});

test('never less than the truth, however late activities begin', () => {
  const late = fc.array(fc.nat(60_000), { minLength: 3, maxLength: 80 });
  fc.assert(
    fc.property(fc.integer({ min: -90_000, max: 90_000 }), late, (aheadMs, lates) => {
      const told = measured(aheadMs, lates);
      assert.ok(told === 0 || told >= aheadMs);
      assert.ok(
        told !== 0 || Math.abs(aheadMs) < 5_000 || aheadMs + Math.min(...lates.slice(-64)) < 5_000,
      );
    }),
  );
});

test('a clock that is set is measured anew, and what is old counts no more', () => {
  let passedMs = 0;
  const clock = createServerClock(() => passedMs);
  const begin = (aheadMs: number) => {
    passedMs += 1_000;
    clock.note(passedMs, passedMs + aheadMs);
  };
  for (let i = 0; i < 5; i += 1) begin(20_000);
  assert.equal(clock.aheadMs(), 20_000);
  begin(60_000);
  assert.equal(clock.aheadMs(), 0, 'not yet measured');
  begin(60_000);
  begin(60_000);
  assert.equal(clock.aheadMs(), 60_000);
  passedMs += 3_600_000;
  begin(60_000);
  assert.equal(clock.aheadMs(), 0);
});
