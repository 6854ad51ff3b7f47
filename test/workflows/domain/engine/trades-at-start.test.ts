/** What a health check may say of an engine that trades since its start. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeHealth } from '../../../../workflows/domain/engine/health.js';

const expected = { instanceId: 'alpha-e7', digest: 'd', mayTrade: true };
const well = {
  instanceId: 'alpha-e7',
  epoch: 7,
  healthy: true,
  trading: true,
  checks: [{ name: 'venues', ok: true, detail: '' }],
};
const UNASKED = { digest: null, differing: null };

test('that it trades is no failure, and what it held before is never called compared', () => {
  const verdict = judgeHealth(well, UNASKED, expected);
  assert.deepEqual([verdict.healthy, verdict.compared], [true, 'nothing']);
  assert.deepEqual(verdict.unverified, ['what it held before it traded']);
});

test('its checks and whose they are count as of any engine', () => {
  const ill = { ...well, checks: [{ name: 'venues', ok: false, detail: 'away' }] };
  assert.deepEqual(judgeHealth(ill, UNASKED, expected).failed, ['venues: away']);
  const other = judgeHealth({ ...well, instanceId: 'alpha-e6' }, UNASKED, expected);
  assert.match(other.failed.join(), /another instance answers: alpha-e6/);
  const quiet = judgeHealth(well, UNASKED, { ...expected, mayTrade: false });
  assert.ok(quiet.failed.includes('the engine trades already'));
});
