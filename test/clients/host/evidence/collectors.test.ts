/** Each collector has its own time, and none takes anything from another. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Collector } from '../../../../clients/host/forensics/collectors/collector.js';
import { COLLECTORS } from '../../../../clients/host/forensics/collectors/index.js';
import { createForensics } from '../../../../clients/host/forensics/index.js';
import type { CrashReport } from '../../../../workflows/domain/crash/report.js';
import { folderOf } from '../processes.js';
import { WHOLE } from './whole.js';

const report: CrashReport = {
  engineId: 'desk',
  instance: { instanceId: 'one', pid: 1, startTicks: '1', build: '', epoch: 1 },
  suspicion: 'dead',
  probe: 'socket',
  detail: '',
  detectedAtMs: 1,
  host: 'this-host',
};

const sound = (name: string): Collector => ({
  name,
  timeoutMs: 10_000,
  collect: async ({ add }) => ({ items: [await add(name, 'content')], facts: { oomKilled: true } }),
});

function openForensics(t: TestContext, collectors: readonly Collector[]) {
  const settings = { coreFolder: '', executable: '', logs: [], checkpointFolder: '' };
  return createForensics(join(folderOf(t), 'evidence'), () => settings, collectors);
}

function collectWith(t: TestContext, collectors: readonly Collector[]) {
  const forensics = openForensics(t, collectors);
  return forensics.collect(report, 'desk/one', WHOLE);
}

test('a collector that never returns is missing evidence, and the others are all there', async (t) => {
  const never: Collector = {
    name: 'never.txt',
    timeoutMs: 100,
    collect: () => new Promise(() => undefined),
  };
  const { items, facts, folder } = await collectWith(t, [sound('a.txt'), never, sound('b.txt')]);
  assert.deepEqual(
    items.map(({ name, collected }) => [name, collected]),
    [
      ['a.txt', true],
      ['never.txt', false],
      ['b.txt', true],
    ],
  );
  assert.match(items[1]?.detail ?? '', /^took too long/);
  assert.equal(facts.oomKilled, true);
  assert.deepEqual(readdirSync(folder).sort(), ['a.txt', 'b.txt']);
});

test('a collector that fails, at once or later, is missing evidence with its reason', async (t) => {
  const failing = (name: string, collect: Collector['collect']): Collector => ({
    name,
    timeoutMs: 10_000,
    collect,
  });
  const { items } = await collectWith(t, [
    failing('thrown.txt', () => {
      throw Object.assign(new Error('/secret/path'), { code: 'ENOENT' });
    }),
    failing('rejected.txt', () => Promise.reject(new TypeError('secret'))),
    sound('a.txt'),
  ]);
  assert.deepEqual(items.slice(0, 2), [
    { name: 'thrown.txt', collected: false, detail: 'ENOENT' },
    { name: 'rejected.txt', collected: false, detail: 'TypeError' },
  ]);
  assert.equal(items[2]?.collected, true);
});

test('what a collector writes after its time is refused', async (t) => {
  let refused: unknown = null;
  const late: Collector = {
    name: 'late.txt',
    timeoutMs: 50,
    async collect({ add }) {
      await sleep(300);
      await add('late.txt', 'too late').catch((error: unknown) => (refused = error));
      return { items: [], facts: {} };
    },
  };
  const slow: Collector = {
    ...sound('slow.txt'),
    collect: async ({ add }) => {
      await sleep(900);
      return { items: [await add('slow.txt', 'in time')], facts: {} };
    },
  };
  const { items, folder } = await collectWith(t, [late, slow]);
  assert.deepEqual(
    items.map(({ name, collected }) => [name, collected]),
    [
      ['late.txt', false],
      ['slow.txt', true],
    ],
  );
  assert.ok(refused instanceof Error);
  assert.deepEqual(readdirSync(folder), ['slow.txt']);
});

test('the machine is kept as it was at the first look, other evidence as it is at the last', async (t) => {
  let looks = 0;
  const looking = (name: string): Collector => ({
    name,
    timeoutMs: 10_000,
    collect: async ({ add }) => ({ items: [await add(name, `look ${(looks += 1)}`)], facts: {} }),
  });
  const collectors = [{ ...looking('top.json'), momentary: true }, looking('log.txt')];
  const forensics = openForensics(t, collectors);
  const collect = () => forensics.collect(report, 'desk/one', WHOLE);
  const first = await collect();
  const top = readFileSync(join(first.folder, 'top.json'), 'utf8');
  const { items, folder } = await collect();
  assert.deepEqual(items[0], first.items[0]);
  assert.equal(readFileSync(join(folder, 'top.json'), 'utf8'), top);
  assert.equal(readFileSync(join(folder, 'log.txt'), 'utf8'), 'look 3');
});

test('evidence stays in its folder whatever an instance is called', async (t) => {
  const forensics = openForensics(t, [sound('a.txt')]);
  const folders = [];
  for (const instanceId of ['..', '.', 'a/../../b', 'x'.repeat(5_000), 'x'.repeat(5_001)]) {
    const of = { ...report, instance: { ...report.instance, instanceId } };
    const { folder, items } = await forensics.collect(of, `desk/${instanceId}`, WHOLE);
    assert.equal(items[0]?.collected, true, items[0]?.detail);
    folders.push(folder);
  }
  assert.equal(new Set(folders).size, folders.length);
  const roots = folders.map((folder) => dirname(dirname(folder)));
  assert.equal(new Set(roots).size, 1);
});

test('every collector of the table has a name of its own and a limit', () => {
  assert.equal(new Set(COLLECTORS.map(({ name }) => name)).size, COLLECTORS.length);
  for (const { name, timeoutMs } of COLLECTORS) {
    assert.ok(timeoutMs > 0 && timeoutMs <= 300_000, name);
  }
});
