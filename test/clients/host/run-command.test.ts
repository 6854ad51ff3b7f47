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
  assert.deepEqual(outcome, { ok: true, stdout: 'a\n\n', stderr: '' });
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

test('a command that has ended is answered for, whoever it left with its pipes, and who lives on', async (t) => {
  for (const leaves of ['setsid sleep 600 &', 'sleep 600 &']) {
    const file = join(folderOf(t), 'pid');
    const outcome = await runCommand('sh', ['-c', `${leaves} echo $! > ${file}; echo done`], LONG);
    const pid = Number(readFileSync(file, 'utf8'));
    const left = await readStat(pid);
    process.kill(pid, 'SIGKILL');
    assert.deepEqual(outcome, { ok: true, stdout: 'done\n', stderr: '' });
    assert.equal(left?.state, 'S', 'what it left is not killed');
  }
});

test('of standard error the end is kept, and of output where that is asked for', async () => {
  const script =
    'yes line | head -c 10000000; echo last; yes wrong | head -c 10000000 >&2; echo why >&2';
  const outcome = await runCommand('sh', ['-c', script], {
    ...LONG,
    kept: 'end',
    largestOutput: 9,
  });
  assert.ok(outcome.ok);
  assert.equal(outcome.stdout, 'ine\nlast\n'.slice(-9));
  assert.ok(outcome.stderr.endsWith('why\n') && outcome.stderr.length === 16 * 1024);
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
    stderr: 'first\nsecond\n',
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
  assert.deepEqual(outcome, { ok: true, stdout: 'ONLY=this\n', stderr: '' });
  const ours = await runCommand('/usr/bin/env', [], LONG);
  assert.match(ours.stdout, /^PATH=/m);
});
