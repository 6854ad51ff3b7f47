/** What commands print, and the exit code of each answer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ShutdownAnswer } from '../../../clients/cli/answers/schemas.js';
import type { Operations } from '../../../clients/cli/operations.js';
import { run } from './run.js';

const FINE = { result: 'fine', failed: false };
const BAD = { result: 'bad', failed: true };
const STOPPED: ShutdownAnswer = { engineId: 'desk', latch: FINE, engine: FINE, venues: [] };

test('shutdown says no where any step failed, the latch and the engine included', async (t) => {
  const asked = async (answer: Partial<ShutdownAnswer>) => {
    const shutdown = async () => ({ ...STOPPED, ...answer });
    return run(t, { shutdown }, 'shutdown', '--reason', 'test');
  };
  const venue = { venue: 'binance', ...FINE, orders: null };
  const fine = await asked({ venues: [venue] });
  assert.equal(fine.code, 0);
  assert.equal(fine.stdout, 'desk: kill switch fine\n  engine: fine\n  binance: fine\n');
  assert.equal((await asked({ latch: BAD })).code, 3);
  assert.equal((await asked({ engine: BAD })).code, 3);
  assert.equal((await asked({ venues: [venue, { ...venue, ...BAD }] })).code, 3);
});

test('shutdown wants a reason, and its release none', async (t) => {
  const shutdown = async () => assert.fail('nothing was to be stopped');
  const { stderr, code } = await run(t, { shutdown }, 'shutdown');
  assert.match(stderr, /Say why with --reason/);
  assert.equal(code, 2);
  const released = async (answer: boolean, ...args: string[]) =>
    run(t, { releaseKillSwitch: async () => answer }, 'shutdown', '--release', ...args);
  assert.equal((await released(true)).stdout, 'desk: kill switch released\n');
  assert.equal((await released(false)).stdout, 'desk: it was not engaged\n');
  const { stdout } = await released(true, '--json');
  assert.deepEqual(JSON.parse(stdout), { engineId: 'desk', released: true });
});

for (const given of ['', ' \t']) {
  test(`shutdown with the reason "${given}" stops all the same, and says so`, async (t) => {
    const reasons: string[] = [];
    const shutdown: Operations['shutdown'] = async (_engineId, reason) => {
      reasons.push(reason);
      return STOPPED;
    };
    const { stderr, code } = await run(t, { shutdown }, 'shutdown', '--reason', given);
    assert.deepEqual(reasons, ['(no reason given)']);
    assert.match(stderr, /^--reason is empty: the latch will say "\(no reason given\)"$/m);
    assert.equal(code, 0);
  });
}

test('report says that there is none yet', async (t) => {
  const { stdout, code } = await run(t, { reports: async () => [] }, 'report');
  assert.equal(stdout, 'No report yet.\n');
  assert.equal(code, 0);
});

test('gates begins with the gate', async (t) => {
  const gate = {
    gateId: 'incident/exposure',
    question: 'Go on?',
    onApprove: 'goes on',
    onReject: 'halts',
    quorum: 1,
    roles: ['risk'],
    attempt: 1,
    expiresAtMs: null,
    evidence: {},
    evidenceHash: 'abc',
  };
  const openGates = async () =>
    [{ engineId: 'desk', workflowId: 'w', gate }] as unknown as Awaited<
      ReturnType<Operations['openGates']>
    >;
  const { stdout } = await run(t, { openGates }, 'gates');
  assert.match(stdout, /^gate\s+incident\/exposure *\nquestion\s+Go on\?/);
});
