/** What holds for every reconciliation: complete, adding up, and the same when repeated. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { reconcile } from '../../../../workflows/domain/reconciliation/reconciliation.js';
import type { Snapshot } from '../../../../workflows/domain/books/snapshot.js';
import type { EngineState } from '../../../../workflows/domain/books/state.js';
import { toText, toUnits } from '../exact.js';
import { amountsOf, TOLERANCE, worlds, worldsAgain, type Amounts } from './world.js';

const RUNS = { numRuns: 1000, seed: 20_261_125 };

function run(internal: EngineState, venues: Snapshot) {
  return reconcile(internal, venues, { tolerance: TOLERANCE });
}

function sorted(amounts: Amounts): [string, string][] {
  return [...amounts]
    .map(([figure, units]): [string, string] => [figure, toText(units)])
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

test('the state becomes the truth of readable venues and keeps the belief about others', () => {
  fc.assert(
    fc.property(worlds, ({ internal, venues, truth, kept }) => {
      const { state } = run(internal, venues);
      assert.deepEqual(sorted(amountsOf(state)), sorted(new Map([...truth, ...kept])));
      const figures = [...state.positions, ...state.balances];
      assert.equal(figures.length, truth.size + kept.size);
    }),
    RUNS,
  );
});

test('every figure that either side holds has one line, and the verdict of the model', () => {
  fc.assert(
    fc.property(worlds, ({ internal, venues, verdicts }) => {
      const { lines } = run(internal, venues);
      const found = lines.map((line) => [`${line.venue} ${line.item}`, line.verdict] as const);
      assert.equal(found.length, new Set(found.map(([figure]) => figure)).size);
      assert.deepEqual(new Map(found), verdicts);
    }),
    RUNS,
  );
});

test('unexplained is exactly what was changed from outside by more than the tolerance', () => {
  fc.assert(
    fc.property(worlds, ({ internal, venues, changed }) => {
      const found = run(internal, venues)
        .lines.filter(({ verdict }) => verdict === 'unexplained')
        .map(({ venue, item }) => `${venue} ${item}`);
      assert.deepEqual(found.toSorted(), [...changed].toSorted());
    }),
    RUNS,
  );
});

test('each line adds up: internal, fills and the unexplained make the exchange', () => {
  fc.assert(
    fc.property(worlds, ({ internal, venues }) => {
      for (const line of run(internal, venues).lines) {
        if (line.exchange === null || line.unexplained === null) continue;
        const parts = [line.internal, line.explainedByFills, line.unexplained].map(toUnits);
        const whole = parts.reduce((total, part) => total + part, 0n);
        assert.equal(toText(whole), line.exchange);
        assert.equal(line.difference, toText(toUnits(line.exchange) - toUnits(line.internal)));
      }
    }),
    RUNS,
  );
});

test('fills shuffled, reported twice and overlapping give the same result', () => {
  fc.assert(
    fc.property(worldsAgain, ({ world, again }) => {
      assert.deepEqual(run(world.internal, again), run(world.internal, world.venues));
    }),
    RUNS,
  );
});

test('no line of an unreadable venue claims to know the exchange', () => {
  fc.assert(
    fc.property(worlds, ({ internal, venues }) => {
      const unread = venues.venues.filter(({ readable }) => !readable).map(({ venue }) => venue);
      for (const { venue, verdict, exchange } of run(internal, venues).lines) {
        assert.equal(exchange === null, unread.includes(venue));
        assert.equal(verdict === 'unknown', unread.includes(venue));
      }
    }),
    RUNS,
  );
});

test('reconciling again finds nothing new', () => {
  fc.assert(
    fc.property(worlds, ({ internal, venues }) => {
      const first = run(internal, venues);
      const second = run(first.state, venues);
      assert.equal(second.fillsApplied, 0);
      assert.deepEqual(second.state, first.state);
      assert.ok(second.lines.every(({ verdict }) => verdict === 'match' || verdict === 'unknown'));
    }),
    RUNS,
  );
});
