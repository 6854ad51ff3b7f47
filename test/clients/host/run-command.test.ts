/** Commands are bounded in time and output, and leave no child behind. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readStat } from '../../../clients/host/process-table.js';
import { runCommand } from '../../../clients/host/run-command.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { folderOf } from './processes.js';

const node = (script: string) => ['-e', script];
const LONG = { timeoutMs: 20_000 };

test('what a command prints is given as it is', async () => {
  const outcome = await runCommand('printf', ['a\\n\\n'], LONG);
  assert.deepEqual(outcome, { ok: true, stdout: 'a\n\n' });
});

test('a command that does not end is killed, though it ignores SIGTERM', async () => {
  const endless = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)";
  const slow = await runCommand(process.execPath, node(endless), { timeoutMs: 500 });
  assert.ok(!slow.ok);
  assert.deepEqual([slow.reason, slow.why], ['took_too_long', `${process.execPath} took too long`]);
});

test('a command that hangs is killed with its child, and what it printed is kept', async (t) => {
  const file = join(folderOf(t), 'pids');
  const script = `sleep 600 & echo $$ $! > ${file}; echo begun; sleep 600`;
  const outcome = await runCommand('sh', ['-c', script], { timeoutMs: 1_000 });
  assert.ok(!outcome.ok);
  assert.deepEqual([outcome.reason, outcome.stdout], ['took_too_long', 'begun\n']);
  const pids = readFileSync(file, 'utf8').trim().split(' ').map(Number);
  assert.equal(pids.length, 2);
  for (const pid of pids) {
    await eventually(`${pid} is gone`, async () => {
      const stat = await readStat(pid);
      return stat === null || stat.state === 'Z';
    });
  }
});

test('a child that left the group and keeps the pipe open is not waited for', async (t) => {
  const file = join(folderOf(t), 'pid');
  const script = `setsid sleep 600 & echo $! > ${file}`;
  const outcome = await runCommand('sh', ['-c', script], { timeoutMs: 500 });
  process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL');
  assert.equal(!outcome.ok && outcome.reason, 'took_too_long');
});

test('output beyond the bound is a failure', async () => {
  const outcome = await runCommand('yes', [], { ...LONG, largestOutput: 1_000 });
  assert.ok(!outcome.ok);
  assert.deepEqual([outcome.reason, outcome.stdout.length], ['too_much_output', 1_000]);
});

test('each way to fail is told from the others, in one line', async (t) => {
  const failed = await runCommand(
    process.execPath,
    node("console.error('first\\nsecond'); process.exit(2)"),
    LONG,
  );
  assert.deepEqual(failed, {
    ok: false,
    stdout: '',
    reason: 'failed',
    exitCode: 2,
    why: `${process.execPath}: first`,
  });
  const silent = await runCommand('sh', ['-c', 'exit 3'], LONG);
  assert.equal(!silent.ok && silent.why, 'sh: exit code 3');
  const killed = await runCommand('sh', ['-c', 'kill -KILL $$'], LONG);
  assert.deepEqual(!killed.ok && [killed.exitCode, killed.why], [null, 'sh: SIGKILL']);
  const absent = await runCommand('/no/such/command', [], LONG);
  assert.equal(!absent.ok && absent.reason, 'not_installed');
  const plain = join(folderOf(t), 'not-executable');
  writeFileSync(plain, 'text', { mode: 0o600 });
  const refused = await runCommand(plain, [], LONG);
  assert.equal(!refused.ok && refused.reason, 'not_started');
});

test('an environment that is given is the whole environment', async () => {
  const environment = { ONLY: 'this' };
  const outcome = await runCommand('/usr/bin/env', [], { ...LONG, environment });
  assert.deepEqual(outcome, { ok: true, stdout: 'ONLY=this\n' });
  const ours = await runCommand('/usr/bin/env', [], LONG);
  assert.match(ours.stdout, /^PATH=/m);
});
