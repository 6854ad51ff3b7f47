import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { ReconciliationLine } from '../../../workflows/domain/reconciliation.js';
import {
  NOTHING_WATCHED,
  nextWatch,
  type WatchReading,
  type WatchState,
} from '../../../workflows/domain/watch.js';

/** Of a line only these three count here. */
function reading(
  differing: string[],
  unreadable: string[] = [],
  orders: string[] | null = [],
): WatchReading {
  const lines = differing.map((trouble) => {
    const [venue, item] = trouble.split(' ');
    return { venue, item, verdict: 'unexplained' } as ReconciliationLine;
  });
  return { lines, orders, unreadable: unreadable.map((venue) => ({ venue, why: 'down' })) };
}

function watchAll(readings: WatchReading[]) {
  let state: WatchState = NOTHING_WATCHED;
  return readings.map((each) => {
    const step = nextWatch(state, each);
    state = step.state;
    return { raised: step.raised, cleared: step.cleared };
  });
}

const QUIET = { raised: [], cleared: [] };

test('a difference that comes and goes with the trading is no alarm', () => {
  const steps = watchAll([reading(['a BTC']), reading([]), reading(['a BTC']), reading([])]);
  assert.deepEqual(steps, [QUIET, QUIET, QUIET, QUIET]);
});

test('a difference that stays is raised once, and cleared once it stays away', () => {
  const there = reading(['a BTC']);
  const gone = reading([]);
  const steps = watchAll([there, there, there, gone, there, gone, gone, gone]);
  const raised = { raised: ['a BTC'], cleared: [] };
  const cleared = { raised: [], cleared: ['a BTC'] };
  assert.deepEqual(steps, [QUIET, raised, QUIET, QUIET, QUIET, QUIET, cleared, QUIET]);
});

test('a venue that cannot be read is an alarm, and clears none of its differences', () => {
  const away = reading([], ['a']);
  const steps = watchAll([reading(['a BTC']), reading(['a BTC']), away, away, away]);
  assert.deepEqual(steps.map(({ raised }) => raised).flat(), ['a BTC', 'a: cannot be read']);
  assert.deepEqual(steps.map(({ cleared }) => cleared).flat(), []);
});

test('an order that differs is an alarm, which an engine that does not answer does not clear', () => {
  const lost = 'a main rl-1: not open at the venue';
  const there = reading([], [], [lost]);
  const silent = reading([], [], null);
  const gone = reading([]);
  const steps = watchAll([there, there, silent, silent, silent, gone, gone]);
  const raised = { raised: [lost], cleared: [] };
  const cleared = { raised: [], cleared: [lost] };
  assert.deepEqual(steps, [QUIET, raised, QUIET, QUIET, QUIET, QUIET, cleared]);
  assert.deepEqual(watchAll([there, silent, silent]), [QUIET, QUIET, QUIET]);
});

test('whatever happens, a trouble is raised before it is cleared, and never twice in between', () => {
  const trouble = fc.constantFrom('a BTC', 'a ETH', 'b BTC');
  const readings = fc.array(
    fc.record({
      differing: fc.uniqueArray(trouble),
      orders: fc.option(fc.uniqueArray(fc.constantFrom('a main rl-1', 'b main rl-2'))),
      unread: fc.uniqueArray(fc.constantFrom('a', 'b')),
    }),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(readings, (rows) => {
      const open = new Set<string>();
      for (const { raised, cleared } of watchAll(
        rows.map(({ differing, unread, orders }) => reading(differing, unread, orders)),
      )) {
        for (const each of cleared) assert.ok(open.delete(each), each);
        for (const each of raised) {
          assert.ok(!open.has(each), each);
          open.add(each);
        }
      }
    }),
    { numRuns: 1000 },
  );
});
