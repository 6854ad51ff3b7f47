import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { adjustmentsOf } from '../../../workflows/domain/adjustments.js';
import { reconcile, type ReconciliationLine } from '../../../workflows/domain/reconciliation.js';
import type { Snapshot } from '../../../workflows/domain/snapshot.js';
import { balanceKey, positionKey, stateDigest } from '../../../workflows/domain/state.js';
import { magnitude, toText, toUnits } from './exact.js';
import {
  figuresIn,
  histories,
  moves,
  report,
  type Event,
  type History,
} from './trading-history.js';

const RUNS = { numRuns: 1000, seed: 20_261_124 };
const TOLERANCE = '0.0001';

function run({ internal, asOfMs }: History, venues: Snapshot) {
  return reconcile(internal, venues, { tolerance: TOLERANCE, asOfMs });
}

function keyOf({ venue, account, item, instrument, side }: ReconciliationLine): string {
  return instrument === null || side === null
    ? balanceKey({ venue, account, asset: item })
    : positionKey({ venue, account, instrument, side });
}

/** The truth as the venues tell it, whole. */
function whole(history: History): Snapshot {
  return report(figuresIn(history.truth), history.events);
}

test('a whole report is explained to the last digit, hedge, inverse, margin, spot and flows', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const { lines, state } = run(history, whole(history));
      for (const line of lines) {
        assert.ok(['match', 'explained'].includes(line.verdict), keyOf(line));
        assert.equal(line.unexplained, '0', keyOf(line));
        assert.equal(line.entryPriceDiffers, false, keyOf(line));
      }
      const truth = { ...history.internal, ...figuresIn(history.truth) };
      assert.equal(stateDigest(state), stateDigest(truth));
      assert.deepEqual(adjustmentsOf(lines), []);
    }),
    RUNS,
  );
});

test('our entry price after the fills since is that of an exact model', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const averages = new Map(
        figuresIn(history.truth).positions.map((p) => [positionKey(p), p.averagePrice]),
      );
      for (const line of run(history, whole(history)).lines) {
        // From flat: an average that the engine wrote before was rounded by it.
        if (line.kind !== 'position' || line.internal !== '0') continue;
        const expected = averages.get(keyOf(line)) ?? null;
        assert.equal(line.entryPrice?.internal ?? null, expected, keyOf(line));
      }
    }),
    RUNS,
  );
});

test('shuffled, repeated and overlapping reports give the same result', () => {
  const again = histories.chain((history) =>
    fc
      .tuple(
        fc.subarray(history.events),
        fc.shuffledSubarray(history.events, { minLength: history.events.length }),
      )
      .map(([twice, shuffled]) => ({ history, events: [...twice, ...shuffled] })),
  );
  fc.assert(
    fc.property(again, ({ history, events }) => {
      const repeated = run(history, report(figuresIn(history.truth), events));
      assert.deepEqual(repeated, run(history, whole(history)));
    }),
    RUNS,
  );
});

interface Dropped {
  history: History;
  lost: Event[];
  kept: Event[];
}

/** Some of what came after the checkpoint is not reported. Flows of before are left out as well. */
const dropped: fc.Arbitrary<Dropped> = histories.chain((history) => {
  const since = history.events.slice(history.seen);
  return fc.subarray(since).map((lost) => ({
    history,
    lost,
    kept: since.filter((event) => !lost.includes(event)),
  }));
});

test('what a dropped fill or flow moved is unexplained, exactly that, and never matched', () => {
  fc.assert(
    fc.property(dropped, ({ history, lost, kept }) => {
      const { lines, state } = run(history, report(figuresIn(history.truth), kept));
      const missing = moves(lost);
      const found = new Map(lines.map((line) => [keyOf(line), line]));
      for (const [key, units] of missing) {
        if (units === 0n) continue;
        assert.equal(found.get(key)?.unexplained, toText(units), key);
        const halts = magnitude(units) > toUnits(TOLERANCE);
        assert.equal(found.get(key)?.verdict === 'unexplained', halts, key);
      }
      for (const [key, line] of found) {
        if ((missing.get(key) ?? 0n) === 0n) assert.notEqual(line.verdict, 'unexplained', key);
      }
      const truth = { ...history.internal, ...figuresIn(history.truth) };
      assert.equal(stateDigest(state), stateDigest(truth));
    }),
    RUNS,
  );
});

test('reconciling again finds nothing new and books nothing twice', () => {
  fc.assert(
    fc.property(dropped, ({ history, kept }) => {
      const venues = report(figuresIn(history.truth), kept);
      const first = run(history, venues);
      const second = run({ ...history, internal: first.state }, venues);
      assert.deepEqual([second.fillsApplied, second.flowsApplied], [0, 0]);
      assert.deepEqual(second.state, first.state);
      assert.ok(second.lines.every(({ verdict }) => verdict === 'match'));
    }),
    RUNS,
  );
});

test('what is unexplained of a quantity is a whole number of steps', () => {
  fc.assert(
    fc.property(dropped, ({ history, kept }) => {
      for (const line of run(history, report(figuresIn(history.truth), kept)).lines) {
        if (line.kind !== 'position') continue;
        assert.match(line.lots ?? 'unknown', /^-?\d+$/, keyOf(line));
        assert.equal(
          toUnits(line.unexplained ?? '') * 1000n,
          toUnits(line.lots ?? ''),
          keyOf(line),
        );
      }
    }),
    RUNS,
  );
});

test('forced quantities are those of the fills that the venue made', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const forced = new Map<string, bigint>();
      for (const event of history.events.slice(history.seen)) {
        if (event.kind === 'flow' || event.fill.forced === undefined) continue;
        const side = event.fill.positionSide ?? 'net';
        const key = positionKey({ ...event.fill, side });
        forced.set(key, (forced.get(key) ?? 0n) + toUnits(event.fill.quantity));
      }
      for (const line of run(history, whole(history)).lines) {
        assert.equal(line.forced, toText(forced.get(keyOf(line)) ?? 0n), keyOf(line));
      }
    }),
    RUNS,
  );
});
