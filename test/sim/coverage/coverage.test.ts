/** What was reached is counted over simulations, and what never was is named. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from '../faults/plan.js';
import { NO_FACTS } from '../oracle/facts.js';
import { STEPS, type GateRecord, type RecoveryRecord } from '../../../workflows/domain/record.js';
import { coverageLines, coverageOf, together, UNREACHABLE } from './coverage.js';

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

test('a step has waited where a question was opened in it, but for that of the manual checklist', () => {
  const step = { name: 'risk', startedAtMs: 10, endedAtMs: 30, attempts: 1, detail: '' } as const;
  const gate = (kind: GateRecord['kind'], openedAtMs: number) => ({ kind, openedAtMs });
  const gates = [gate('exposure', 20), gate('manual_recovery', 30), gate('volatility', 40)];
  const record = { outcome: 'running', steps: [{ ...step, status: 'done' }], gates };
  const incidents = [record as unknown as RecoveryRecord];
  assert.deepEqual(coverageOf({ ...NO_FACTS, incidents }).step, {
    'risk done': 1,
    'risk waiting': 1,
  });
});

test('what cannot be reached is a word that is counted, and is named where it is reached', () => {
  const named = Object.keys(UNREACHABLE.step ?? {});
  assert.ok(named.length > 0);
  for (const word of named) {
    assert.ok(
      STEPS.some((step) => word.startsWith(`${step} `)),
      word,
    );
    const lines = coverageLines({ step: { [word]: 1 } });
    assert.ok(lines.includes(`  reached, and named as unreachable: ${word}`), lines.join());
  }
});
