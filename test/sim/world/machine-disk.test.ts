/** The disk of a simulated machine: what was synced outlives a power cut, and what was not may be lost or torn. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeAtomically } from '../../../clients/files/atomic.js';
import { makeFolders } from '../../../clients/files/folders.js';
import { randomOf } from '../time/random.js';
import { MachineDisk } from './machine/machine-disk.js';

const MODE = 0o640;
const SEEDS = Array.from({ length: 50 }, (_, seed) => String(seed));

/** What is read of it after a power cut, by each seed. */
async function afterCuts(write: (files: MachineDisk) => Promise<void>): Promise<Set<string>> {
  const found = new Set<string>();
  for (const seed of SEEDS) {
    const files = new MachineDisk();
    await makeFolders('/data', files);
    await write(files);
    files.cutPower(randomOf(seed, 'power'));
    found.add((await files.read('/data/one'))?.toString() ?? 'none');
  }
  return found;
}

test('what was written whole and synced is there after a power cut', async () => {
  const found = await afterCuts((files) => writeAtomically('/data/one', 'new', files));
  assert.deepEqual(found, new Set(['new']));
});

test('what was renamed and not synced is the old or the new, and never half of it', async () => {
  const found = await afterCuts(async (files) => {
    await writeAtomically('/data/one', 'old', files);
    await files.write('/data/two', 'new', { mode: MODE, synced: true });
    await files.rename('/data/two', '/data/one');
  });
  assert.deepEqual(found, new Set(['old', 'new']));
});

test('what was not synced may be gone, or torn', async () => {
  const content = 'x'.repeat(2_000);
  const found = await afterCuts((files) =>
    files.write('/data/one', content, { mode: MODE, synced: false }),
  );
  assert.ok(found.has('none'));
  assert.ok([...found].some((one) => one !== 'none' && one.length < content.length));
});
