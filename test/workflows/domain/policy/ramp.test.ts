/** How health windows lead up and down the stages of the ramp. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { RecoveryPolicy, type RampStage } from '../../../../workflows/domain/policy/policy.js';
import {
  expectedSamples,
  judgeWindow,
  loweredTo,
  nextMove,
  stagesFor,
  type HealthSample,
  type WindowVerdict,
} from '../../../../workflows/domain/policy/ramp.js';

const { stages, checkEveryMs, manualMonitorMs } = RecoveryPolicy.parse({}).ramp;

const good: HealthSample = { atMs: 1, healthy: true, hard: false, note: 'ok' };
const bad: HealthSample = { atMs: 1, healthy: false, hard: false, note: 'slow' };
const hard: HealthSample = { atMs: 1, healthy: false, hard: true, note: 'gone' };

test('sixty seconds of checks each five make twelve', () => {
  assert.equal(expectedSamples(60_000, checkEveryMs), 12);
  assert.equal(expectedSamples(64_999, 5_000), 12);
});

test('passes a window only with every check made and every check good', () => {
  const twelve = Array.from({ length: 12 }, () => good);
  assert.deepEqual(judgeWindow(twelve, 12), { kind: 'pass', samples: 12 });
  assert.equal(judgeWindow(twelve.slice(1), 12).kind, 'inconclusive');
  assert.equal(judgeWindow([], 12).kind, 'inconclusive');
});

test('one bad check fails the window, and says why', () => {
  const samples = [...Array.from({ length: 11 }, () => good), bad];
  assert.deepEqual(judgeWindow(samples, 12), { kind: 'fail', why: 'slow' });
});

test('a hard failure cannot be outvoted, nor hidden behind a softer one', () => {
  assert.deepEqual(judgeWindow([good, bad, hard, good], 4), { kind: 'hard_fail', why: 'gone' });
});

test('judges any window by its worst check, wherever it stands', () => {
  const samples = fc.array(fc.constantFrom(good, bad, hard), { maxLength: 20 });
  fc.assert(
    fc.property(samples, fc.nat({ max: 20 }), (window, expected) => {
      const { kind } = judgeWindow(window, expected);
      if (window.includes(hard)) assert.equal(kind, 'hard_fail');
      else if (window.includes(bad)) assert.equal(kind, 'fail');
      else assert.equal(kind, window.length < expected ? 'inconclusive' : 'pass');
    }),
    { numRuns: 500, seed: 20_261_107 },
  );
});

const verdicts: fc.Arbitrary<WindowVerdict> = fc.constantFrom(
  { kind: 'pass', samples: 12 },
  { kind: 'fail', why: 'slow' },
  { kind: 'hard_fail', why: 'gone' },
  { kind: 'inconclusive', why: '3 of 12' },
);

const positions = fc.record({
  stage: fc.nat({ max: 2 }),
  stepDowns: fc.nat({ max: 3 }),
  maxStepDowns: fc.nat({ max: 3 }),
});

test('only a passed window advances', () => {
  fc.assert(
    fc.property(verdicts, positions, (verdict, position) => {
      const { kind } = nextMove(verdict, position);
      assert.equal(kind === 'advance', verdict.kind === 'pass');
    }),
    { numRuns: 500, seed: 20_261_107 },
  );
});

test('a hard failure always shuts down, and an inconclusive window always asks', () => {
  fc.assert(
    fc.property(positions, (position) => {
      const gone = nextMove({ kind: 'hard_fail', why: 'gone' }, position);
      assert.deepEqual(gone, { kind: 'shut_down', why: 'gone' });
      const few = nextMove({ kind: 'inconclusive', why: '3 of 12' }, position);
      assert.deepEqual(few, { kind: 'ask', why: '3 of 12' });
    }),
    { numRuns: 300, seed: 20_261_107 },
  );
});

/** Stage, step downs so far, step downs allowed; then the move after a failed window. */
const AFTER_FAILURE: readonly [number, number, number, string][] = [
  [0, 0, 1, 'shut_down'],
  [1, 0, 1, 'step_down to 0'],
  [2, 0, 1, 'step_down to 1'],
  [2, 1, 1, 'shut_down'],
  [2, 1, 2, 'step_down to 1'],
  [1, 0, 0, 'shut_down'],
];

for (const [stage, stepDowns, maxStepDowns, expected] of AFTER_FAILURE) {
  test(`at stage ${stage}, after ${stepDowns} of ${maxStepDowns} step downs: ${expected}`, () => {
    const move = nextMove({ kind: 'fail', why: 'slow' }, { stage, stepDowns, maxStepDowns });
    assert.equal(move.kind === 'step_down' ? `step_down to ${move.to}` : move.kind, expected);
  });
}

interface Climb {
  percents: number[];
  stage: number;
  stepDowns: number;
  passes: number;
  end: 'full' | 'shut_down' | 'climbing';
}

/** Follows the moves as the workflow does; an ask is always answered with "watch again". */
function climb(windows: readonly WindowVerdict[], maxStepDowns: number): Climb[] {
  const state: Climb = { percents: [], stage: 0, stepDowns: 0, passes: 0, end: 'climbing' };
  const trail: Climb[] = [];
  for (const verdict of windows) {
    if (state.end !== 'climbing') break;
    state.percents = [...state.percents, stages[state.stage]?.percent ?? Number.NaN];
    if (verdict.kind === 'pass') state.passes += 1;
    const move = nextMove(verdict, { ...state, maxStepDowns });
    if (move.kind === 'advance') state.stage += 1;
    if (move.kind === 'shut_down') state.end = 'shut_down';
    if (move.kind === 'step_down') {
      state.stage = move.to;
      state.stepDowns += 1;
    }
    if (state.stage === stages.length) state.end = 'full';
    trail.push({ ...state });
  }
  return trail;
}

const climbs = fc
  .tuple(fc.array(verdicts, { minLength: 1, maxLength: 30 }), fc.nat({ max: 3 }))
  .map(([windows, maxStepDowns]) => ({
    windows,
    maxStepDowns,
    trail: climb(windows, maxStepDowns),
  }));

test('limits never stand above what the passed windows granted', () => {
  fc.assert(
    fc.property(climbs, ({ windows, trail }) => {
      for (const [index, { percents }] of trail.entries()) {
        const passes = windows.slice(0, index).filter(({ kind }) => kind === 'pass').length;
        const granted = stages[Math.min(passes, stages.length - 1)]?.percent ?? 0;
        assert.ok((percents.at(-1) ?? Number.NaN) <= granted, `window ${index}`);
      }
    }),
    { numRuns: 1000, seed: 20_261_107 },
  );
});

test('step downs are bounded, and the stage is passes less step downs', () => {
  fc.assert(
    fc.property(climbs, ({ maxStepDowns, trail }) => {
      for (const { stage, stepDowns, passes } of trail) {
        assert.ok(stepDowns <= maxStepDowns);
        assert.equal(stage, passes - stepDowns);
      }
    }),
    { numRuns: 1000, seed: 20_261_107 },
  );
});

test('a climb that met a hard failure never ends at full trading', () => {
  fc.assert(
    fc.property(climbs, ({ windows, trail }) => {
      const met = windows.slice(0, trail.length).some(({ kind }) => kind === 'hard_fail');
      if (met) assert.equal(trail.at(-1)?.end, 'shut_down');
    }),
    { numRuns: 1000, seed: 20_261_107 },
  );
});

test('after a manual recovery only the first window is the long one', () => {
  const manual = stagesFor(stages, { manual: true, manualMonitorMs });
  assert.deepEqual(manual, [{ ...stages[0], monitorMs: 900_000 }, ...stages.slice(1)]);
  assert.deepEqual(stagesFor(stages, { manual: false, manualMonitorMs }), stages);
  assert.equal(stages[0]?.monitorMs, 60_000);
});

test('after a manual recovery full trading is watched closely, too, where that is asked', () => {
  const manual = stagesFor(stages, { manual: true, manualMonitorMs, closely: true });
  assert.equal(manual.at(-1)?.monitorMs, manualMonitorMs);
  assert.equal(manual[0]?.monitorMs, manualMonitorMs);
  const alone = stagesFor(stages, { manual: false, manualMonitorMs, closely: true });
  assert.deepEqual(alone, stages);
});

test('a person lowers a ramp to any percentage below what is granted, and never raises it', () => {
  const percent = fc.integer({ min: 1, max: 99 });
  fc.assert(
    fc.property(fc.nat(stages.length - 1), fc.option(percent), (index, to) => {
      const now = stages[index] as RampStage;
      const lower = loweredTo(stages, now, to ?? undefined);
      if (lower === null) return;
      assert.ok(lower.stage.percent < now.percent);
      if (to !== null) assert.equal(lower.stage.percent, to);
      const next = stages[lower.index + 1];
      assert.ok(next !== undefined && next.percent > lower.stage.percent);
    }),
  );
  const [lowest] = stages;
  assert.equal(loweredTo(stages, lowest as RampStage, undefined), null);
  assert.equal(loweredTo(stages, lowest as RampStage, lowest?.percent), null);
});
