/** Writes to an engine, as effects of grants. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ControlCall } from '../../world/engine/control-line.js';
import { call } from '../../oracle/example.js';
import { enabledBy, grantedBy, grantsOnce } from './grants.js';

const GRANT = 'i:e1:ramp-0';
const write = (path: string, key: string, atMs: number): ControlCall => {
  const body = path === '/limits' ? { percent: 50 } : { level: 'low' };
  return { atMs, instanceId: 'e-e1', path, epoch: 1, key, body, status: 200 };
};
const LIMITS = write('/limits', `${GRANT}:limits-50`, 10);
const STRATEGIES = write('/strategies', `${GRANT}:strategies-low`, 11);
const CALLS = [call('applyStage', 12, { key: GRANT, percent: 50 })];

test('a grant is two effects, however often it is tried', () => {
  const found = grantsOnce([LIMITS, STRATEGIES, LIMITS, STRATEGIES], CALLS);
  assert.deepEqual(
    found.map(({ key }) => key),
    [`/limits of ${GRANT}`, `/strategies of ${GRANT}`],
  );
  assert.deepEqual(grantedBy([LIMITS, LIMITS]).length, 2, 'the first engine has its own');
  assert.equal(enabledBy([STRATEGIES, STRATEGIES]).length, 1);
});

test('a second try by another key is a second effect', () => {
  const again = write('/limits', `${GRANT}:limits-50 again`, 13);
  const keys = grantsOnce([LIMITS, again], CALLS).map(({ key }) => key);
  assert.deepEqual(keys, [`/limits of ${GRANT}`, `/limits of ${GRANT}`]);
});

test('what the engine refuses is no effect', () => {
  assert.deepEqual(grantsOnce([{ ...LIMITS, status: 409 }], CALLS), []);
});
