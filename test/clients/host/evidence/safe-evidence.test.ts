/** Evidence holds no secret, follows no link, stays within its bound, and says what is missing and why. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type {
  Collector,
  KeepingSettings,
} from '../../../../clients/host/forensics/collectors/collector.js';
import { checkpointFiles } from '../../../../clients/host/forensics/collectors/checkpoints.js';
import { engineLogs } from '../../../../clients/host/forensics/collectors/engine-logs.js';
import { createForensics } from '../../../../clients/host/forensics/index.js';
import { moveCore } from '../../../../clients/host/forensics/cores/keep-core.js';
import { coreRemedy } from '../../../../clients/host/forensics/remedies.js';
import type { CrashReport } from '../../../../workflows/domain/crash/report.js';
import { whyNoMount, whyNotRoot } from '../../../needs.js';
import { folderOf } from '../processes.js';
import { WHOLE } from './whole.js';

const AT_MS = Date.UTC(2026, 10, 29, 12);
const NOBODY = 65_534;
const OF_OURS = 'kR4x9Zt2LqW8vN1pB6sD3fGh';

const report: CrashReport = {
  engineId: 'desk',
  instance: { instanceId: 'one', pid: 2_147_483_647, startTicks: '1', build: '', epoch: 1 },
  suspicion: 'dead',
  probe: 'socket',
  detail: '',
  detectedAtMs: AT_MS,
  host: 'this-host',
};

interface Scene extends KeepingSettings {
  logs?: string[];
  collectors?: readonly Collector[];
  evidence?: string;
}

function open(t: TestContext, { logs = [], collectors = [engineLogs], ...scene }: Scene = {}) {
  const { evidence = join(folderOf(t), 'evidence'), ...keeping } = scene;
  const settings = { coreFolder: '', executable: '', logs, checkpointFolder: '', ...keeping };
  const forensics = createForensics(evidence, () => settings, collectors);
  return {
    forensics,
    collect: () => forensics.collect(report, 'desk/one', WHOLE),
  };
}

const logOf = (t: TestContext, ...lines: string[]) => {
  const path = join(folderOf(t), 'engine.log');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
};

const writing = (name: string, content: string): Collector => ({
  name,
  timeoutMs: 10_000,
  collect: async ({ add }) => ({ items: [await add(name, content)], facts: {} }),
});

test('no secret is in a file, an item, a fact or the index', async (t) => {
  const time = JSON.stringify({ time: AT_MS - 100, pid: report.instance.pid, msg: 'start' });
  const words = `terminate called: secret=n4med ${OF_OURS} order 12.50 refused`;
  const log = logOf(t, time, `half ${OF_OURS.slice(0, 12)}`, OF_OURS.slice(12), words);
  const doubt: Collector = {
    ...writing('doubt.txt', `token: n4med, frame ${encodeURIComponent(OF_OURS)}`),
    name: 'doubt.txt',
  };
  const failing: Collector = {
    name: 'failing.txt',
    timeoutMs: 10_000,
    collect: async () => ({
      items: [{ name: 'failing.txt', collected: false, detail: `sign ${OF_OURS}` }],
      facts: {},
    }),
  };
  const { collect, forensics } = open(t, {
    logs: [log],
    collectors: [engineLogs, doubt, failing],
    secrets: () => [OF_OURS],
  });
  const found = await collect();
  const content = JSON.stringify({ digest: '9f86d081884c7d659a2feaa0c55ad015', key: OF_OURS });
  await forensics.addFile(report, 'desk/one', { name: 'index.json', content });
  const files = readdirSync(found.folder).map((name) => readFileSync(join(found.folder, name)));
  const all = [JSON.stringify(found), ...files.map(String)].join('\n');
  assert.doesNotMatch(all, /n4med/);
  for (const part of [OF_OURS.slice(0, 12), OF_OURS.slice(12)]) assert.ok(!all.includes(part), all);
  assert.match(found.facts.lastWords ?? '', /^terminate called: .*order 12.50 refused$/);
  assert.match(all, /9f86d081884c7d659a2feaa0c55ad015/, 'a digest of ours stays');
});

test('only the user of the agent may enter and read, also what stood open before', async (t) => {
  const { collect, forensics } = open(t, { collectors: [writing('a.txt', 'content')] });
  const { folder } = await collect();
  const modes = () => [dirname(folder), folder].map((path) => statSync(path).mode & 0o777);
  assert.deepEqual(modes(), [0o700, 0o700]);
  for (const path of [dirname(folder), folder]) chmodSync(path, 0o755);
  await collect();
  assert.deepEqual(modes(), [0o700, 0o700]);
  await forensics.addFile(report, 'desk/one', { name: 'index.json', content: '{}' });
  for (const name of ['a.txt', 'index.json']) {
    assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
  }
});

test('a pipe, a link and another one’s file are missing with a reason, and nothing waits', async (t) => {
  const folder = folderOf(t);
  const [pipe, link, absent] = ['pipe', 'link', 'absent'].map((name) => join(folder, name));
  execFileSync('mkfifo', [pipe ?? '']);
  writeFileSync(join(folder, 'foreign'), 'root:x:not for everybody');
  symlinkSync(join(folder, 'foreign'), link ?? '');
  const { collect } = open(t, { logs: [pipe ?? '', link ?? '', absent ?? ''] });
  const found = await collect();
  assert.deepEqual(
    found.items.map(({ collected, detail }) => [collected, detail.replace(/[,:].*/, '')]),
    [
      [false, 'is no regular file'],
      [false, 'is a symbolic link'],
      [false, 'ENOENT. Next time'],
    ],
  );
  assert.deepEqual(readdirSync(found.folder), []);
});

test('a core that is a link, or has another name, is neither taken nor changed', async (t) => {
  const folder = folderOf(t);
  const [victim, core, target] = ['victim', 'core', 'core.dump'].map((name) => join(folder, name));
  assert.ok(victim !== undefined && core !== undefined && target !== undefined);
  writeFileSync(victim, 'of another', { mode: 0o644 });
  const move = () => moveCore(core, target, new AbortController().signal);
  symlinkSync(victim, core);
  await assert.rejects(move(), /symbolic link/);
  execFileSync('rm', [core]);
  linkSync(victim, core);
  await assert.rejects(move(), /another name/);
  assert.equal(statSync(victim).mode & 0o777, 0o644);
  assert.equal(existsSync(target), false);
  execFileSync('rm', [victim]);
  await move();
  assert.equal(statSync(target).mode & 0o777, 0o600);
});

test('of a log of 200 MB the end is kept, and all texts together are within the bound', async (t) => {
  const log = logOf(t, '');
  truncateSync(log, 200 * 1024 * 1024);
  const line = `${'words of a line '.repeat(5)}x\n`;
  writeFileSync(log, `\n${line.repeat(20_000)}the last line\n`, { flag: 'a' });
  const evidenceBytes = 256 * 1024;
  const others = Array.from({ length: 80 }, (_, at) => writing(`${at}.txt`, line.repeat(1_000)));
  const { collect } = open(t, { logs: [log], collectors: [engineLogs, ...others], evidenceBytes });
  const { folder, items } = await collect();
  const text = readFileSync(join(folder, 'logs_recent.txt'), 'utf8');
  assert.match(text, /^\[\d+ bytes are left out here: .*\]\n/);
  assert.match(text, /x\nthe last line\n$/);
  assert.match(items[0]?.detail ?? '', /its end, \d+ more are left out$/);
  const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(all <= evidenceBytes, `${all}`);
  assert.ok(items.some(({ detail }) => detail.startsWith('no room')));
  assert.ok(items.filter(({ collected }) => collected).length >= 9);
});

test('what holds nothing is not collected', async (t) => {
  const { collect } = open(t, {
    logs: [logOf(t)],
    collectors: [engineLogs, writing('a.txt', '\n')],
  });
  const { items, folder } = await collect();
  assert.deepEqual(
    items.map(({ collected, detail }) => [collected, detail]),
    [
      [false, 'nothing was found'],
      [false, 'nothing was found'],
    ],
  );
  assert.deepEqual(readdirSync(folder), []);
});

test(
  'an agent without rights says what it may not read, and how it might',
  { skip: whyNotRoot() },
  async (t) => {
    const log = logOf(t, 'words');
    chmodSync(log, 0o600);
    const checkpoints = join(folderOf(t), 'checkpoints');
    mkdirSync(checkpoints, { mode: 0o700 });
    const evidence = join(folderOf(t), 'evidence');
    mkdirSync(evidence);
    for (const path of [evidence, dirname(evidence), dirname(log)]) chownSync(path, NOBODY, NOBODY);
    const { forensics } = (() => {
      const settings = {
        coreFolder: '',
        executable: '',
        logs: [log],
        checkpointFolder: checkpoints,
      };
      const collectors = [engineLogs, checkpointFiles, writing('a.txt', 'content')];
      return { forensics: createForensics(evidence, () => settings, collectors) };
    })();
    process.seteuid?.(NOBODY);
    try {
      const { items } = await forensics.collect(report, 'desk/one', WHOLE);
      assert.deepEqual(
        items.map(({ collected, detail }) => [collected, detail]),
        [
          [false, 'EACCES. Next time: let the user of the agent read it, by its group or setfacl'],
          [false, 'EACCES. Next time: let the user of the agent read the folder'],
          [true, '7 bytes'],
        ],
      );
    } finally {
      process.seteuid?.(0);
    }
  },
);

test('a full disk is missing evidence, with a remedy', { skip: whyNoMount('tmpfs') }, async (t) => {
  const evidence = folderOf(t);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', evidence]);
  try {
    const { collect } = open(t, {
      evidence,
      collectors: [writing('small.txt', 'small'), writing('large.txt', 'large\n'.repeat(20_000))],
      evidenceBytes: 64 * 1024 * 1024,
    });
    const { items, folder } = await collect();
    assert.deepEqual(
      items.map(({ collected, detail }) => [collected, detail]),
      [
        [true, '5 bytes'],
        [false, 'ENOSPC. Next time: free room on the disk of dataDir'],
      ],
    );
    assert.deepEqual(readdirSync(folder), ['small.txt'], 'nothing of what did not fit is left');
  } finally {
    execFileSync('umount', [evidence]); // before its folder is removed
  }
});

test('a core that is not there has a remedy that fits the pattern of this kernel', () => {
  assert.match(coreRemedy('core'), /working folder of the engine/);
  assert.match(coreRemedy('/var/crash/core.%p'), /its folder in kernel.core_pattern/);
  assert.match(coreRemedy('|/usr/lib/systemd/systemd-coredump %P'), /go to \/usr\/lib\/systemd/);
  assert.match(coreRemedy(''), /core_pattern, which is empty/);
  for (const pattern of ['core', '/c/core', '|x', '', null]) {
    assert.match(coreRemedy(pattern), /ulimit -c unlimited/);
  }
});
