/** `relight drill`: nothing is killed unasked, unsigned or refused; what came of it is told with what is still weak. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type {
  EngineStatus,
  InstructionAnswer,
  Operations,
} from '../../../../clients/cli/operations.js';
import { emptyRecord, type RecoveryRecord } from '../../../../workflows/domain/record.js';
import { crashReport } from '../../../workflows/fakes/engine.js';
import { run } from '../run.js';

const LIVING = { pid: 4711, startTicks: '1', instanceId: 'desk-e1' };
const report = crashReport('desk', 1, 'here');
const incident = { incidentId: 'desk/1', engineId: 'desk', epoch: 2, crashCount: 1, report };
const drill = { by: 'mei', reason: 'practice' };
const ENDED: RecoveryRecord = {
  ...emptyRecord({ ...incident, drill }, 'recover/desk/1', 0),
  outcome: 'recovered',
  endedAtMs: 90_000,
  unknowns: ['cash flows'],
  steps: [
    {
      name: 'risk',
      startedAtMs: 1_000,
      endedAtMs: 3_000,
      attempts: 1,
      status: 'done',
      detail: 'ok',
    },
  ],
};

async function drilled(
  t: TestContext,
  answer: InstructionAnswer,
  {
    living = LIVING,
    flags = ['--kill', '--yes'],
  }: { living?: typeof LIVING | null; flags?: string[] } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'relight-key-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));
  const key = join(folder, 'mei.key');
  writeFileSync(key, `${'05'.repeat(32)}\n`, { mode: 0o600 });
  const done: string[] = [];
  const operations: Partial<Operations> = {
    watched: async () => living,
    killAsCrash: async ({ pid }) => void done.push(`killed ${pid}`),
    status: async () =>
      ({ recovery: done.length > 0 ? ENDED : null, gate: null }) as unknown as EngineStatus,
    toInstruct: async ({ command, reason, by }) => ({
      version: 1,
      namespace: 'default',
      engineId: 'desk',
      command,
      incidentId: null,
      reason,
      by,
      atMs: 1,
      id: '00000000-0000-4000-8000-000000000000',
    }),
    instruct: async ({ told }) => {
      if (answer.accepted) done.push(`signed ${told.command}`);
      return answer;
    },
  };
  const words = ['drill', 'desk', '--reason', 'practice', '--as', 'mei', '--key', key, ...flags];
  return { ...(await run(t, operations, ...words)), done };
}

const TAKEN: InstructionAnswer = { accepted: true, done: 'it is a drill', incidentId: null };

test('signed first, then killed, then followed to its end', async (t) => {
  const { done, stdout, stderr, code } = await drilled(t, TAKEN);
  assert.deepEqual(done, ['signed drill', 'killed 4711']);
  assert.match(stderr, /DRILL: sent SIGKILL to pid 4711/);
  assert.match(stderr, /Risk checks: done after 2\.0 s: ok/);
  assert.match(stdout, /^DRILL of desk: recovered after 1 min 30 s \(desk\/1\)/);
  assert.match(stdout, /still weak: 2 things\n {2}not known: cash flows/);
  assert.equal(code, 0);
});

test('what the guardian refuses kills nothing', async (t) => {
  const { done, stderr, code } = await drilled(t, { accepted: false, reason: 'on hold' });
  assert.deepEqual([done, code], [[], 3]);
  assert.match(stderr, /Refused: on hold/);
});

test('without --kill the person crashes it, and where nothing is watched nobody does', async (t) => {
  const byHand = await drilled(t, TAKEN, { flags: [] });
  assert.deepEqual(byHand.done, ['signed drill']);
  assert.match(byHand.stderr, /crash it now: kill -9 4711/);
  const unseen = await drilled(t, TAKEN, { living: null });
  assert.deepEqual([unseen.done, unseen.code], [[], 2]);
  const unasked = await drilled(t, TAKEN, { flags: ['--kill'] });
  assert.deepEqual([unasked.done, unasked.code], [[], 2]);
});
