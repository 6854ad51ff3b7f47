/** From where a recovery may go on: whatever has happened, nothing stale is used. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  earliest,
  resumable,
  resumeRefusal,
  RESUME_STEPS,
  safeSteps,
  type ResumeFacts,
} from '../../../../workflows/domain/gates/resume.js';

const NOW_MS = 1_700_000_000_000;
const ALL_WELL: ResumeFacts = {
  safeAtCrash: 1,
  crashes: 1,
  loadedTakenAtMs: NOW_MS - 60_000,
  rebuiltAtMs: NOW_MS - 5_000,
  started: false,
  traded: false,
  mayLive: [],
  contains: false,
  tradesAtStart: false,
  oldMs: 3_600_000,
  maxSnapshotAgeMs: 30_000,
  nowMs: NOW_MS,
};

test('where all is young and nothing was started, every step is safe', () => {
  assert.deepEqual(safeSteps(ALL_WELL), [...RESUME_STEPS]);
});

const CASES: [string, Partial<ResumeFacts>, string][] = [
  ['safety checks that have not passed', { safeAtCrash: null }, 'analyse'],
  ['a crash since', { crashes: 2 }, 'analyse'],
  ['trading since', { traded: true }, 'analyse'],
  ['an engine that may still run', { mayLive: ['alpha-e1'] }, 'analyse'],
  ['no state', { loadedTakenAtMs: null }, 'load_state'],
  ['an old state', { loadedTakenAtMs: NOW_MS - 3_600_001 }, 'load_state'],
  ['no reconciliation', { rebuiltAtMs: null }, 'reconcile'],
  ['an old reading of the venues', { rebuiltAtMs: NOW_MS - 30_001 }, 'reconcile'],
  ['an engine that was started', { started: true }, 'reconcile'],
  ['containment that may cancel orders', { contains: true }, 'reconcile'],
  ['an engine that trades as it starts', { tradesAtStart: true }, 'reconcile'],
];

for (const [what, change, last] of CASES) {
  test(`with ${what} the last safe step is ${last}`, () => {
    assert.equal(safeSteps({ ...ALL_WELL, ...change }).at(-1), last);
  });
}

const ms = fc.integer({ min: NOW_MS - 10_000_000, max: NOW_MS });
const facts: fc.Arbitrary<ResumeFacts> = fc.record({
  safeAtCrash: fc.option(fc.integer({ min: 1, max: 3 })),
  crashes: fc.integer({ min: 1, max: 3 }),
  loadedTakenAtMs: fc.option(ms),
  rebuiltAtMs: fc.option(ms),
  started: fc.boolean(),
  traded: fc.boolean(),
  mayLive: fc.array(fc.constant('alpha-e1'), { maxLength: 1 }),
  contains: fc.boolean(),
  tradesAtStart: fc.boolean(),
  oldMs: fc.integer({ min: 1, max: 10_000_000 }),
  maxSnapshotAgeMs: fc.integer({ min: 1, max: 10_000_000 }),
  nowMs: fc.constant(NOW_MS),
});

test('the beginning is always safe, and a step only where all before it are', () => {
  fc.assert(
    fc.property(facts, (given) => {
      const why = resumable(given);
      assert.equal(why.analyse, null);
      const safe = RESUME_STEPS.map((step) => why[step] === null);
      assert.equal(safe.lastIndexOf(true) + 1, safe.filter(Boolean).length);
    }),
    { numRuns: 2_000 },
  );
});

test('no order of what happened lets stale venues, a crash or trading be skipped', () => {
  fc.assert(
    fc.property(facts, (given) => {
      const why = resumable(given);
      if (why.start === null) {
        assert.ok(given.rebuiltAtMs !== null && !given.started && !given.contains);
        assert.ok(given.nowMs - given.rebuiltAtMs <= given.maxSnapshotAgeMs);
      }
      if (why.load_state === null) {
        assert.ok(!given.traded && given.mayLive.length === 0);
        assert.ok(given.safeAtCrash !== null && given.crashes <= given.safeAtCrash);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('a go over another checklist, or from an unsafe step, is refused and told what is safe', () => {
  const told = 'ab'.repeat(32);
  const refusal = (from: (typeof RESUME_STEPS)[number], signed: string | null) =>
    resumeRefusal({ from, told: signed }, { facts: { ...ALL_WELL, started: true }, told });
  assert.match(refusal('analyse', null) ?? '', /The checklist has changed/);
  assert.match(
    refusal('start', told) ?? '',
    /from start: an engine was started .* Safe: analyse, load_state, reconcile/,
  );
  assert.equal(refusal('reconcile', told), null);
  assert.equal(resumeRefusal(undefined, { facts: ALL_WELL, told }), null);
});

test('of several who sign, the earliest step holds; who names none means the beginning', () => {
  const from = (step: (typeof RESUME_STEPS)[number]) => ({ from: step, told: null });
  assert.equal(earliest([from('start'), from('load_state')]), 'load_state');
  assert.equal(earliest([from('start'), undefined]), 'analyse');
  assert.equal(earliest([]), 'analyse');
});
