/** The trend of a process that lived, its limits, and what happened around its end. */
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import {
  limits,
  resources,
  trendAsCsv,
} from '../../../../clients/host/forensics/collectors/resources.js';
import {
  datedIn,
  lastFaults,
  timeline,
} from '../../../../clients/host/forensics/collectors/timeline.js';
import { createForensics } from '../../../../clients/host/forensics/index.js';
import { watchResources, type Instance } from '../../../../clients/host/resources/index.js';
import { Ring } from '../../../../clients/host/resources/ring.js';
import { sampleOf } from '../../../../clients/host/resources/sample.js';
import type { CrashReport } from '../../../../workflows/domain/crash/report.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { folderOf, run } from '../processes.js';
import { WHOLE } from './whole.js';

const AT_MS = Date.UTC(2026, 10, 29, 12);
const SPIN = [process.execPath, '-e', 'for (const end = Date.now() + 60000; Date.now() < end;);'];
const reportOf = ({ pid, startTicks }: Instance, detectedAtMs = Date.now()): CrashReport => ({
  engineId: 'desk',
  instance: { instanceId: 'one', pid, startTicks, build: '', epoch: 1 },
  suspicion: 'dead',
  probe: 'socket',
  detail: 'end of file',
  detectedAtMs,
  host: 'this-host',
});

test('what a process used is there after its death, and is that of no other', async (t) => {
  const first = await run(t, { command: SPIN });
  let now: Instance | null = first;
  const watch = watchResources(['desk', 'idle'], async (id) => (id === 'desk' ? now : null), 20);
  t.after(() => watch.stop());
  const samplesOf = (of: Instance) => watch.trendOf('desk', of)?.samples ?? [];
  await eventually('it is sampled', () => (samplesOf(first).at(-1)?.cpuTicks ?? 0) > 10);
  first.child.kill('SIGKILL');
  await first.exited;
  const second = await run(t);
  now = second;
  await eventually('the next one is sampled', () => samplesOf(second).length > 2);
  const settings = {
    coreFolder: '',
    executable: '',
    logs: [],
    checkpointFolder: '',
    trend: (instance: Instance) => watch.trendOf('desk', instance),
  };
  const collectors = [resources, limits];
  const forensics = createForensics(join(folderOf(t), 'evidence'), () => settings, collectors);
  const { folder, items } = await forensics.collect(reportOf(first), 'desk/one', WHOLE);
  assert.deepEqual(
    items.map(({ name, collected }) => [name, collected]),
    [
      ['resources.csv', true],
      ['limits.txt', true],
    ],
  );
  const [header, ...rows] = readFileSync(join(folder, 'resources.csv'), 'utf8').trim().split('\n');
  assert.match(header ?? '', /^time,cpu_percent,rss_mib,threads,descriptors,tcp_in_use,/);
  assert.equal(rows.length, samplesOf(first).length);
  const early = (rows[0] ?? '').split(',').slice(1, 5).map(Number);
  const [cpu = 0, rss = 0, threads = 0, descriptors = 0] = early;
  assert.ok(cpu >= 0 && rss > 1 && threads >= 1 && descriptors >= 3, String(early));
  assert.match(readFileSync(join(folder, 'limits.txt'), 'utf8'), /^Max open files/m);
  assert.equal(watch.trendOf('desk', { pid: first.pid, startTicks: '1' }), null);

  const stranger = { pid: first.pid, startTicks: '1' };
  const other = await forensics.collect(reportOf(stranger), 'desk/two', WHOLE);
  for (const { collected, detail } of other.items) {
    assert.equal(collected, false);
    assert.match(detail, /did not see this process live.*Next time: let the agent run before/);
  }
});

test('a sample is of this process alone, and what may not be read is no zero', async (t) => {
  const { pid, startTicks } = await run(t);
  assert.equal(sampleOf(pid, `${startTicks}1`), null);
  const sample = sampleOf(pid, startTicks);
  assert.ok(sample !== null);
  const kept = { ...sample, descriptors: Number.NaN, atMs: AT_MS, monotonicMs: 0 };
  const rows = trendAsCsv([kept, { ...kept, cpuTicks: kept.cpuTicks + 50, monotonicMs: 1_000 }]);
  assert.match(rows, /\n2026-11-29T12:00:00\.000Z,,[\d.]+,1,,\d*,/);
  assert.match(rows, /\n2026-11-29T12:00:00\.000Z,50,/);
});

test('a ring keeps the last samples, each in its life, and never grows', () => {
  const ring = new Ring(5);
  const figures = { cpuTicks: 1, rssBytes: 2, threads: 3, descriptors: 4, tcp: 5 };
  for (let at = 0; at < 12; at += 1) {
    const network = { receivedBytes: 6, sentBytes: 7 };
    ring.add(at < 9 ? 1 : 2, { ...figures, ...network, atMs: at, monotonicMs: at });
  }
  assert.deepEqual(
    ring.of(1).map(({ atMs }) => atMs),
    [7, 8],
  );
  assert.deepEqual(
    ring.of(2).map(({ atMs }) => atMs),
    [9, 10, 11],
  );
  const network = { receivedBytes: 6, sentBytes: 7 };
  assert.deepEqual(ring.of(2)[0], { ...figures, ...network, atMs: 9, monotonicMs: 9 });
});

/** A `journalctl` of our own, which prints this. */
function replaceJournal(t: TestContext, script: string): void {
  const folder = folderOf(t);
  writeFileSync(join(folder, 'journalctl'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'journalctl'), 0o755);
  const path = process.env['PATH'] ?? '';
  t.after(() => (process.env['PATH'] = path));
  process.env['PATH'] = `${folder}${delimiter}${path}`;
}

const at = (ms: number) => new Date(AT_MS + ms).toISOString();

test('a timeline puts logs, journal and the agent in order, a minute around the death', async (t) => {
  const folder = folderOf(t);
  const logs = ['a.log', 'b.log'].map((name) => join(folder, name));
  const lines = [
    `${at(-70_000)} long before`,
    `${at(-3_000)} ERROR lost secret=hunter2`,
    '  at frame',
  ];
  writeFileSync(logs[0] ?? '', `${lines.join('\n')}\n`);
  writeFileSync(logs[1] ?? '', `${at(-5_000)} WARN slow\n${at(-4_000)} fine\n`);
  replaceJournal(
    t,
    `echo '${(AT_MS - 2_000) / 1_000}.500000 host kernel: oom'; echo '-- No entries'`,
  );
  const settings = { coreFolder: '', executable: '', logs, checkpointFolder: '' };
  const forensics = createForensics(join(folder, 'evidence'), () => settings, [timeline]);
  const report = reportOf({ pid: 1, startTicks: '9007199254740991' }, AT_MS);
  const { folder: found, items } = await forensics.collect(report, 'desk/one', WHOLE);
  const text = (name: string) => readFileSync(join(found, name), 'utf8');
  assert.deepEqual(
    text('timeline.txt')
      .trim()
      .split('\n')
      .map((line) => line.slice(25)),
    [
      `b.log: ${at(-5_000)} WARN slow`,
      `b.log: ${at(-4_000)} fine`,
      `a.log: ${at(-3_000)} ERROR lost secret=[redacted]`,
      'a.log:   at frame',
      'journal: host kernel: oom',
      'agent: crash detected, dead, by socket: end of file',
    ],
  );
  assert.match(text('errors.txt'), /^errors\n.*ERROR lost.*\n\nwarnings\n.*WARN slow\n$/);
  assert.ok(items.every(({ collected }) => collected));

  replaceJournal(t, 'echo "no right" >&2; exit 1');
  const again = await forensics.collect(report, 'desk/one', WHOLE);
  assert.match(again.items[0]?.detail ?? '', /without the journal: journalctl: no right$/);
});

test('of errors and warnings the last 20 and 50 are told, by word and by level', () => {
  const lines = Array.from({ length: 200 }, (_, n) => {
    const time = AT_MS + n;
    if (n % 4 === 0) return JSON.stringify({ level: 50, time, msg: `e${n}` });
    if (n % 4 === 1) return JSON.stringify({ level: 'error', time, msg: `e${n}` });
    return n % 4 === 2 ? `${at(n)} WARNING w${n}` : `${at(n)} terror of warnings: none`;
  });
  const told = lastFaults(datedIn(lines, 'a.log'));
  assert.equal(told.match(/"e\d+"/g)?.length, 20);
  assert.equal(told.match(/ w\d+$/gm)?.length, 50);
  assert.match(told, /e197/);
  assert.doesNotMatch(told, /terror/);
  assert.equal(lastFaults(datedIn(['no time, ERROR'], 'a.log')), '');
});
