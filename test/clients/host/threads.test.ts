/** Threads of a real process by name, and whether they have run. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { threadsNamed } from '../../../clients/host/kernel/threads.js';
import { whyNo } from '../../needs.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { start } from './deaths/crash-engine.js';
import { run } from './processes.js';

const skip = whyNo('c++');

async function trading(t: Parameters<typeof start>[0], death: string) {
  const { pid, child } = await start(t, { death });
  const look = () => threadsNamed(pid, /^trading$/)?.[0]?.switches;
  await eventually('it trades', () => look() !== undefined);
  return { pid, child, look };
}

test('one that waits for a lock does not run, and one with a timer does', { skip }, async (t) => {
  const locked = await trading(t, 'trading-deadlock');
  const idle = await trading(t, 'trading-idle');
  await sleep(800); // until both locks are taken
  const [lockedBefore, idleBefore] = [locked.look(), idle.look()];
  await eventually('the idle one wakes', () => idle.look() !== idleBefore);
  assert.equal(locked.look(), lockedBefore);
  assert.equal(typeof lockedBefore, 'string');
});

test('one that computes is never said to wait; one that is stopped is', { skip }, async (t) => {
  const { look, child } = await trading(t, 'trading-busy');
  await eventually('it computes', () => look() === null);
  child.kill('SIGSTOP');
  await eventually('it is stopped', () => look() !== null);
  const before = look();
  await sleep(200);
  assert.equal(look(), before);
});

test('only what has the name is given, and of what is gone nothing', { skip }, async (t) => {
  const { pid, child } = await trading(t, 'trading-idle');
  assert.equal(threadsNamed(pid, /^trading$/)?.length, 1);
  assert.deepEqual(threadsNamed(pid, /^risk$/), []);
  assert.ok((threadsNamed(pid, /./)?.length ?? 0) > 1);
  child.kill('SIGKILL');
  await eventually('it is gone', () => (threadsNamed(pid, /./) ?? []).length === 0);
});

test(
  'of more threads than are looked at it is not known that none has the name',
  { skip },
  async (t) => {
    const { pid } = await start(t, { death: 'idle', threads: 1_100 });
    await eventually('all are there', () => readdirSync(`/proc/${pid}/task`).length > 1_100);
    assert.equal(threadsNamed(pid, /^trading$/), null);
  },
);

test('a name that is not ASCII is one', async (t) => {
  const command = ['sh', '-c', "printf 'händler' > /proc/$$/comm; while sleep 1; do :; done"];
  const { pid } = await run(t, { command });
  await eventually('it has its name', () => threadsNamed(pid, /^händler$/)?.length === 1);
});
