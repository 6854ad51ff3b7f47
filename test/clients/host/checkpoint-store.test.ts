/**
 * The folder of checkpoints: newest first, written once and whole, never below an epoch that was
 * written.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isFailure } from '../../../activities/errors.js';
import { createCheckpointStore } from '../../../clients/host/checkpoint-store.js';
import { encodeCheckpoint, type Checkpoint } from '../../../workflows/domain/engine/checkpoint.js';
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

test('the newest files come first, and nothing but checkpoints', async (t) => {
  const { written, store } = openStore(t);
  assert.deepEqual(await store.newest('desk', 5), []);
  mkdirSync(written);
  for (const name of ['0002.ckpt', '0010.ckpt', '0001.ckpt', '0011.ckpt.tmp', 'notes.txt']) {
    writeFileSync(join(written, name), `content of ${name}`);
  }
  const newest = await store.newest('desk', 2);
  assert.deepEqual(
    newest.map(({ name, bytes }) => [name, Buffer.from(bytes).toString()]),
    [
      ['0010.ckpt', 'content of 0010.ckpt'],
      ['0002.ckpt', 'content of 0002.ckpt'],
    ],
  );
});

test('a file is read by its name alone, and one that is gone says so', async (t) => {
  const { written, store } = openStore(t);
  mkdirSync(written);
  writeFileSync(join(written, '0001.ckpt'), 'inside');
  writeFileSync(join(written, '..', 'outside.ckpt'), 'outside');
  assert.equal(Buffer.from(await store.read('desk', '0001.ckpt')).toString(), 'inside');
  const gone = (error: unknown) => isFailure(error, 'CheckpointUnusable');
  await assert.rejects(store.read('desk', '../outside.ckpt'), gone);
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

test('what recoveries wrote is read by epoch, the highest first', async (t) => {
  const { recovered, store } = openStore(t);
  assert.deepEqual(await store.newestRecovered('desk', 5), []);
  for (const epoch of [2, 9, 10]) await store.writeRecovered('desk', checkpoint(epoch));
  writeFileSync(join(recovered, 'notes.txt'), 'of somebody');
  const names = (await store.newestRecovered('desk', 2)).map(({ name }) => name);
  assert.deepEqual(names, ['recovered-e10.ckpt', 'recovered-e9.ckpt']);
});
