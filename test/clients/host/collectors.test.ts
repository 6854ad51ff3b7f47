/** Each collector has its own time, and none takes anything from another. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Collector } from '../../../clients/host/forensics/collectors/collector.js';
import { COLLECTORS } from '../../../clients/host/forensics/collectors/index.js';
import { createForensics } from '../../../clients/host/forensics/index.js';
import type { CrashReport } from '../../../workflows/domain/crash/report.js';
import { folderOf } from './processes.js';

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

function collectWith(t: TestContext, collectors: readonly Collector[]) {
  const settings = { coreFolder: '', executable: '', logs: [], checkpointFolder: '' };
  const forensics = createForensics(join(folderOf(t), 'evidence'), () => settings, collectors);
  return forensics.collect(report, 'desk/one', () => undefined);
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

test('every collector of the table has a name of its own and a limit', () => {
  assert.equal(new Set(COLLECTORS.map(({ name }) => name)).size, COLLECTORS.length);
  for (const { name, timeoutMs } of COLLECTORS) {
    assert.ok(timeoutMs > 0 && timeoutMs <= 300_000, name);
  }
});
