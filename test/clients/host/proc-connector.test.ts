/** Events of processes by the kernel: what is told of whom, storms of others, events that were lost. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { exitOf } from '../../../clients/host/kernel/exit-status.js';
import {
  createEvents,
  processEvents,
  type Follower,
  type ProcessEvents,
} from '../../../clients/host/kernel/proc-connector.js';
import { openLine, type Told } from '../../../clients/host/kernel/proc-line.js';
import { whyNo, whyNoProcessEvents } from '../../needs.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { folderOf, run, runLeaderless, stateOf } from './processes.js';

const skip = whyNoProcessEvents();

async function events(): Promise<ProcessEvents> {
  const opened = await processEvents();
  assert.ok(!('why' in opened), 'the kernel tells events here');
  return opened;
}

/** What is told of one process, in its order. */
async function follow(t: TestContext, pid: number): Promise<(string | number)[]> {
  const told: (string | number)[] = [];
  const follower: Follower = {
    pid,
    dying: () => told.push('dying'),
    exited: (status) => told.push(status),
    missed: () => told.push('missed'),
  };
  const end = (await events()).follow(follower);
  assert.ok(end !== null);
  t.after(end);
  return told;
}

const ENDINGS = {
  'exit code 3': { signal: 'SIGUSR1', script: "trap 'exit 3' USR1", told: ['3'] },
  'exit code 0': { signal: 'SIGUSR1', script: "trap 'exit 0' USR1", told: ['0'] },
  SIGKILL: { signal: 'SIGKILL', script: ':', told: ['SIGKILL'] },
  'SIGSEGV without a core': { signal: 'SIGSEGV', script: ':', told: ['dying', 'SIGSEGV'] },
} as const;

for (const [name, { signal, script, told: expected }] of Object.entries(ENDINGS)) {
  test(
    `of a process that ends by ${name} that is told, and when it begins`,
    { skip },
    async (t) => {
      const loop = `ulimit -c 0; ${script}; echo up; while :; do sleep 0.02; done`;
      const child = spawn('bash', ['-c', loop], { stdio: ['ignore', 'pipe', 'ignore'] });
      t.after(() => child.kill('SIGKILL'));
      await new Promise((resolve) => child.stdout.once('data', resolve));
      const told = await follow(t, child.pid ?? 0);
      assert.deepEqual(told, [], 'nothing while it lives');
      child.kill(signal);
      await eventually('it is told', () => told.length >= expected.length);
      assert.deepEqual(
        told.map((one) => (typeof one === 'number' ? wordOf(one) : one)),
        expected,
      );
    },
  );
}

function wordOf(status: number): string {
  const { code, signal } = exitOf(status);
  return signal ?? String(code);
}

test(
  'the end of a leader is told as one of a thread',
  { skip: skip || whyNo('c++') },
  async (t) => {
    const { pid, child } = await runLeaderless(t, {});
    const told = await follow(t, pid);
    assert.equal(stateOf(pid), 'Z');
    child.kill('SIGKILL');
    await eventually('the last thread has told', () => told.includes(9));
  },
);

const STORM = 3_000;
const storm = (count: number) => ['-c', `for ((n = 0; n < ${count}; n += 1)); do /bin/true; done`];

function line(t: TestContext): { told: Told[]; want: ReturnType<typeof openLine>['want'] } {
  const told: Told[] = [];
  // That it will tell is no event.
  const { want, close } = openLine((one) => {
    if (one === 'missed' || one.kind !== 'ack') told.push(one);
  });
  t.after(close);
  return { told, want };
}

test('a storm of processes that nobody follows wakes nobody up', { skip }, async (t) => {
  const { told, want } = line(t);
  const { pid, child } = await run(t);
  want([pid]);
  await new Promise((over) => spawn('bash', storm(STORM), { stdio: 'ignore' }).once('exit', over));
  child.kill('SIGKILL');
  await eventually('the one is told', () => told.length > 0);
  assert.deepEqual(told, [{ kind: 'exit', pid, status: 9 }]);
});

test(
  'threads that have done their work wake nobody up',
  { skip: skip || whyNo('c++') },
  async (t) => {
    const { told, want } = line(t);
    const folder = folderOf(t);
    execFileSync('c++', ['-pthread', '-x', 'c++', '-o', join(folder, 'busy'), '-'], {
      input: BUSY,
    });
    const { pid, exited } = await run(t, { command: [join(folder, 'busy')] });
    want([pid]);
    await exited;
    await eventually('its end is told', () => told.length > 0);
    assert.deepEqual(told, [{ kind: 'exit', pid, status: 4 << 8 }]);
  },
);

const BUSY = `
#include <thread>
#include <unistd.h>
int main() {
  usleep(300000);
  for (int n = 0; n < 2000; n += 1) std::thread([] {}).join();
  _exit(4);
}`;

const FAILING = `
#include <fcntl.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>
int main() {
  while (access("go", F_OK) != 0) usleep(1000);
  for (int n = 0; n < 3000; n += 1) std::thread([] { syscall(SYS_exit, 1); }).join();
  creat("done", 0600);
  pause();
}`;

test(
  'events for which there was no room are told as missed',
  { skip: skip || whyNo('c++') },
  async (t) => {
    const { told, want } = line(t);
    const cwd = folderOf(t);
    execFileSync('c++', ['-pthread', '-x', 'c++', '-o', join(cwd, 'failing'), '-'], {
      input: FAILING,
    });
    const { pid } = await run(t, { command: [join(cwd, 'failing')], cwd });
    want([pid]);
    const script = 'touch go; until [ -e done ]; do sleep 0.02; done';
    execFileSync('sh', ['-c', script], { cwd }); // and nothing is read meanwhile
    await eventually('it is told', () => told.includes('missed'));
  },
);

test('where events are lost all who follow a process are told, and nobody else', () => {
  const wanted: number[][] = [];
  const all = createEvents({ want: (pids) => void wanted.push([...pids]) });
  const told: string[] = [];
  const followerOf = (pid: number): Follower => ({
    pid,
    dying: () => told.push(`${pid} dies`),
    exited: (status) => told.push(`${pid} ends by ${status}`),
    missed: () => told.push(`${pid} may be`),
  });
  const [one, other] = [all.follow(followerOf(1)), all.follow(followerOf(2))];
  all.take('missed');
  all.take({ kind: 'dump', pid: 2 });
  other?.();
  all.take({ kind: 'exit', pid: 2, status: 9 });
  all.take({ kind: 'exit', pid: 1, status: 0 });
  one?.();
  assert.deepEqual(told, ['1 may be', '2 may be', '2 dies', '1 ends by 0']);
  assert.deepEqual(wanted, [[1], [1, 2], [1], []]);
});

const CONNECTOR = new URL('../../../clients/host/kernel/proc-connector.ts', import.meta.url).href;
const ASKING = `
  import { processEvents } from ${JSON.stringify(CONNECTOR)};
  const awake = setInterval(() => undefined, 1_000);
  process.stdout.write(JSON.stringify(await processEvents()));
  clearInterval(awake);`;

for (const kind of ['net', 'pid', 'user']) {
  const why = skip || whyNoOther(kind);
  test(`in another ${kind} namespace the reason is told`, { skip: why }, () => {
    const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', ASKING];
    const said = execFileSync('unshare', [`--${kind}`, '--fork', ...node], { encoding: 'utf8' });
    assert.match(said, /tells no events of processes.*needs Linux 6\.6 or CAP_NET_ADMIN/);
  });
}

function whyNoOther(kind: string): string | false {
  try {
    execFileSync('unshare', [`--${kind}`, '--fork', 'true'], { stdio: 'ignore' });
    return false;
  } catch {
    return `needs unshare, and the right to make ${kind} namespaces`;
  }
}
