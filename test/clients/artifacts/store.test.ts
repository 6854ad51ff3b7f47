/**
 * The store of artifacts: content comes back whole under its own hash and as its kind looks like, or what
 * is wrong is told.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isFailure } from '../../../activities/errors.js';
import { disk } from '../../../clients/files/disk.js';
import { createArtifactStore } from '../../../clients/artifacts/index.js';
import { emptyState, type EngineState } from '../../../workflows/domain/books/state.js';
import type { ArtifactRef } from '../../../workflows/domain/content/artifact.js';
import { order } from '../../workflows/domain/builders.js';
import { folderOf } from '../host/processes.js';

const missing = (error: unknown) => isFailure(error, 'ArtifactMissing');
const invalid = (words: RegExp) => (error: unknown) =>
  isFailure(error, 'ArtifactInvalid') && words.test(error.message) && error.message.length < 400;

const STATE: EngineState = { ...emptyState(), orders: [order({ clientOrderId: 'Zürich → 東京' })] };

function openStore(t: TestContext) {
  const folder = folderOf(t);
  return { folder, store: createArtifactStore(folder) };
}

/** As another version, or somebody else, may have left it: under its own hash all the same. */
function leave(folder: string, kind: string, content: string): ArtifactRef {
  const bytes = Buffer.from(content);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  mkdirSync(join(folder, kind), { recursive: true });
  writeFileSync(join(folder, kind, sha256), bytes);
  return { kind, sha256, bytes: bytes.length };
}

test('content comes back as it was put, under its own hash', async (t) => {
  const { folder, store } = openStore(t);
  const ref = await store.put('engine-state', STATE);
  assert.deepEqual(await store.get('engine-state', ref), STATE);
  const bytes = readFileSync(join(folder, 'engine-state', ref.sha256));
  assert.equal(createHash('sha256').update(bytes).digest('hex'), ref.sha256);
  assert.equal(ref.bytes, bytes.length);
  assert.deepEqual(await createArtifactStore(folder).get('engine-state', ref), STATE);
});

test('the same content is one file a kind, and is not written again', async (t) => {
  const { folder, store } = openStore(t);
  const first = await store.put('reconciliation', []);
  const { ino } = statSync(join(folder, 'reconciliation', first.sha256));
  assert.deepEqual(await store.put('reconciliation', []), first);
  assert.equal(statSync(join(folder, 'reconciliation', first.sha256)).ino, ino);
  await store.put('adjustments', []);
  assert.deepEqual(readdirSync(folder).sort(), ['adjustments', 'reconciliation']);
});

test('content put many times at once is one whole file, without leftovers', async (t) => {
  const { folder, store } = openStore(t);
  const orders = Array.from({ length: 2_000 }, (_, at) => order({ clientOrderId: `big-${at}` }));
  const content = { ...emptyState(), orders };
  const refs = await Promise.all(
    Array.from({ length: 20 }, () => store.put('engine-state', content)),
  );
  assert.equal(new Set(refs.map(({ sha256 }) => sha256)).size, 1);
  assert.deepEqual(readdirSync(join(folder, 'engine-state')), [refs[0]?.sha256]);
  const ref = refs[0] ?? assert.fail('no reference');
  assert.deepEqual(await store.get('engine-state', ref), content);
});

test('damaged content is told, never returned', async (t) => {
  const { folder, store } = openStore(t);
  const ref = await store.put('engine-state', STATE);
  const path = join(folder, ref.kind, ref.sha256);
  writeFileSync(path, JSON.stringify(emptyState()));
  await assert.rejects(store.get('engine-state', ref), missing);
  truncateSync(path, 0);
  await assert.rejects(store.get('engine-state', ref), missing);
  rmSync(path);
  await assert.rejects(store.get('engine-state', ref), missing);
});

test('putting content again repairs its damaged file', async (t) => {
  const { folder, store } = openStore(t);
  const ref = await store.put('engine-state', STATE);
  truncateSync(join(folder, ref.kind, ref.sha256), 3);
  assert.deepEqual(await store.put('engine-state', STATE), ref);
  assert.deepEqual(await store.get('engine-state', ref), STATE);
});

test('a reference of one kind is not read as another', async (t) => {
  const { store } = openStore(t);
  const ref = await store.put('adjustments', []);
  await assert.rejects(store.get('reconciliation', ref), invalid(/is no reconciliation/));
});

test('content of another shape is told with its first fault, and is not believed', async (t) => {
  const { folder, store } = openStore(t);
  const shapes: [string, RegExp][] = [
    [JSON.stringify({ ...STATE, orders: [{ ...STATE.orders[0], quantity: 1 }] }), /orders\.0\.qu/],
    [JSON.stringify({ ...STATE, balances: undefined }), /balances/],
    ['[]', /expected object/],
    ['{"positions":[', /engine-state \w+ is not what it should be/],
    [`"${'x'.repeat(100_000)}"`, /expected object/],
  ];
  for (const [content, words] of shapes) {
    const ref = leave(folder, 'engine-state', content);
    await assert.rejects(store.get('engine-state', ref), invalid(words), content.slice(0, 80));
  }
});

test('what an earlier version lacked is not asked for', async (t) => {
  const { folder, store } = openStore(t);
  const why = 'VenueUnreadable: kraken: open orders: NetworkError';
  const venues = [{ readable: false, venue: 'kraken', account: 'main', why }];
  const earlier = leave(folder, 'venue-snapshot', JSON.stringify({ takenAtMs: 1, venues }));
  assert.deepEqual(await store.get('venue-snapshot', earlier), { takenAtMs: 1, venues });
});

test('what a later version stored keeps its fields, and put again is the same artifact', async (t) => {
  const { folder, store } = openStore(t);
  const ref = leave(folder, 'engine-state', JSON.stringify({ ...STATE, later: ['x'] }));
  const state = await store.get('engine-state', ref);
  assert.deepEqual(state, { ...STATE, later: ['x'] });
  assert.deepEqual(await store.put('engine-state', state), ref);
});

test('a reference of another kind opens no file, and its text obeys no terminal', async (t) => {
  const reads: string[] = [];
  const read = async (path: string) => {
    reads.push(path);
    return null;
  };
  const store = createArtifactStore(folderOf(t), { ...disk, read });
  const strange = { kind: '../\u001b[31m', sha256: 'x', bytes: 1 };
  await assert.rejects(store.get('engine-state', strange), (error) => {
    return invalid(/is no engine-state/)(error) && !/\p{C}/u.test((error as Error).message);
  });
  assert.deepEqual(reads, []);
});
