/** What was reached is counted over simulations, and what never was is named. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from '../faults/plan.js';
import { NO_FACTS } from '../oracle/facts.js';
import { coverageLines, coverageOf, together } from './coverage.js';

const FATE = { order: 'o', truths: [null], isFilledSo: true };

test('counts of two processes are added', () => {
  const one = coverageOf({ ...NO_FACTS, fates: [{ ...FATE, told: 'never_arrived' }] });
  const other = coverageOf({ ...NO_FACTS, verdicts: { match: 4 }, fates: [] });
  const sum = together([one, one, other]);
  assert.deepEqual(sum.resolution, { never_arrived: 2 });
  assert.deepEqual(sum.verdict, { match: 4 });
});

test('a failpoint counts under its step, and any other attempt does not', () => {
  const crashAt = (of: string): Fault => ({
    kind: 'crash',
    at: { of, nth: 1, point: 'before_effect' },
    ms: 0,
    what: '',
  });
  const { failpoint, fault } = coverageOf({
    ...NO_FACTS,
    happened: [crashAt('loadRules'), crashAt('listOwnOrders')],
  });
  assert.deepEqual(failpoint, { 'loadRules before_effect crash': 1 });
  assert.deepEqual(fault, { crash: 2 });
});

test('what was never reached is named, of every counter', () => {
  const fates = [{ ...FATE, told: 'unknown' as const }];
  const lines = coverageLines(coverageOf({ ...NO_FACTS, fates }));
  assert.ok(lines.includes('resolution: 1 of 11 reached'));
  assert.ok(lines.some((line) => line.startsWith('  never: still_open, partly_filled')));
  assert.ok(lines.includes('failpoint: 0 of 156 reached'));
});
