/** Power cuts at every call of every store: what was acknowledged is there, and nothing that nobody wrote. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucketFile } from '../../../clients/exchange/budget/bucket-file.js';
import type { Files } from '../../../clients/files/files.js';
import { LONG_TESTS } from '../../needs.js';
import { randomOf } from '../time/random.js';
import { drive, type Subject } from './drive.js';
import { KEPT_SEEDS } from './kept-seeds.js';
import { createSimulatedDisk } from './simulated-disk.js';
import { COLLECTED } from './stores/collected.js';
import { OF_THE_AGENT } from './stores/of-the-agent.js';
import { OF_THE_WORKER } from './stores/of-the-worker.js';

const SEEDS = LONG_TESTS ? 250 : 12;

function seedsOf({ name }: Subject): number[] {
  const first = Array.from({ length: SEEDS }, (_, at) => at + 1);
  return [...new Set([...first, ...(KEPT_SEEDS[name] ?? [])])];
}

for (const subject of [...OF_THE_AGENT, ...OF_THE_WORKER, ...COLLECTED]) {
  test(`${subject.name}: nothing that was acknowledged is lost with the power`, async (t) => {
    let cuts = 0;
    for (const seed of seedsOf(subject)) cuts += await drive(subject, seed);
    t.diagnostic(`${cuts} power cuts`);
  });
}

/** Faults of whoever writes, below every store. */
const PLANTED: Record<string, (files: Files) => Files> = {
  'names are not synced': (files) => ({ ...files, syncFolder: async () => undefined }),
  'content is not synced': (files) => ({
    ...files,
    write: (path, content, options) => files.write(path, content, { ...options, synced: false }),
  }),
  'the new name comes before the content is synced': (files) => ({
    ...files,
    write: (path, content, options) => files.write(path, content, { ...options, synced: false }),
    async rename(from, to) {
      await files.rename(from, to);
      await files.append(to, '', 0o600);
    },
  }),
};
const MOST_SEEDS = 40;

async function isFound(subject: Subject): Promise<boolean> {
  for (let seed = 1; seed <= MOST_SEEDS; seed += 1) {
    const broken = await drive(subject, seed).then(
      () => false,
      () => true,
    );
    if (broken) return true;
  }
  return false;
}

for (const [fault, spoil] of Object.entries(PLANTED)) {
  test(`planted: ${fault}, which no store survives`, async () => {
    for (const subject of [...OF_THE_AGENT, ...COLLECTED.slice(0, 1)]) {
      const begin = () => {
        const story = subject.begin();
        return { open: (files: Files) => story.open(spoil(files)) };
      };
      assert.ok(await isFound({ ...subject, begin }), subject.name);
    }
  });
}

test('a budget may forget its count with the power, and is never an error', async () => {
  const limit = { capacity: 10, perSecond: 1 };
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const random = randomOf(String(seed), 'budget');
    const disk = createSimulatedDisk();
    const open = () => bucketFile('/budgets/one.json', limit, disk.open().files);
    await open().change((before) => ({ state: { ...before, level: 5, atMs: 1 } }));
    assert.equal((await open().read()).level, 5);
    const leaves = disk.cut(random);
    const { level } = await open().read();
    assert.ok([0, 5, limit.capacity].includes(level), `${seed}: ${level} after ${leaves}`);
    await open().change((before) => ({ state: { ...before, level: 1 } }));
    assert.equal((await open().read()).level, 1);
  }
});
