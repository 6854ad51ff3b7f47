/** Shadows in the stores that workers share: what one has written, another finds, and no more than is kept. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { isFailure } from '../../../activities/errors.js';
import type { Blobs } from '../../../clients/artifacts/blobs.js';
import { createFolderBlobs } from '../../../clients/artifacts/folder.js';
import { createS3Blobs } from '../../../clients/artifacts/s3/index.js';
import { createShadows } from '../../../clients/artifacts/shadows.js';
import { disk } from '../../../clients/files/disk.js';
import { emptyState } from '../../../workflows/domain/books/state.js';
import { validateCheckpoint } from '../../../workflows/domain/engine/checkpoint.js';
import { folderOf } from '../host/processes.js';
import { s3Server } from '../../needs.js';
import { openFaultyS3 } from './faulty-s3.js';
import { openRealS3 } from './real-s3.js';

const server = s3Server();
const FIRST_MS = 1_790_000_000_000;

function shadowAt(atMs: number, engineId = 'desk') {
  const times = { takenAtNs: `${atMs}000000`, readUntilNs: `${atMs + 5}000000` };
  const header = { version: 1, engineId, instanceId: 'w1', epoch: 0, sequence: atMs, ...times };
  return { header, state: emptyState() };
}

const STORES: Record<
  string,
  { skip: string | false; open: (t: TestContext) => Promise<() => Blobs> }
> = {
  'a folder': {
    skip: false,
    open: async (t) => {
      const folder = folderOf(t);
      return () => createFolderBlobs(folder, { files: disk, isShared: true });
    },
  },
  'a real S3 server': {
    skip: 'why' in server ? server.why : false,
    open: async (t) => {
      const settings = await openRealS3(t, 'program' in server ? server.program : '');
      return () => createS3Blobs(settings, 'fleet/');
    },
  },
};

for (const [where, { skip, open }] of Object.entries(STORES)) {
  test(
    `${where}: two hosts see the same, newest first, and no more than is kept`,
    { skip },
    async (t) => {
      const blobs = await open(t);
      const [here, there] = [createShadows(blobs()), createShadows(blobs())];
      assert.deepEqual(await there.list('desk'), []);
      await here.write(shadowAt(FIRST_MS, 'another'), 1);
      for (const at of [0, 2, 1, 3]) await here.write(shadowAt(FIRST_MS + at), 3);
      const listed = await there.list('desk');
      assert.deepEqual(
        listed.map(({ takenAtMs, writer }) => [takenAtMs - FIRST_MS, writer]),
        [3, 2, 1].map((at) => [at, 'w1']),
      );
      const file = await there.open('desk', listed[0]?.name ?? '');
      assert.ok(file !== null && 'bytes' in file);
      const limits = { engineId: 'desk', nowMs: FIRST_MS, oldMs: 1_000, absurdQuantity: '1' };
      const { checkpoint } = validateCheckpoint(file.bytes, limits, file.read);
      assert.deepEqual(checkpoint, { ...shadowAt(FIRST_MS + 3) });
      assert.equal((await there.list('another')).length, 1, 'each engine has its own');
      await there.write(shadowAt(FIRST_MS + 3), 3);
      assert.equal((await here.list('desk')).length, 3, 'the same again is the same');
    },
  );
}

test('a store that refuses is unreachable, and neither empty nor without that shadow', async (t) => {
  const s3 = await openFaultyS3(t);
  const shadows = createShadows(createS3Blobs({ ...s3.settings, timeoutMs: 200 }, 'fleet/'));
  await shadows.write(shadowAt(FIRST_MS), 3);
  const [one] = await shadows.list('desk');
  s3.instead = (answer) => {
    answer.writeHead(403).end();
    return true;
  };
  const away = (error: unknown) => isFailure(error, 'ArtifactsUnreachable');
  await assert.rejects(shadows.list('desk'), away);
  await assert.rejects(shadows.open('desk', one?.name ?? ''), away);
  await assert.rejects(shadows.write(shadowAt(FIRST_MS + 1), 3), away);
});
