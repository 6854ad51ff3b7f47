/** What commands print, and the exit code of each answer. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type {
  Operations,
  ReconcileAnswer,
  ShutdownAnswer,
} from '../../../clients/cli/operations.js';
import { createProgram } from '../../../clients/cli/program.js';

const NO_DIFFERENCE = { missingAtVenue: [], unknownToEngine: [], filledDiffers: [] };
const RECONCILED: ReconcileAnswer = {
  engineId: 'desk',
  source: 'test',
  counts: { match: 1, explained: 0, unexplained: 0, unknown: 0 },
  fillsApplied: 0,
  unreadable: [],
  gaps: [],
  lines: [],
  orders: NO_DIFFERENCE,
};
const FINE = { result: 'fine', failed: false };
const BAD = { result: 'bad', failed: true };
const STOPPED: ShutdownAnswer = { engineId: 'desk', latch: FINE, engine: FINE, venues: [] };

async function run(t: TestContext, operations: Partial<Operations>, ...args: string[]) {
  let stdout = '';
  const write = (text: unknown) => {
    stdout += String(text);
    return true;
  };
  const captured = [
    t.mock.method(process.stdout, 'write', write),
    t.mock.method(process.stderr, 'write', () => true),
  ];
  const program = createProgram({
    operations: () =>
      ({ engines: () => ['desk'], close: async () => undefined, ...operations }) as Operations,
    services: () => assert.fail('no service was asked for'),
    isConfigError: () => false,
    isUnreachable: () => false,
  });
  try {
    await program.parseAsync(['node', 'relight', ...args]);
    return { stdout, code: process.exitCode };
  } finally {
    process.exitCode = 0;
    for (const { mock } of captured) mock.restore();
  }
}

test('reconcile is clean only where nothing is unexplained, unknown or unreadable, and no order differs', async (t) => {
  const code = async (answer: Partial<ReconcileAnswer>) => {
    const reconcile = async () => ({ ...RECONCILED, ...answer });
    return (await run(t, { reconcile }, 'reconcile')).code;
  };
  assert.equal(await code({}), 0);
  assert.equal(await code({ counts: { ...RECONCILED.counts, unexplained: 1 } }), 3);
  assert.equal(await code({ counts: { ...RECONCILED.counts, unknown: 1 } }), 3);
  assert.equal(await code({ unreadable: [{ venue: 'kraken', why: 'away' }] }), 3);
  assert.equal(await code({ orders: { ...NO_DIFFERENCE, unknownToEngine: ['kraken|main|x'] } }), 3);
  assert.equal(await code({ orders: null }), 0);
});

test('reconcile names each order that differs, and says where none was compared', async (t) => {
  const said = async (orders: ReconcileAnswer['orders']) => {
    const reconcile = async () => ({ ...RECONCILED, orders });
    return (await run(t, { reconcile }, 'reconcile')).stdout;
  };
  const differing = await said({ ...NO_DIFFERENCE, missingAtVenue: ['kraken|main|rl-7'] });
  assert.match(differing, /^order kraken main rl-7: not open at the venue$/m);
  assert.match(differing, /0 unknown; 1 order\(s\) differ$/m);
  assert.match(await said(NO_DIFFERENCE), /orders agree$/m);
  assert.match(await said(null), /orders not compared, because it does not answer$/m);
});

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
