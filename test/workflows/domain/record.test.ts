/** The order of the steps is that of the procedure. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CrashReport } from '../../../workflows/domain/crash/report.js';
import { keepEvidence } from '../../../workflows/domain/crash/evidence.js';
import { emptyRecord, STEP_TITLES, STEPS } from '../../../workflows/domain/record.js';

test('goes through the steps of the procedure in its order, after containing the crash', () => {
  assert.deepEqual(
    STEPS.map((name) => STEP_TITLES[name]),
    [
      'Contain',
      'Analyse the crash',
      'Safety checks',
      'Load state',
      'Reconcile positions',
      'Recover orders',
      'Start and check health',
      'Risk checks',
      'Market conditions',
      'Resume trading step by step',
      'Report and notify',
    ],
  );
});

const report: CrashReport = {
  engineId: 'mm-1',
  instance: { instanceId: 'mm-1-e0', pid: 1, startTicks: '1', build: 'b', epoch: 0 },
  suspicion: 'dead',
  probe: 'socket',
  detail: 'closed',
  detectedAtMs: 900,
  host: 'h1',
};

test('begins with its crash and with nothing done, asked or known', () => {
  const incident = { incidentId: 'mm-1/mm-1-e0', engineId: 'mm-1', epoch: 1, crashCount: 2 };
  const record = emptyRecord({ ...incident, report }, 'recovery/mm-1/mm-1-e0', 1_000);
  const { host, workflowId, outcome, startedAtMs, endedAtMs, crashes } = record;
  assert.deepEqual([host, workflowId, outcome], ['h1', 'recovery/mm-1/mm-1-e0', 'running']);
  assert.deepEqual([startedAtMs, endedAtMs, crashes], [1_000, null, [report]]);
  assert.deepEqual([record.epoch, record.crashCount], [1, 2]);
  assert.deepEqual([record.steps, record.gates, record.ramp], [[], [], []]);
});

test('positions are reconciled and risk is checked before any trading', () => {
  const before = STEPS.slice(0, STEPS.indexOf('ramp'));
  for (const step of ['reconcile', 'recover_orders', 'start', 'risk', 'market'] as const) {
    assert.ok(before.includes(step), step);
  }
});

test('keeps the evidence of each crash, and of the same crash what was found last', () => {
  const incident = { incidentId: 'mm-1/mm-1-e0', engineId: 'mm-1', epoch: 1, crashCount: 2 };
  const record = emptyRecord({ ...incident, report }, 'recovery/mm-1/mm-1-e0', 1_000);
  const found = (folder: string, because: string) => ({
    folder,
    items: [{ name: 'core.dump', collected: true, detail: because }],
    classification: { cause: 'abort', confidence: 'certain', because } as const,
  });
  keepEvidence(record, found('first', 'a look'));
  keepEvidence(record, found('first', 'a second look'));
  const earlier = () => record.earlierEvidence;
  assert.equal(earlier(), undefined);
  keepEvidence(record, found('second', 'another crash'));
  assert.deepEqual(earlier(), [found('first', 'a second look')]);
  assert.equal(record.evidence?.folder, 'second');
  assert.equal(record.classification?.because, 'another crash');
  for (let crash = 0; crash < 100; crash += 1) keepEvidence(record, found(`${crash}`, 'again'));
  assert.equal(earlier()?.length, 20);
});
