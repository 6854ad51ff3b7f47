/** Which evidence means which cause, and how certainly. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CrashReport } from '../../../../workflows/domain/crash/report.js';

test('reads a report, and refuses one that names no instance', () => {
  const instance = { instanceId: 'maker-e3', pid: 42, startTicks: '9', build: '1', epoch: 3 };
  const report = {
    engineId: 'maker',
    instance,
    suspicion: 'dead',
    probe: 'procfs',
    detail: 'gone',
    detectedAtMs: 1,
    host: 'h1',
  };
  assert.deepEqual(CrashReport.parse(report), report);
  const nameless = { ...report, instance: { ...instance, instanceId: '' } };
  assert.equal(CrashReport.safeParse(nameless).success, false);
});
