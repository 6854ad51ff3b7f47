/** Descriptors of processes: how each way to end is told, of processes that are not our children too. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { exitOf, exitWords } from '../../../clients/host/kernel/exit-status.js';
import { pidfds, type Pidfd } from '../../../clients/host/kernel/pidfd.js';
import { whyNo, whyNoExitStatus } from '../../needs.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { folderOf, run, stateOf } from './processes.js';

async function open(pid: number): Promise<Pidfd | null> {
  const system = await pidfds();
  assert.ok(typeof system === 'function', 'the library and the system call are here');
  return system(pid);
}

const THREADED = `
#include <pthread.h>
#include <unistd.h>
void* die(void*) { while (access("go", F_OK) != 0) usleep(1000); *(volatile int*)8 = 1; return nullptr; }
int main() {
  pthread_t thread;
  pthread_create(&thread, nullptr, die, nullptr);
  LEAVE;
}`;

test('a wait status is a code or a signal by name, with its core', () => {
  assert.deepEqual(exitOf(3 << 8), { code: 3, signal: null });
  assert.deepEqual(exitOf(0), { code: 0, signal: null });
  assert.deepEqual(exitOf(constants.signals.SIGABRT), {
    code: null,
    signal: 'SIGABRT',
    core: false,
  });
  assert.deepEqual(exitOf(constants.signals.SIGSEGV | 0x80), {
    code: null,
    signal: 'SIGSEGV',
    core: true,
  });
  assert.equal(exitOf(40).signal, 'SIG40');
  assert.equal(exitWords(exitOf(139)), 'SIGSEGV, with a core');
  assert.equal(exitWords(exitOf(768)), 'exit code 3');
});

test(
  'a descriptor tells the end once, and how, and nothing while it lives',
  { skip: whyNoExitStatus() },
  async (t) => {
    const running = await run(t);
    const pidfd = await open(running.pid);
    assert.ok(pidfd !== null);
    let ends = 0;
    pidfd.onEnd(() => (ends += 1));
    assert.equal(pidfd.exit(), null);
    running.child.kill('SIGTERM');
    await running.exited;
    await eventually('it is told', () => ends > 0 && pidfd.exit() !== null);
    assert.deepEqual(pidfd.exit(), { code: null, signal: 'SIGTERM', core: false });
    assert.equal(ends, 1);
    pidfd.close();
    assert.equal(await open(running.pid), null, 'there is none of it any more');
  },
);

for (const [name, leave] of [
  ['whose main thread waits', 'for (;;) pause()'],
  ['whose main thread has ended', 'pthread_exit(nullptr)'],
] as const) {
  const skip = whyNoExitStatus() || whyNo('c++');
  test(`a segmentation fault of a second thread is told of one ${name}`, { skip }, async (t) => {
    const cwd = folderOf(t);
    writeFileSync(join(cwd, 'main.cpp'), THREADED);
    execFileSync('c++', ['-pthread', `-DLEAVE=${leave}`, '-o', 'main', 'main.cpp'], { cwd });
    const running = await run(t, { command: [join(cwd, 'main')], cwd });
    const pidfd = await open(running.pid);
    assert.ok(pidfd !== null);
    let ends = 0;
    pidfd.onEnd(() => (ends += 1));
    await eventually('its main thread is where it shall be', () => {
      const state = stateOf(running.pid);
      return leave.startsWith('pthread_exit') ? state === 'Z' : state === 'S';
    });
    assert.equal(ends, 0, 'a leader that has ended is no end');
    writeFileSync(join(cwd, 'go'), '');
    const exit = await eventually('it is told', () => pidfd.exit() ?? false);
    assert.equal(exit.signal, 'SIGSEGV');
    await eventually('as an event too', () => ends === 1);
    pidfd.close();
  });
}
