/**
 * The folder of checkpoints: which are worth a look, written once and whole, never below an epoch that was
 * written.
 */
import assert from 'node:assert/strict';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isFailure } from '../../../activities/errors.js';
import { createCheckpointStore } from '../../../clients/host/checkpoint-store.js';
import { encodeCheckpoint, type Checkpoint } from '../../../workflows/domain/engine/checkpoint.js';
import { LARGEST_CHECKPOINT } from '../../../workflows/domain/checkpoints/layout.js';
import { emptyState } from '../../../workflows/domain/books/state.js';
import { folderOf } from './processes.js';

function openStore(t: TestContext) {
  const folder = folderOf(t);
  const folders = { written: join(folder, 'written'), recovered: join(folder, 'recovered') };
  return { ...folders, store: createCheckpointStore(() => folders) };
}

function checkpoint(epoch: number, sequence = 5): Checkpoint {
  const identity = { engineId: 'desk', instanceId: `desk-e${epoch}`, epoch };
  const header = { version: 1, ...identity, sequence, takenAtNs: '1700000000000000000' };
  return { header, state: emptyState() };
}

test('a few files are all worth a look, and nothing but checkpoints', async (t) => {
  const { written, store } = openStore(t);
  assert.deepEqual(await store.candidates('desk', 'written', 5), []);
  mkdirSync(written);
  for (const name of ['2.ckpt', '10.ckpt', '11.ckpt.tmp', 'notes.txt', 'a.ckpt']) {
    writeFileSync(join(written, name), `content of ${name}`);
  }
  const names = await store.candidates('desk', 'written', 5);
  assert.deepEqual(names.toSorted(), ['10.ckpt', '2.ckpt', 'a.ckpt']);
});

test('of many files those are worth a look that say or are called the newest', async (t) => {
  const { written, store } = openStore(t);
  mkdirSync(written);
  const put = (name: string, of: Checkpoint) => {
    writeFileSync(join(written, name), encodeCheckpoint(of));
  };
  for (let n = 10; n < 40; n += 1) put(`${n}.ckpt`, checkpoint(1, n));
  put('9.ckpt', checkpoint(2, 1));
  put('a.ckpt', checkpoint(2, 2));
  writeFileSync(join(written, '99.ckpt'), 'cut off');
  mkdirSync(join(written, '98.ckpt'));
  const names = await store.candidates('desk', 'written', 3);
  assert.deepEqual(names.toSorted(), ['39.ckpt', '9.ckpt', '98.ckpt', '99.ckpt', 'a.ckpt']);
});

test('a file is opened by its name alone, with the hash of what it says', async (t) => {
  const { written, store } = openStore(t);
  mkdirSync(written);
  const content = encodeCheckpoint(checkpoint(3));
  writeFileSync(join(written, '0001.ckpt'), content);
  writeFileSync(join(written, '..', 'outside.ckpt'), 'outside');
  const file = await store.open('desk', 'written', '0001.ckpt');
  assert.ok(file !== null && 'bytes' in file);
  assert.equal(Buffer.from(file.bytes).toString(), content);
  assert.ok(content.endsWith(`sha256:${file.read.sha256}\n`));
  assert.equal(await store.open('desk', 'written', '../outside.ckpt'), null);
});

test('what is no file, or has no end, is unusable, and what cannot be read fails', async (t) => {
  const { written, store } = openStore(t);
  mkdirSync(join(written, 'folder.ckpt'), { recursive: true });
  const large = join(written, 'large.ckpt');
  writeFileSync(large, '');
  truncateSync(large, LARGEST_CHECKPOINT + 1);
  for (const name of ['folder.ckpt', 'large.ckpt']) {
    const file = await store.open('desk', 'written', name);
    assert.ok(file !== null && 'unusable' in file, name);
  }
  symlinkSync('loop.ckpt', join(written, 'loop.ckpt'));
  await assert.rejects(store.open('desk', 'written', 'loop.ckpt'), { code: 'ELOOP' });
});

test('a recovered checkpoint is written once, whole, and may be written again', async (t) => {
  const { recovered, store } = openStore(t);
  const path = await store.writeRecovered('desk', checkpoint(3));
  assert.equal(await store.writeRecovered('desk', checkpoint(3)), path);
  assert.equal(readFileSync(path, 'utf8'), encodeCheckpoint(checkpoint(3)));
  assert.deepEqual(readdirSync(recovered), ['recovered-e3.ckpt']);
});

test('a lower epoch, and other content of the same epoch, are stale', async (t) => {
  const { store } = openStore(t);
  const stale = (error: unknown) => isFailure(error, 'StaleEpoch');
  const path = await store.writeRecovered('desk', checkpoint(10));
  await assert.rejects(store.writeRecovered('desk', checkpoint(9)), stale);
  await assert.rejects(store.writeRecovered('desk', checkpoint(10, 6)), stale);
  assert.equal(readFileSync(path, 'utf8'), encodeCheckpoint(checkpoint(10)));
  await store.writeRecovered('desk', checkpoint(11));
});

test('of what recoveries wrote nothing else is looked at', async (t) => {
  const { recovered, store } = openStore(t);
  assert.deepEqual(await store.candidates('desk', 'recovered', 5), []);
  for (const epoch of [2, 9, 10]) await store.writeRecovered('desk', checkpoint(epoch));
  writeFileSync(join(recovered, 'notes.txt'), 'of somebody');
  writeFileSync(join(recovered, 'recovered-e11.ckpt.set-aside'), 'of before');
  const names = await store.candidates('desk', 'recovered', 2);
  assert.deepEqual(names.toSorted(), ['recovered-e10.ckpt', 'recovered-e9.ckpt']);
});
