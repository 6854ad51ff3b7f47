/** Cores under whatever name, and by whatever program; and what is kept of a debugger that takes too long. */
import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import {
  parseCorePattern,
  readCorePattern,
} from '../../../../clients/host/forensics/cores/core-pattern.js';
import {
  linesOfLife,
  readKernelLog,
} from '../../../../clients/host/forensics/collectors/kernel-log.js';
import { lastWords } from '../../../../clients/host/forensics/collectors/last-words.js';
import { backtraceOfCore } from '../../../../clients/host/forensics/debugger.js';
import { findCore } from '../../../../clients/host/forensics/cores/find-core.js';
import { recentLines } from '../../../../clients/host/forensics/collectors/engine-logs.js';
import { whyNoCore } from '../../../needs.js';
import { coreIn, folderOf, run } from '../processes.js';

/** core_pattern, core_uses_pid; a name that it gives, and one that it does not. */
const PATTERNS: readonly [string, boolean, string, string][] = [
  ['core', false, 'core', 'score'],
  ['core', true, 'core.12', 'core'],
  ['core.%p', true, 'core.12', 'core.12.12'],
  ['core.%e.%p', false, 'core.a.b c.12', 'core.a.b'],
  ['/var/crash/%h-%t(%s)%%.core', false, 'host-17(11)%.core', 'host-17(x)%.core'],
  ['cores.%z', false, 'cores.anything', 'coresX'],
];

for (const [text, usesPid, named, other] of PATTERNS) {
  test(`core_pattern ${text} names a core ${named}`, () => {
    const pattern = parseCorePattern(text, usesPid);
    assert.ok(pattern.kind === 'file');
    assert.deepEqual([pattern.name.test(named), pattern.name.test(other)], [true, false]);
    assert.equal(pattern.folder, text.startsWith('/') ? '/var/crash' : null);
  });
}

test('a pattern that gives cores to a program has a remedy, and one that cannot be read is the default', async (t) => {
  for (const program of ['systemd-coredump', 'apport', 'other']) {
    const pattern = parseCorePattern(`|/usr/lib/${program} %P %u`, false);
    assert.ok(pattern.kind === 'piped');
    assert.equal(pattern.program, program);
    assert.match(pattern.remedy, /sysctl kernel\.core_pattern/);
  }
  assert.equal((await readCorePattern(folderOf(t))).text, 'core');
});

function program(t: TestContext, name: string, script: string): void {
  const folder = folderOf(t);
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
  const path = process.env['PATH'];
  process.env['PATH'] = `${folder}:${path}`;
  t.after(() => {
    process.env['PATH'] = path;
  });
}

async function crash(t: TestContext) {
  const cwd = folderOf(t);
  const { pid, child, exited } = await run(t, { cwd });
  child.kill('SIGSEGV');
  await exited;
  return { pid, cwd, core: coreIn(cwd) };
}

test(
  'a core that systemd keeps is asked for with coredumpctl',
  { skip: whyNoCore() },
  async (t) => {
    const { pid, cwd, core } = await crash(t);
    const away = join(folderOf(t), 'kept-by-systemd');
    renameSync(core, away);
    program(
      t,
      'coredumpctl',
      `echo "$@" > ${cwd}/asked; while [ "$1" != -o ]; do shift; done; cp ${away} "$2"`,
    );
    const pattern = parseCorePattern('|/lib/systemd/systemd-coredump %P', false);
    const kept = join(cwd, 'core.dump');
    const wanted = { pid, startedAtMs: 1_000, coreFolder: cwd, kept, pattern, commandMs: 10_000 };
    const found = await findCore(wanted);
    assert.ok('path' in found, JSON.stringify(found));
    assert.equal(found.path, kept);
    assert.match(
      readFileSync(join(cwd, 'asked'), 'utf8'),
      new RegExp(`--since @1 -1 .* dump ${pid}`),
    );
    copyFileSync('/bin/true', away);
    const other = await findCore({ ...wanted, kept: join(cwd, 'other') });
    assert.match('why' in other ? other.why : '', /is no core of this process/);
  },
);

test('who finds no core says the program that took it, and the remedy', async (t) => {
  const cwd = folderOf(t);
  const pattern = parseCorePattern('|/usr/share/apport/apport %p', false);
  const none = {
    startedAtMs: null,
    coreFolder: cwd,
    kept: join(cwd, 'core.dump'),
    commandMs: 1_000,
  };
  const found = await findCore({ pid: 1, pattern, ...none });
  assert.match('why' in found ? found.why : '', /apport %p.*sysctl kernel\.core_pattern/);
});

test('what a debugger has printed when its time is over is kept, and nothing is no backtrace', async (t) => {
  program(t, 'gdb', 'echo "#0  desk::deep (n=1) at a.h:1"; sleep 60');
  const cut = await backtraceOfCore('/bin/true', '/no/core', { timeoutMs: 500 });
  assert.ok(cut.ok && !cut.whole);
  assert.match(cut.text, /desk::deep.*\n\n== cut here: gdb took too long ==/);
  program(t, 'gdb', 'echo reading symbols; sleep 60');
  assert.deepEqual(await backtraceOfCore('/bin/true', '/no/core', { timeoutMs: 500 }), {
    ok: false,
    why: 'gdb took too long',
  });
});

test('local variables are in a backtrace where that is asked for', async (t) => {
  program(t, 'gdb', 'echo "#0  desk::deep (n=1) at a.h:1"; echo "$@"');
  const asked = async (locals: boolean) => {
    const traced = await backtraceOfCore('/bin/true', '/no/core', { timeoutMs: 5_000, locals });
    assert.ok(traced.ok);
    return traced.text.includes('bt full 20');
  };
  assert.deepEqual([await asked(true), await asked(false)], [true, false]);
});

test('a line of the kernel counts within the life of the process alone', () => {
  const line = (atS: number) =>
    `[ ${atS}.0] an engine of ou[7]: segfault at 0 ip 1 sp 2 error 4 in an engine of ours[1+2]`;
  const life = { startedS: 100, detectedS: 200, slackS: 2 };
  const all = [50, 99, 150, 199, 201, 250].map(line);
  const told = linesOfLife(all, life, '/opt/an engine of ours');
  assert.deepEqual(
    told.map(({ atDeath }) => atDeath),
    [false, false, true, true],
  );
  assert.ok(told.every((one) => one.kind === 'fault' && one.ofProgram));
});

const LATE = '[  900.000000] eth0: up';
const KEPT = '[   12.000000] desk1 kernel: engine[7]: segfault at 0 ip 1 sp 2 error 4';
const REFUSED = 'echo "dmesg: read kernel buffer failed: Operation not permitted" >&2; exit 1';

test('where the buffer of the kernel is closed or begins too late, the journal has its lines', async (t) => {
  program(t, 'journalctl', `echo '${KEPT}'`);
  program(t, 'dmesg', REFUSED);
  const closed = await readKernelLog(10_000, 800);
  assert.deepEqual([closed.readable, closed.lines[0]], [true, KEPT]);
  program(t, 'dmesg', `echo '${LATE}'`);
  assert.equal((await readKernelLog(10_000, 800)).lines[0], KEPT);
  assert.equal((await readKernelLog(10_000, 901)).lines[0], LATE);
  assert.equal((await readKernelLog(10_000)).lines[0], LATE);
  program(t, 'journalctl', 'echo "-- No entries --"');
  assert.equal((await readKernelLog(10_000, 800)).lines[0], LATE);
  program(t, 'dmesg', REFUSED);
  const { readable, why } = await readKernelLog(10_000, 800);
  assert.deepEqual([readable, /not permitted/.test(why)], [false, true]);
});

interface Case {
  name: string;
  pid: number;
  processStarted: string;
  log: string[];
}

/** The first two of the review's inputs; the third stands in deaths.test.ts, by a real process. */
const CASES: readonly (Case & { right: RegExp | null })[] = [
  {
    name: 'an assertion of glibc with a long expression',
    pid: 4242,
    processStarted: '2026-11-28T12:40:00Z',
    log: [
      '2026-11-28T12:44:57Z [INFO] checkpoint 118 written',
      'trading_engine: risk.cpp:41: void checkInvariant(int): Assertion `position == 42 && "position invariant violated"\' failed.',
    ],
    right: /Assertion `position == 42 && "position invariant violated"' failed\.$/,
  },
  {
    name: 'an uncaught exception in a log that was written in this life',
    pid: 4242,
    processStarted: '2026-11-28T12:40:00Z',
    log: [
      "terminate called after throwing an instance of 'std::runtime_error'",
      '  what():  order book crossed: bid 101 >= ask 100',
    ],
    right: /runtime_error' what\(\): {2}order book crossed: bid 101 >= ask 100$/,
  },
  {
    name: 'an assertion of an earlier process',
    pid: 4242,
    processStarted: '2026-11-28T12:44:00Z',
    log: [
      "2026-11-28T12:42:56.542Z trading_engine: risk.cpp:41: Assertion `position == 42' failed.",
      '2026-11-28T12:44:01.000Z [INFO] cx engine cx-e3 pid 4242 epoch 3 not trading',
    ],
    right: null,
  },
];

for (const { name, pid, processStarted, log, right } of CASES) {
  test(`the last words in ${name} are told right`, () => {
    const startedAtMs = Date.parse(processStarted);
    const detectedAtMs = Date.parse('2026-11-28T12:45:00Z');
    const life = { pid, startedAtMs, detectedAtMs };
    const { own } = lastWords([{ lines: log, writtenAtMs: detectedAtMs - 10 }], life);
    if (right === null) assert.equal(own, null);
    else assert.match(own ?? '', right);
    const before = lastWords([{ lines: log.slice(-2, -1), writtenAtMs: startedAtMs - 1 }], life);
    assert.equal(before.own, null);
  });
}

test('the time of a line is told with its offset, and what was rotated comes first', async (t) => {
  const path = join(folderOf(t), 'engine.log');
  const atMs = Date.parse('2026-11-28T12:45:00Z');
  writeFileSync(`${path}.1`, '2026-11-28 14:44:00,100 +02:00 earlier\n');
  writeFileSync(`${path}.2.gz`, 'packed\n');
  writeFileSync(path, '2026-11-28T07:44:30-05:00 later\n2026-11-28T12:44:30+02:00 too old\n');
  const { lines } = await recentLines(path, atMs, 300_000);
  assert.deepEqual(
    lines.map((line) => line.split(' ').at(-1)),
    ['earlier', 'later'],
  );
});
