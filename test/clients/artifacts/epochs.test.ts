/**
 * Epochs as all workers of the control plane see them, on one machine, in a folder that hosts mount and in a
 * bucket: they rise, and never fall; a store that could not be read is none without an epoch.
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerResponse } from 'node:http';
import { test, type TestContext } from 'node:test';
import { isFailure } from '../../../activities/errors.js';
import type { Epochs } from '../../../activities/ports.js';
import type { Blobs } from '../../../clients/artifacts/blobs.js';
import { createEpochs, createSharedEpochs } from '../../../clients/artifacts/epochs.js';
import { createFolderBlobs } from '../../../clients/artifacts/folder.js';
import { createS3Blobs } from '../../../clients/artifacts/s3/index.js';
import { disk } from '../../../clients/files/disk.js';
import type { FailureKind } from '../../../workflows/domain/failure.js';
import { s3Server } from '../../needs.js';
import { folderOf } from '../host/processes.js';
import { openFaultyS3, refuse } from './faulty-s3.js';
import { openRealS3 } from './real-s3.js';

const as = (kind: FailureKind) => (error: unknown) => isFailure(error, kind);

/** Gives what one worker has of a store, each time anew. */
const STORES: Record<string, (t: TestContext) => Promise<() => Epochs>> = {
  'of this machine': async (t) => {
    const folder = folderOf(t);
    return () => createEpochs(folder);
  },
  'in a folder that hosts mount': async (t) => {
    const folder = folderOf(t);
    return () => createSharedEpochs(createFolderBlobs(folder, { files: disk, isShared: true }));
  },
  'in a bucket': async (t) => {
    const { settings } = await openFaultyS3(t);
    return () => createSharedEpochs(createS3Blobs(settings, 'relight/'));
  },
};

for (const [where, open] of Object.entries(STORES)) {
  test(`${where}: a worker of an old epoch is told so, also one that began before`, async (t) => {
    const worker = await open(t);
    const [old, next] = [worker(), worker()];
    await old.raise('desk', 4_711);
    await old.raise('desk', 4_711);
    await next.raise('desk', 4_712);
    await assert.rejects(old.raise('desk', 4_711), as('StaleEpoch'));
    await next.raise('desk', 4_712);
    await old.raise('another/desk', 1);
  });

  test(`${where}: of many that raise it at once the highest stays`, async (t) => {
    const worker = await open(t);
    const raised = await Promise.allSettled(
      Array.from({ length: 12 }, async (_, epoch) => worker().raise('desk', epoch)),
    );
    assert.equal(raised.at(-1)?.status, 'fulfilled');
    await worker().raise('desk', 11);
    await assert.rejects(worker().raise('desk', 10), as('StaleEpoch'));
  });

  test(`${where}: one wild epoch makes no later one stale`, async (t) => {
    const epochs = (await open(t))();
    await epochs.raise('desk', 3);
    await assert.rejects(epochs.raise('desk', 999_999_999_999_999), as('EpochOutOfBounds'));
    await epochs.raise('desk', 4);
  });
}

test('on this machine lower marks are removed', async (t) => {
  const folder = folderOf(t);
  for (const epoch of [9, 10]) await createEpochs(folder).raise('desk', epoch);
  assert.deepEqual(readdirSync(join(folder, 'desk')), ['10']);
});

test('who is overtaken while it raises an epoch is stale at once', async (t) => {
  const folder = folderOf(t);
  const blobs = createFolderBlobs(folder, { files: disk, isShared: true });
  const slow: Blobs = {
    ...blobs,
    keep: async (name, content) => {
      await createSharedEpochs(blobs).raise('desk', 6);
      return blobs.keep(name, content);
    },
  };
  await assert.rejects(createSharedEpochs(slow).raise('desk', 5), as('StaleEpoch'));
});

test('what others have put beside the marks hides none', async (t) => {
  const { settings, objects } = await openFaultyS3(t);
  const epochs = createSharedEpochs(createS3Blobs(settings, 'relight/'));
  await epochs.raise('desk', 7);
  const [mark = ''] = objects.keys();
  const marks = mark.split('/').slice(0, 3).join('/');
  for (const name of ['000000000000000/readme', `${'0'.repeat(15)}/${'0'.repeat(64)}`, '-'])
    objects.set(`${marks}/${name}`, Buffer.from(''));
  await assert.rejects(epochs.raise('desk', 6), as('StaleEpoch'));
  await epochs.raise('desk', 7);
});

/** Instead of the list. */
const TROUBLES: Record<string, (answer: ServerResponse) => unknown> = {
  'a page of a proxy': (answer) => answer.writeHead(404).end('<html>no such page</html>'),
  'no such key': (answer) => refuse(answer, 404, 'NoSuchKey'),
  'an empty page': (answer) => answer.writeHead(200).end(),
  'half a list': (answer) => answer.writeHead(200).end('<ListBucketResult><IsTruncated>false'),
  'half a body': (answer) => {
    answer.writeHead(200, { 'content-length': 500 });
    answer.write('<ListBucketResult>', () => answer.destroy());
  },
  'no answer': () => undefined,
  'a server in trouble': (answer) => refuse(answer, 503, 'SlowDown'),
  'a list without what it took': (answer) =>
    answer
      .writeHead(200)
      .end('<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>'),
};

for (const [what, act] of Object.entries(TROUBLES)) {
  test(`${what} is not "no epoch": nothing is raised, and nothing written`, async (t) => {
    const s3 = await openFaultyS3(t);
    const settings = { ...s3.settings, timeoutMs: 100 };
    const epochs = createSharedEpochs(createS3Blobs(settings, 'relight/'));
    await epochs.raise('desk', 7);
    s3.instead = (answer, request) => {
      if (!request.url?.includes('list-type')) return false;
      act(answer);
      return true;
    };
    await assert.rejects(epochs.raise('desk', 6), as('ArtifactsUnreachable'));
    s3.instead = () => false;
    await epochs.raise('desk', 7);
  });
}

const server = s3Server();
test(
  'a real S3 server keeps them: one of two at once wins, and the other is stale',
  { skip: 'why' in server ? server.why : false },
  async (t) => {
    const settings = await openRealS3(t, 'program' in server ? server.program : '');
    const worker = () => createSharedEpochs(createS3Blobs(settings, 'fleet/relight/'));
    await worker().raise('desk', 9);
    await Promise.allSettled([worker().raise('desk', 10), worker().raise('desk', 11)]);
    await worker().raise('desk', 11);
    for (const stale of [9, 10]) {
      await assert.rejects(worker().raise('desk', stale), as('StaleEpoch'));
    }
    const lost = createSharedEpochs(createS3Blobs({ ...settings, bucket: 'no-bucket' }, ''));
    await assert.rejects(lost.raise('desk', 11), as('ArtifactsUnreachable'));
  },
);
