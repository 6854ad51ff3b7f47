/**
 * What cores, the debugger, the kernel log and an engine's own log tell of a death, and what they
 * say where they cannot.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readCoreFacts } from '../../../../clients/host/forensics/cores/core-file.js';
import { stacksOfProcess } from '../../../../clients/host/forensics/debugger.js';
import { startOf } from '../../../../clients/host/forensics/life.js';
import type { CrashReport } from '../../../../workflows/domain/crash/report.js';
import { recentLines } from '../../../../clients/host/forensics/collectors/engine-logs.js';
import {
  lastWords as wordsOf,
  type Life,
} from '../../../../clients/host/forensics/collectors/last-words.js';
import { readKernelLog } from '../../../../clients/host/forensics/collectors/kernel-log.js';
import { whyNo, whyNoCore } from '../../../needs.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { coreIn, folderOf, run } from '../processes.js';

for (const signal of ['SIGSEGV', 'SIGABRT', 'SIGBUS'] as const) {
  test(`a core tells pid and ${signal}, without a debugger`, { skip: whyNoCore() }, async (t) => {
    const cwd = folderOf(t);
    const running = await run(t, { cwd });
    running.child.kill(signal);
    assert.equal(await running.exited, signal);
    const facts = await readCoreFacts(coreIn(cwd));
    assert.deepEqual([facts?.pid, facts?.threads], [running.pid, [running.pid]]);
    const { signal: seen, code, sender } = facts?.fault ?? {};
    assert.deepEqual([seen, code, sender], [constants.signals[signal], 0, process.pid]);
  });
}

test('the thread that died is told from the others', { skip: whyNoCore() }, async (t) => {
  const cwd = folderOf(t);
  const command = [process.execPath, '-e', 'setTimeout(() => process.abort(), 100)'];
  const running = await run(t, { cwd, command });
  assert.equal(await running.exited, 'SIGABRT');
  const facts = await readCoreFacts(coreIn(cwd));
  assert.deepEqual([facts?.pid, facts?.fault.signal], [running.pid, constants.signals.SIGABRT]);
  assert.ok((facts?.threads.length ?? 0) > 1, 'all threads are told');
});

test(
  'a fault that its own handler passed on is not told as sent by somebody',
  { skip: whyNoCore() },
  async (t) => {
    const cwd = folderOf(t);
    // Node, once it runs code, sees it first, for what it runs as WebAssembly, and raises it anew.
    const program = "require('node:fs').writeFileSync('up', ''); setInterval(() => undefined, 100)";
    const running = await run(t, { cwd, command: [process.execPath, '-e', program] });
    await eventually('it runs code', () => existsSync(join(cwd, 'up')));
    running.child.kill('SIGSEGV');
    assert.equal(await running.exited, 'SIGSEGV');
    const { sender, fromItself } = (await readCoreFacts(coreIn(cwd)))?.fault ?? {};
    assert.deepEqual([sender, fromItself], [running.pid, true]);
  },
);

test('what is no whole core gives no facts, and no error', { skip: whyNoCore() }, async (t) => {
  const cwd = folderOf(t);
  const running = await run(t, { cwd });
  running.child.kill('SIGSEGV');
  await running.exited;
  const core = coreIn(cwd);
  for (const length of [4_096 * 2, 1_000, 100, 64, 63, 10, 0]) {
    truncateSync(core, length);
    const facts = await readCoreFacts(core);
    assert.ok(facts === null || facts.pid === running.pid, `${length} bytes: ${facts?.pid}`);
    if (length <= 100) assert.equal(facts, null, `${length} bytes`);
  }
  for (const content of ['', 'text', `\x7fELF${'\xff'.repeat(200)}`]) {
    const path = join(cwd, 'no-core');
    writeFileSync(path, content, 'latin1');
    assert.equal(await readCoreFacts(path), null);
  }
  assert.equal(await readCoreFacts(process.execPath), null);
});

test('the kernel log is read where it may be, and says why where not', async (t) => {
  const log = await readKernelLog(10_000);
  assert.equal(log.readable, log.why === '');
  const path = process.env['PATH'];
  t.after(() => {
    process.env['PATH'] = path;
  });
  process.env['PATH'] = folderOf(t);
  const absent = await readKernelLog(10_000);
  assert.deepEqual([absent.readable, absent.why], [false, 'dmesg is not installed']);
});

test(
  'gdb gives the stacks of a stopped process and lets it live',
  { skip: whyNo('gdb') },
  async (t) => {
    const running = await run(t);
    running.child.kill('SIGSTOP');
    const stacks = await stacksOfProcess(running.pid);
    assert.ok(stacks.ok, JSON.stringify(stacks));
    assert.match(stacks.text, /#0 .*nanosleep|#0 /);
    assert.match(readFileSync(`/proc/${running.pid}/status`, 'utf8'), /^TracerPid:\s+0$/m);
  },
);

test('log lines are kept by their time, and without one they are kept', async (t) => {
  const path = join(folderOf(t), 'engine.log');
  const atMs = Date.UTC(2026, 0, 2, 3, 4, 5);
  const lines = [
    `{"time":${atMs - 600_000},"msg":"too old"}`,
    `{"time":${atMs - 1_000},"msg":"recent"}`,
    `{"time":"${new Date(atMs - 2_000).toISOString()}","msg":"recent in words"}`,
    '2026-01-02 03:04:04Z recent in plain text',
    'Assertion failed: no time at all',
  ];
  writeFileSync(path, lines.join('\n'));
  const log = await recentLines(path, atMs, 300_000);
  assert.deepEqual([log.path, log.lines, log.error], [path, lines.slice(1), null]);
  const absent = await recentLines(`${path}.absent`, atMs, 300_000);
  assert.deepEqual([absent.lines, absent.error], [[], 'ENOENT']);
});

const AT_MS = Date.UTC(2026, 0, 2, 3, 4, 5);
const line = (timeMs: number, msg: string, pid = 7) => JSON.stringify({ time: timeMs, pid, msg });
const lastWords = (logs: readonly (readonly string[])[], life: Life) =>
  wordsOf(
    logs.map((lines) => ({ lines })),
    life,
  );
const lifeOf = (pid: number, startedAtMs: number | null = AT_MS - 60_000) => ({
  pid,
  startedAtMs,
  detectedAtMs: AT_MS,
});

test('last words are those of this process, not of an earlier life', () => {
  const lines = [
    '{"pid":1,"msg":"engine started"}',
    'Assertion failed: earlier life',
    '{"pid":2,"msg":"engine started"}',
    '{"pid":2,"msg":"trading"}',
  ];
  assert.equal(lastWords([lines], lifeOf(2)).own, null);
  assert.equal(lastWords([lines], lifeOf(1)).own, 'Assertion failed: earlier life');
  const more = [...lines, 'Assertion failed: this life'];
  assert.equal(lastWords([more], lifeOf(2)).own, 'Assertion failed: this life');
});

test('a life begins where times say so, also where its pid was used before', () => {
  const earlier = [line(AT_MS - 90_000, 'start'), line(AT_MS - 80_000, 'panic: earlier')];
  assert.deepEqual(lastWords([earlier], lifeOf(7)), { own: null, undated: null });
  const now = [...earlier, line(AT_MS - 50_000, 'start'), 'panic: now'];
  assert.equal(lastWords([now], lifeOf(7)).own, 'panic: now');
  const next = [...now, line(AT_MS + 60_000, 'start'), 'panic: of the next engine'];
  assert.equal(lastWords([next], lifeOf(7)).own, 'panic: now');
});

test('where a life begins in one log says nothing of another log', () => {
  const first = [line(AT_MS - 50_000, 'start'), line(AT_MS - 1_000, 'trading')];
  const second = ['Assertion failed: who knows when'];
  assert.deepEqual(lastWords([first, second], lifeOf(7)), { own: null, undated: second[0] });
  const words = [...first, 'Assertion failed: now'];
  assert.equal(lastWords([words, second], lifeOf(7)).own, 'Assertion failed: now');
});

test('without the start of the process its pid decides, and nothing dates the other lines', () => {
  const lines = [line(AT_MS - 1_000, 'Assertion failed: by a stranger', 8)];
  assert.equal(lastWords([lines], lifeOf(7, null)).own, null);
  const own = [...lines, line(AT_MS - 500, 'Assertion failed: mine')];
  assert.match(lastWords([own], lifeOf(7, null)).own ?? '', /mine/);
});

test('the start of a process is told by its ticks, and of another boot it is unknown', async (t) => {
  const beforeMs = Date.now();
  const { startTicks } = await run(t);
  const report = (ticks: string) =>
    ({ instance: { startTicks: ticks }, detectedAtMs: Date.now() }) as CrashReport;
  const startedAtMs = startOf(report(startTicks)) ?? 0;
  assert.ok(startedAtMs >= beforeMs - 50 && startedAtMs <= Date.now(), `${startedAtMs}`);
  assert.equal(startOf(report('9007199254740991')), null);
});
