/** Each way in which the sandbox engine can be made to die leaves the traces of that death. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { decodeHeartbeat } from '../../../workflows/domain/engine/liveness.js';
import type { LaunchedEngine, LaunchOptions } from '../../../sandbox/engine/launch.js';
import { whyNoCore } from '../../needs.js';
import { createRig, eventually, ready, startFakeDetector, type Rig } from './rig.js';

const MEMORY_LIMIT_BYTES = 512 * 1024 * 1024;

async function running(
  t: TestContext,
  options: Partial<LaunchOptions> = {},
): Promise<{ rig: Rig; engine: LaunchedEngine }> {
  const rig = await createRig(t);
  const engine = rig.launch(options);
  await ready(rig);
  await eventually('hello was said', () => rig.detector.messages[0]?.type === 'hello');
  return { rig, engine };
}

test('leaves a core in its folder when killed by SIGSEGV', { skip: whyNoCore() }, async (t) => {
  const { rig, engine } = await running(t);
  engine.kill('SIGSEGV');
  assert.deepEqual(await engine.exited, { code: null, signal: 'SIGSEGV' });
  const core = readdirSync(rig.dataDir).find((name) => name.startsWith('core'));
  assert.ok(core !== undefined, 'no core file');
  assert.equal(readFileSync(join(rig.dataDir, core)).subarray(0, 4).toString('latin1'), '\x7fELF');
});

test('dies of its own segmentation fault, without a goodbye', async (t) => {
  const { rig, engine } = await running(t);
  await rig.post('/sandbox/die', { how: 'segfault' });
  assert.deepEqual(await engine.exited, { code: null, signal: 'SIGSEGV' });
  assert.ok(rig.detector.messages.every(({ type }) => type !== 'goodbye'));
});

test('names the failed assertion before it aborts', async (t) => {
  const { rig, engine } = await running(t);
  await rig.post('/sandbox/die', { how: 'abort' });
  assert.deepEqual(await engine.exited, { code: null, signal: 'SIGABRT' });
  assert.match(readFileSync(engine.logFile, 'utf8'), /^Assertion failed: /m);
});

test('exits with its own code, and is cut off when its venues are', async (t) => {
  const { rig, engine } = await running(t);
  await rig.post('/sandbox/die', { how: 'exit' });
  assert.deepEqual(await engine.exited, { code: 3, signal: null });
  const second = rig.launch({ trading: false, epoch: 2 });
  await eventually('the second engine answers', () => rig.get('/health/quick'));
  await rig.post('/sandbox/die', { how: 'disconnect' });
  assert.deepEqual(await second.exited, { code: null, signal: 'SIGKILL' });
});

test('stops beating when frozen, with its socket open', async (t) => {
  const { rig, engine } = await running(t);
  await rig.post('/sandbox/die', { how: 'freeze' });
  const beats = () => rig.detector.messages.filter(({ type }) => type === 'heartbeat').length;
  await eventually('the process waits on a futex', () =>
    /^State:\s+S/m.test(readFileSync(`/proc/${engine.pid}/status`, 'utf8')),
  );
  // Three missed beats: the one wait in these tests that is about time itself.
  const atFreeze = await settled(beats);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  assert.equal(beats(), atFreeze);
  assert.equal(rig.detector.openConnections(), 1);
});

/** A beat may still be on its way when the freeze begins. */
async function settled(count: () => number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 1500));
  return count();
}

test('is killed by the kernel when it leaks in a memory cgroup', async (t) => {
  const { rig, engine } = await running(t, { memoryLimitBytes: MEMORY_LIMIT_BYTES });
  const { cgroup } = engine;
  if (cgroup === null) {
    t.skip('memory cgroups are not writable here');
    return;
  }
  t.after(() => removeCgroup(cgroup));
  await rig.post('/sandbox/die', { how: 'oom' });
  assert.deepEqual(await engine.exited, { code: null, signal: 'SIGKILL' });
  const events = readFileSync(join(cgroup, oomFile(cgroup)), 'utf8');
  assert.match(events, /^oom_kill [1-9]/m);
});

function oomFile(cgroup: string): string {
  return readdirSync(cgroup).includes('memory.oom_control')
    ? 'memory.oom_control'
    : 'memory.events';
}

function removeCgroup(cgroup: string): void {
  try {
    execFileSync('rmdir', [cgroup]);
  } catch {
    // Left behind, an empty cgroup does no harm.
  }
}

test('survives a detector that goes away, and greets the next one', async (t) => {
  const { rig, engine } = await running(t, { trading: true });
  await rig.detector.close();
  rmSync(join(rig.dataDir, 'liveness.sock'), { force: true });
  const next = await startFakeDetector(join(rig.dataDir, 'liveness.sock'));
  t.after(() => next.close());
  const hello = await eventually('hello was said again', () => {
    const [first] = next.messages;
    return first?.type === 'hello' ? first : false;
  });
  assert.equal(hello.pid, engine.pid);
  const record = decodeHeartbeat(readFileSync(join(rig.dataDir, 'heartbeat')));
  assert.equal(record?.pid, engine.pid);
  assert.equal(record?.startTicks, hello.startTicks);
});
