/** Whether an engine lives, for people: what cannot be seen is never dead. The oracle is the kernel. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { ENGINE_VARIABLE } from '../../../clients/host/process-table.js';
import { SILENT, UNCLEAR, type FailureKind } from '../../../workflows/domain/failure.js';
import type { SourceSigns } from '../../../workflows/domain/crash/unseen.js';
import { failure } from '../../../workflows/failure.js';
import { nodeCommand } from '../../../workers/processes/self.js';
import { run, runLeaderless, stateOf } from '../../clients/host/processes.js';
import { whyNo, whyNoNamespace } from '../../needs.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { heardOf, lookAt } from './look.js';

const ENGINE = `look-test-${process.pid}`;
const MARKED = { [ENGINE_VARIABLE]: ENGINE };
const WITHOUT_PROC = nodeCommand(new URL('./fixtures/look-without-proc.ts', import.meta.url).href);

test('one that runs or is stopped lives, marked or not; killed, or its pid reused, it is dead', async (t) => {
  const marked = await run(t, { env: MARKED });
  assert.equal(await lookAt(ENGINE, null), 'alive');
  marked.child.kill('SIGSTOP');
  await eventually('it is stopped', () => stateOf(marked.pid) === 'T');
  assert.equal(await lookAt(ENGINE, null), 'alive');
  marked.child.kill('SIGKILL');
  await marked.exited;
  assert.equal(await lookAt(ENGINE, heardOf(marked)), 'dead');

  const unmarked = await run(t);
  unmarked.child.kill('SIGSTOP');
  await eventually('it is stopped', () => stateOf(unmarked.pid) === 'T');
  assert.equal(await lookAt(ENGINE, heardOf(unmarked)), 'EngineStillAlive');
  const before = { ...unmarked, startTicks: String(Number(unmarked.startTicks) - 1) };
  assert.equal(await lookAt(ENGINE, heardOf(before)), 'dead');
});

test('one of another boot is dead, and of another host or PID namespace it is not known', async (t) => {
  const running = await run(t);
  const of = (change: Parameters<typeof heardOf>[1]) => lookAt(ENGINE, heardOf(running, change));
  assert.equal(await of({ bootId: 'of-another-boot' }), 'dead');
  assert.equal(await of({ host: 'elsewhere', bootId: 'of-another-boot' }), 'ProcessesUnreadable');
  assert.equal(await of({ pidNamespace: 'pid:[1]' }), 'ProcessesUnreadable');
});

test('one whose process nobody sees lives where somebody answers for it, whatever is answered', async () => {
  const refusing = (kind: FailureKind, details?: object) => ({
    quickHealth: async () => Promise.reject(failure(kind, 'for the test', details)),
  });
  const look = (control: ReturnType<typeof refusing>, signs?: SourceSigns) =>
    lookAt(`${ENGINE}-unseen`, null, control, signs);
  assert.equal(await look(refusing('EngineRefused')), 'alive', 'such as 401, or a redirect');
  assert.equal(await look(refusing('StaleEpoch')), 'alive');
  const silent = refusing('EngineUnreachable', SILENT);
  assert.equal(await look(silent), 'never_came_up');
  const late = await look(refusing('EngineUnreachable', UNCLEAR));
  assert.equal(late, 'ProcessesUnreadable', 'a late answer, or an error in its place');
  const failing = refusing('EngineUnreachable');
  assert.equal(await look(failing), 'never_came_up', 'of a command that fails');
  const blind = await look(failing, { looking: 0, named: [], doubts: [] });
  assert.match(blind, /not known: .*no entry under liveness looks for its process/);
  const doubts = ['by its pid file: it is older than the process 7 in it'];
  const doubted = await look(silent, { looking: 1, named: [], doubts });
  assert.match(doubted, /not known: .*older than the process 7/);
  const named = ['its unit names pid 7'];
  assert.equal(await look(silent, { looking: 1, named, doubts: [] }), 'alive');
});

test('one whose first thread has ended lives by its others', { skip: whyNo('c++') }, async (t) => {
  const running = await runLeaderless(t, MARKED);
  assert.equal(await lookAt(ENGINE, heardOf(running)), 'alive');
  assert.equal(await lookAt(`${ENGINE}-unmarked`, heardOf(running)), 'EngineStillAlive');
});

test('where /proc shows nothing it is not known', { skip: whyNoNamespace() }, async (t) => {
  const { pid, startTicks } = await run(t, { env: MARKED });
  const hide = 'mount -t tmpfs none /proc && exec "$@"';
  const looking = [...WITHOUT_PROC, ENGINE, String(pid), startTicks];
  const { stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', hide, 'sh', ...looking]);
  assert.equal(stdout.toString().trim(), '["EHIDDEN","EHIDDEN"]', stderr.toString());
});
