/** Whether a started engine may go on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ComprehensiveHealth } from '../../../../workflows/domain/engine/control.js';
import { judgeHealth, type Held } from '../../../../workflows/domain/engine/health.js';

const EXPECTED = { instanceId: 'desk-e2', digest: 'd'.repeat(64) };
const HELD: Held = { digest: EXPECTED.digest, differing: [] };
const WELL: ComprehensiveHealth = {
  healthy: true,
  instanceId: 'desk-e2',
  epoch: 2,
  trading: false,
  checks: [{ name: 'venues', ok: true, detail: '5 of 5' }],
};

function failedOf(change: Partial<ComprehensiveHealth>, held = HELD) {
  const { healthy, failed } = judgeHealth({ ...WELL, ...change }, held, EXPECTED);
  assert.equal(healthy, failed.length === 0);
  return failed;
}

test('an engine that passes its checks and holds the recovered state is healthy', () => {
  assert.deepEqual(judgeHealth(WELL, HELD, EXPECTED), {
    healthy: true,
    failed: [],
    checks: 4,
    engineDigest: EXPECTED.digest,
    compared: 'state',
  });
});

test('each reason against it is named', () => {
  const broken = [...WELL.checks, { name: 'books', ok: false, detail: '2 apart' }];
  assert.deepEqual(failedOf({ checks: broken }), ['books: 2 apart']);
  assert.deepEqual(failedOf({ instanceId: 'desk-e1' }), [
    'another instance answers: desk-e1, and not desk-e2',
  ]);
  assert.deepEqual(failedOf({ trading: true }), ['the engine trades already']);
  assert.deepEqual(failedOf({}, { differing: null, digest: 'e'.repeat(64) }), [
    'the engine does not hold the recovered state (digest eeeeeeeeeeee, expected dddddddddddd)',
  ]);
});

test('an engine that repeats a digest it was handed is told apart by what it holds', () => {
  const [why, ...more] = failedOf({}, { ...HELD, differing: ['alpha USDT: total 1, expected 2'] });
  assert.match(why ?? '', /does not hold the recovered state: alpha USDT: total 1, expected 2/);
  assert.deepEqual(more, []);
  assert.equal(judgeHealth(WELL, { ...HELD, differing: null }, EXPECTED).compared, 'digest');
});

test('what an engine does not tell is unverified, and is not counted as a check that passed', () => {
  const untold = {
    digest: null,
    differing: [],
    compared: 'positions',
    unverified: ['orders'],
  } as const;
  assert.deepEqual(judgeHealth({ ...WELL, trading: null }, untold, EXPECTED), {
    healthy: true,
    failed: [],
    checks: 3,
    engineDigest: null,
    compared: 'positions',
    unverified: ['orders', 'whether it trades already'],
  });
  const digest = { ...untold, digest: EXPECTED.digest };
  assert.equal('unverified' in judgeHealth(WELL, digest, EXPECTED), false, 'a digest tells all');
  const differing = ['alpha BTC: quantity 1, expected 2'];
  assert.deepEqual(judgeHealth(WELL, { ...untold, differing }, EXPECTED).failed, [
    `the engine does not hold the recovered state: ${differing.join()}`,
  ]);
  assert.equal(judgeHealth(WELL, { digest: null, differing: null }, EXPECTED).healthy, false);
});
