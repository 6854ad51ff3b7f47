/** The store of artifacts: content comes back whole under its own hash, or the damage is told. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isFailure } from '../../../activities/errors.js';
import { createArtifactStore } from '../../../clients/artifacts/index.js';
import { folderOf } from '../host/processes.js';

const missing = (error: unknown) => isFailure(error, 'ArtifactMissing');

function openStore(t: TestContext) {
  const folder = folderOf(t);
  return { folder, store: createArtifactStore(folder) };
}

test('content comes back as it was put, under its own hash', async (t) => {
  const { folder, store } = openStore(t);
  const content = { price: '0.10000000', text: 'Zürich → 東京', nested: [{ none: null }] };
  const ref = await store.putJson('engine-state', content);
  assert.deepEqual(await store.getJson(ref), content);
  const bytes = readFileSync(join(folder, 'engine-state', ref.sha256));
  assert.equal(createHash('sha256').update(bytes).digest('hex'), ref.sha256);
  assert.equal(ref.bytes, bytes.length);
  assert.deepEqual(await createArtifactStore(folder).getJson(ref), content);
});

test('the same content is one file, and is not written again', async (t) => {
  const { folder, store } = openStore(t);
  const first = await store.putJson('lines', [1, 2]);
  const { ino } = statSync(join(folder, 'lines', first.sha256));
  assert.deepEqual(await store.putJson('lines', [1, 2]), first);
  assert.equal(statSync(join(folder, 'lines', first.sha256)).ino, ino);
  await store.putJson('other-kind', [1, 2]);
  assert.deepEqual(readdirSync(folder).sort(), ['lines', 'other-kind']);
});

test('content put many times at once is one whole file, without leftovers', async (t) => {
  const { folder, store } = openStore(t);
  const content = { text: 'x'.repeat(200_000) };
  const refs = await Promise.all(Array.from({ length: 20 }, () => store.putJson('big', content)));
  assert.equal(new Set(refs.map(({ sha256 }) => sha256)).size, 1);
  assert.deepEqual(readdirSync(join(folder, 'big')), [refs[0]?.sha256]);
  assert.deepEqual(await store.getJson(refs[0] ?? assert.fail('no reference')), content);
});

test('damaged content is told, never returned', async (t) => {
  const { folder, store } = openStore(t);
  const ref = await store.putJson('engine-state', { quantity: '1000' });
  const path = join(folder, ref.kind, ref.sha256);
  writeFileSync(path, '{"quantity":"1001"}');
  await assert.rejects(store.getJson(ref), missing);
  truncateSync(path, 0);
  await assert.rejects(store.getJson(ref), missing);
  rmSync(path);
  await assert.rejects(store.getJson(ref), missing);
});

test('putting content again repairs its damaged file', async (t) => {
  const { folder, store } = openStore(t);
  const ref = await store.putJson('engine-state', { quantity: '1000' });
  truncateSync(join(folder, ref.kind, ref.sha256), 3);
  assert.deepEqual(await store.putJson('engine-state', { quantity: '1000' }), ref);
  assert.deepEqual(await store.getJson(ref), { quantity: '1000' });
});
