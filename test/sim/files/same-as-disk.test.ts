/** The simulated disk answers as the real one does, where no power fails; and when it fails, loses what it may. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeAtomically } from '../../../clients/files/atomic.js';
import { disk } from '../../../clients/files/disk.js';
import type { Files } from '../../../clients/files/files.js';
import { makeFolders } from '../../../clients/files/folders.js';
import { folderOf } from '../../clients/host/processes.js';
import { randomOf, type Random } from '../time/random.js';
import { createSimulatedDisk } from './simulated-disk.js';
import type { Leaves } from './survivors.js';

/** Each may be a file, a folder, or nothing. */
const NAMES = ['f', 'd', 'd/f', 'd/e', 'd/e/f'];
const MODE = 0o600;

type Call = (files: Files) => Promise<unknown>;

const CALLS: readonly ((path: string, random: Random, other: string) => Call)[] = [
  (path) => (files) => files.read(path),
  (path) => (files) => files.read(path, 4),
  (path) => (files) => files.head(path, 3),
  (path) => async (files) => (await files.list(path)).toSorted(),
  (path) => async (files) => (await files.changedAtMs(path)) !== null,
  (path) => (files) => files.makeFolder(path),
  (path) => (files) => files.remove(path),
  (path) => (files) => files.syncFolder(path),
  (path, random) => {
    const options = { synced: random.of([true, false]), exclusive: random.of([true, false]) };
    const content = 'x'.repeat(random.between(0, 6));
    return (files) => files.write(path, content, { mode: MODE, ...options });
  },
  (path, random) => {
    const content = 'y'.repeat(random.between(0, 3));
    return (files) => files.append(path, content, MODE);
  },
  (path, _, other) => async (files) => {
    const isFolder = await files.head(path, 0).then((head) => head === null);
    // Nothing of ours renames folders.
    if (!isFolder) await files.rename(path, other);
  },
];

async function outcome(call: Call, files: Files): Promise<unknown> {
  try {
    return { gave: await call(files) };
  } catch (error) {
    return { failed: (error as NodeJS.ErrnoException).code };
  }
}

test('whatever is asked, both disks answer the same', async (t) => {
  const answers = new Map<string, number>();
  for (let seed = 1; seed <= 25; seed += 1) {
    const random = randomOf(String(seed), 'calls');
    const folder = folderOf(t);
    const { files } = createSimulatedDisk(() => 1).open();
    await makeFolders(folder, files);
    for (let call = 1; call <= 40; call += 1) {
      const [path, other] = [join(folder, random.of(NAMES)), join(folder, random.of(NAMES))];
      const asked = random.of(CALLS)(path, random, other);
      const real = await outcome(asked, disk);
      assert.deepEqual(await outcome(asked, files), real, `seed ${seed}, call ${call}: ${path}`);
      const kind = JSON.stringify(Object.hasOwn(real as object, 'failed') ? real : 'gave');
      answers.set(kind, (answers.get(kind) ?? 0) + 1);
    }
  }
  assert.ok(answers.size >= 6, `only these were met: ${[...answers.keys()].join()}`);
});

async function left(leaves: Leaves, work: (files: Files) => Promise<unknown>, seed = '1') {
  const simulated = createSimulatedDisk();
  await work(simulated.open().files);
  simulated.cut(randomOf(seed, 'power'), leaves);
  const { files } = simulated.open();
  return async (path: string) => (await files.read(path))?.toString() ?? null;
}

test('what is written whole is there, or what was there before, whatever is left of the rest', async () => {
  const written = await left('nothing', (files) => writeAtomically('/data/one/file', 'new', files));
  assert.equal(await written('/data/one/file'), 'new');
});

test('without the sync of its folder a name is lost, without its own the content', async () => {
  const write = (synced: boolean) => async (files: Files) => {
    await files.write('/file', 'content', { mode: MODE, synced });
    if (!synced) await files.syncFolder('/');
  };
  assert.equal(await (await left('nothing', write(true)))('/file'), null);
  assert.equal(await (await left('content', write(true)))('/file'), null);
  assert.equal(await (await left('names', write(true)))('/file'), 'content');
  assert.equal(await (await left('nothing', write(false)))('/file'), '');
  assert.match((await (await left('names', write(false)))('/file')) ?? '', /^\0*$/);
});

test('a write that is torn is of its old, its new and of empty sectors', async () => {
  const found = new Set<string>();
  for (let seed = 1; seed <= 400; seed += 1) {
    const read = await left(
      'chance',
      async (files) => {
        await files.write('/file', 'o'.repeat(1_536), { mode: MODE, synced: true });
        await files.syncFolder('/');
        await files.write('/file', 'n'.repeat(1_536), { mode: MODE, synced: false });
      },
      String(seed),
    );
    const sectors = ((await read('/file')) ?? '').match(/[^]{1,512}/g) ?? [];
    for (const sector of sectors) assert.match(sector, /^(o+|n+\0*|\0+)$/);
    found.add(sectors.map((sector) => sector[0]).join(''));
  }
  for (const torn of ['', 'ooo', 'nnn', 'on', 'no']) assert.ok(found.has(torn), [...found].join());
});

test('what was added to a file and not synced leaves what was there', async () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const simulated = createSimulatedDisk();
    let isNow = false;
    const cut = (what: string) => {
      if (isNow && what.startsWith('fsync')) simulated.cut(randomOf(String(seed), 'power'));
    };
    const { files, over } = simulated.open(cut);
    await files.append('/file', 'kept\n', MODE);
    await files.syncFolder('/');
    isNow = true;
    await Promise.race([files.append('/file', 'x'.repeat(2_000), MODE), over]);
    const read = await simulated.open().files.read('/file');
    assert.match(read?.toString() ?? '', /^kept\n/);
  }
});

test('a process that has ended hears no more, and what it wrote is there for the next', async () => {
  const simulated = createSimulatedDisk();
  const { files, end, over } = simulated.open();
  await files.write('/file', 'x', { mode: MODE, synced: false });
  end();
  const heard = await Promise.race([files.read('/file').then(() => 'heard'), over]);
  assert.equal(heard, undefined);
  assert.equal((await simulated.open().files.read('/file'))?.toString(), 'x');
  assert.deepEqual(simulated.paths(), ['/file']);
});
