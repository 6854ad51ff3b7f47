/** Which process is alive, told by pid and start time, and which of them are engines. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  createProcessTable,
  ENGINE_VARIABLE,
  INSTANCE_VARIABLE,
  readStat,
} from '../../../clients/host/process-table.js';
import { startTicks } from '../../../sandbox/engine/process-identity.js';
import { isAlive } from '../../../clients/temporal/embedded/process-identity.js';
import { whyNo } from '../../needs.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { folderOf, run, runLeaderless, stateOf } from './processes.js';

const table = createProcessTable();
/** Of this test run alone: other processes of this machine may be engines too. */
const ENGINE = `table-test-${process.pid}`;
const asEngine = (instance: string) => ({
  [ENGINE_VARIABLE]: ENGINE,
  [INSTANCE_VARIABLE]: instance,
});

test('a running process is alive, a stopped one too, a killed one is gone', async (t) => {
  const running = await run(t);
  assert.equal(await table.liveness(running), 'alive');
  running.child.kill('SIGSTOP');
  await eventually('it is stopped', () => stateOf(running.pid) === 'T');
  assert.equal(await table.liveness(running), 'alive');
  await table.kill(running, 'SIGKILL');
  assert.equal(await running.exited, 'SIGKILL');
  assert.equal(await table.liveness(running), 'gone');
  await table.kill(running, 'SIGKILL');
});

test('a pid with another start time is another process: gone, and never killed', async (t) => {
  const running = await run(t);
  const earlier = { pid: running.pid, startTicks: String(Number(running.startTicks) - 1) };
  assert.equal(await table.liveness(earlier), 'gone');
  await table.kill(earlier, 'SIGKILL');
  assert.ok(existsSync(`/proc/${running.pid}`));
  assert.equal(running.child.exitCode ?? running.child.signalCode, null);
  assert.equal(await table.liveness(running), 'alive');
});

test('a zombie is gone, although its pid is still in the table', async (t) => {
  // Its parent never reaps: it is a shell that became a `sleep`, which the child waits for.
  const child = 'until [ "$(cat /proc/$PPID/comm)" = sleep ]; do sleep 0.01; done';
  const script = `sh -c '${child}' & echo $!; exec sleep 600`;
  const parent = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  t.after(() => parent.kill('SIGKILL'));
  const pid = await new Promise<number>((resolve) => {
    parent.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
  });
  await eventually('it is a zombie', () => stateOf(pid) === 'Z');
  assert.equal(await table.liveness({ pid, startTicks: startTicks(pid) }), 'gone');
});

test(
  'a process whose first thread has ended lives while another goes on, and is found and killed',
  { skip: whyNo('c++') },
  async (t) => {
    const running = await runLeaderless(t, asEngine('leaderless'));
    const { pid, startTicks: ticks } = running;
    assert.equal(readdirSync(`/proc/${pid}/task`).length, 2);
    assert.equal(await table.liveness(running), 'alive');
    assert.equal(await isAlive(running), true);
    assert.deepEqual(await table.ofEngine(ENGINE), [
      { pid, startTicks: ticks, instanceId: 'leaderless' },
    ]);
    await table.kill(running, 'SIGKILL');
    await running.exited;
    assert.equal(await table.liveness(running), 'gone');
    assert.deepEqual(await table.ofEngine(ENGINE), []);
  },
);

test('a name with brackets and spaces does not hide the start time', async (t) => {
  const script = "process.title = 'a) b (c) 9'; setInterval(() => {}, 1000)";
  const running = await run(t, { command: [process.execPath, '-e', script] });
  await eventually('it has its name', async () => {
    const { pid } = running;
    return (await readStat(pid))?.startTicks === startTicks(pid) && stateOf(pid) !== 'R';
  });
  assert.equal(await table.liveness(running), 'alive');
});

test('engines are found by their environment, with their instances, and no others', async (t) => {
  const first = await run(t, { env: asEngine('one') });
  const second = await run(t, { env: asEngine('two') });
  await run(t, { env: { [ENGINE_VARIABLE]: `${ENGINE}-other`, [INSTANCE_VARIABLE]: 'three' } });
  await run(t, { env: { OTHER: `${ENGINE_VARIABLE}=${ENGINE}` } });
  const found = await table.ofEngine(ENGINE);
  assert.deepEqual(
    found.sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1)),
    [
      { pid: first.pid, startTicks: first.startTicks, instanceId: 'one' },
      { pid: second.pid, startTicks: second.startTicks, instanceId: 'two' },
    ],
  );
  await table.kill(first, 'SIGKILL');
  await first.exited;
  assert.deepEqual(
    (await table.ofEngine(ENGINE)).map(({ pid }) => pid),
    [second.pid],
  );
});

test('an engine that becomes another program is found at every moment of it', async (t) => {
  const script = join(folderOf(t), 'again.sh');
  const lives = 'i=0; while [ $i -lt 5000 ]; do i=$((i + 1)); done';
  writeFileSync(script, `#!/bin/sh\n${lives}\nexec ${script}\n`, { mode: 0o755 });
  const engine = spawn(script, { env: { ...process.env, ...asEngine('again') }, stdio: 'ignore' });
  t.after(() => engine.kill('SIGKILL'));
  await eventually('it runs', async () => (await table.ofEngine(ENGINE)).length === 1);
  for (let look = 0; look < 300; look += 1) {
    const found = await table.ofEngine(ENGINE);
    assert.deepEqual([look, ...found.map(({ pid }) => pid)], [look, engine.pid]);
  }
});

test('the watched instance is found without a mark, once, and only while it is that process', async (t) => {
  const unmarked = await run(t);
  const marked = await run(t, { env: asEngine('marked') });
  const { pid, startTicks: ticks } = unmarked;
  const found = async (watched: { pid: number; startTicks: string }) => {
    const withRecord = createProcessTable(async () => ({ ...watched, instanceId: 'watched' }));
    return (await withRecord.ofEngine(ENGINE)).map((process) => process.pid);
  };
  assert.deepEqual(await found({ pid, startTicks: ticks }), [marked.pid, pid]);
  assert.deepEqual(await found({ pid: marked.pid, startTicks: marked.startTicks }), [marked.pid]);
  assert.deepEqual(await found({ pid, startTicks: String(Number(ticks) - 1) }), [marked.pid]);
  const unreadable = createProcessTable(() => Promise.reject(new Error('no record')));
  assert.equal((await unreadable.ofEngine(ENGINE)).length, 1);
  unmarked.child.kill('SIGKILL');
  await unmarked.exited;
  assert.deepEqual(await found({ pid, startTicks: ticks }), [marked.pid]);
});

test('what is no pid is nobody: no signal goes to a group or to everybody', async (t) => {
  const sent: unknown[] = [];
  const real = process.kill.bind(process);
  t.mock.method(process, 'kill', (...args: Parameters<typeof process.kill>) => {
    sent.push(args[0]);
    return args[0] > 0 ? real(...args) : true;
  });
  for (const pid of [0, -1, -process.pid, 1.5, Number.NaN]) {
    const taken = { pid, startTicks: '1' };
    await assert.rejects(table.kill(taken, 'SIGKILL'), { type: 'NotOurs' }, String(pid));
    await assert.rejects(table.liveness(taken), { type: 'NotOurs' }, String(pid));
  }
  assert.deepEqual(sent, []);
});
