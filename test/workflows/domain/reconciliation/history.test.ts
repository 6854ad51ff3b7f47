/** Whole histories, told badly in every way, come out as an exact model says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { adjustmentsOf } from '../../../../workflows/domain/reconciliation/origin/adjustments.js';
import {
  reconcile,
  type ReconciliationLine,
} from '../../../../workflows/domain/reconciliation/reconciliation.js';
import type { Snapshot } from '../../../../workflows/domain/books/snapshot.js';
import { balanceKey, positionKey } from '../../../../workflows/domain/books/keys.js';
import { stateDigest, type EngineState } from '../../../../workflows/domain/books/state.js';
import { engineState, PERPETUAL, position, readable, snapshot } from '../builders.js';
import { magnitude, toText, toUnits } from '../exact.js';
import { NO_LOT, signOf } from '../rational.js';
import {
  emptyLedger,
  figuresIn,
  histories,
  moves,
  post,
  report,
  type Event,
  type History,
} from '../books/trading-history.js';

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

test('every forced fill that the state lacks shows in a line, and no other quantity does', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const forced = new Map<string, bigint>();
      for (const event of history.events.slice(history.seen)) {
        if (event.kind === 'flow' || event.fill.forced === undefined) continue;
        const side = event.fill.positionSide ?? 'net';
        const key = positionKey({ ...event.fill, side });
        forced.set(key, (forced.get(key) ?? 0n) + toUnits(event.fill.quantity));
      }
      const { lines } = run(history, whole(history));
      const shown = lines
        .filter((line) => line.forced !== '0')
        .map((line) => [keyOf(line), line.forced] as const);
      const expected = [...forced].map(([key, units]) => [key, toText(units)] as const);
      assert.deepEqual(new Map(shown), new Map(expected));
    }),
    RUNS,
  );
});

/** Venue figures from some time between the state's and now, while every fill and flow is told. */
const stale = fc.tuple(histories, fc.nat({ max: 100 })).map(([history, cut]) => {
  const at = history.seen + (cut % (history.events.length - history.seen + 1));
  const figures = emptyLedger();
  for (const event of history.events.slice(0, at)) post(figures, event);
  return { history, figures };
});

test('well-formed figures that are out of date: the ledger is the result, or it halts', () => {
  let halted = 0;
  fc.assert(
    fc.property(stale, ({ history, figures }) => {
      const { lines, state } = run(history, report(figuresIn(figures), history.events));
      if (lines.some(({ verdict }) => verdict === 'unexplained')) {
        halted += 1;
        return;
      }
      const truth = { ...history.internal, ...figuresIn(history.truth) };
      const within = toUnits(TOLERANCE);
      for (const [key, units] of unitsOf(truth)) {
        const off = magnitude((unitsOf(state).get(key) ?? 0n) - units);
        assert.ok(off <= within, key);
      }
    }),
    { ...RUNS, numRuns: 3000 },
  );
  assert.ok(halted > 500, `${halted} runs were stale`);
});

function unitsOf({ positions, balances }: Pick<EngineState, 'positions' | 'balances'>) {
  return new Map([
    ...positions.map((held) => [positionKey(held), toUnits(held.quantity)] as const),
    ...balances.map((held) => [balanceKey(held), toUnits(held.total)] as const),
  ]);
}

/** What the ledger earned since, of what settles in one asset; null where a close tells nothing. */
function earned({ events, seen }: History, asset: string): string | null {
  const ledger = emptyLedger();
  let units = 0n;
  let untold = false;
  for (const [index, event] of events.entries()) {
    if (event.kind === 'fill' && event.market.side !== null && index >= seen) {
      const { fill, market } = event;
      const key = positionKey({ ...fill, side: event.market.side });
      const held = ledger.lots.get(key)?.lot ?? NO_LOT;
      const closes = signOf(held.quantity) * (fill.side === 'buy' ? 1 : -1) < 0;
      if (market.cash === asset) {
        untold ||= closes && fill.realizedPnl === null;
        units += toUnits(fill.realizedPnl ?? '0') - toUnits(fill.fee?.amount ?? '0');
      }
    }
    post(ledger, event);
  }
  return untold ? null : toText(units);
}

for (const [asset, venueNames] of [
  ['USDT', ['hedge', 'oneway']],
  ['BTC', ['coin']],
  ['USD', ['kraken']],
] as const) {
  test(`profit and loss in ${asset} is preserved: before, and what the ledger earned since`, () => {
    const known = new Set<boolean>();
    fc.assert(
      fc.property(histories, fc.integer({ min: -(10 ** 6), max: 10 ** 6 }), (history, before) => {
        const venues = whole(history);
        const here = venues.venues.filter(({ venue }) => venueNames.some((name) => name === venue));
        const dailyPnl = toText(BigInt(before), 2);
        const internal = { ...history.internal, risk: { dailyPnl, breakerLatched: false } };
        const rules = { tolerance: TOLERANCE, asOfMs: history.asOfMs, cashAssets: [asset] };
        const result = reconcile(internal, { ...venues, venues: here }, rules);
        const since = earned(history, asset);
        known.add(since !== null);
        const expected = since === null ? null : toText(toUnits(dailyPnl) + toUnits(since));
        assert.equal(result.state.risk.dailyPnl, expected);
        const said = result.unknowns.some((why) => why.startsWith('daily profit and loss'));
        assert.equal(said, since === null);
        const again = reconcile(result.state, { ...venues, venues: here }, rules);
        assert.equal(again.state.risk.dailyPnl, expected);
      }),
      RUNS,
    );
    assert.deepEqual(known, new Set([true, false]));
  });
}

test('a position off the quantity step of its instrument is taken as it is, and is said', () => {
  const steps = fc.constantFrom('0.001', '0.005', '1', '10', '0.00025');
  fc.assert(
    fc.property(steps, fc.integer({ min: -(10 ** 7), max: 10 ** 7 }), (step, thousandths) => {
      fc.pre(thousandths !== 0);
      const quantity = toText(BigInt(thousandths), 5);
      const spec = { instrument: PERPETUAL, quantityStep: step, priceTick: null };
      const more = { minNotional: null, contractSize: '1', inverse: false };
      const told = readable('gamma', {
        positions: [position({ quantity })],
        instruments: [{ ...spec, ...more }],
      });
      const rules = { tolerance: TOLERANCE };
      const { state, unknowns } = reconcile(engineState(), snapshot(told), rules);
      const held = state.positions[0]?.quantity ?? '0';
      assert.equal(toText(toUnits(held)), quantity);
      const isWhole = toUnits(held) % toUnits(step) === 0n;
      const why = `gamma ${PERPETUAL}: a position of ${quantity} is no whole number of steps of ${step}`;
      assert.deepEqual(unknowns, isWhole ? [] : [why]);
    }),
    { numRuns: 1000, seed: 77 },
  );
});
