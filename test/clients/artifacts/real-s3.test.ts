/** The store over a real S3 server, which refuses what is not signed as Amazon signs it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFailure } from '../../../activities/errors.js';
import { createStoreOver } from '../../../clients/artifacts/index.js';
import { createSharedReports } from '../../../clients/artifacts/reports.js';
import { createS3Blobs } from '../../../clients/artifacts/s3/index.js';
import { emptyState } from '../../../workflows/domain/books/state.js';
import { s3Server } from '../../needs.js';
import { order } from '../../workflows/domain/builders.js';
import { openRealS3 } from './real-s3.js';

const server = s3Server();
const skip = 'why' in server ? server.why : false;

test('two hosts share books and reports through a real S3 server', { skip }, async (t) => {
  const settings = await openRealS3(t, 'program' in server ? server.program : '');
  const orders = Array.from({ length: 2_000 }, (_, at) => order({ clientOrderId: `東京-${at}` }));
  const state = { ...emptyState(), orders };
  const here = createS3Blobs(settings, 'fleet/relight/');
  const there = createS3Blobs(settings, 'fleet/relight/');
  const ref = await createStoreOver(here).put('engine-state', state);
  assert.deepEqual(await createStoreOver(here).put('engine-state', state), ref);
  assert.deepEqual(await createStoreOver(there).get('engine-state', ref), state);
  const lost = createStoreOver(there).get('engine-state', { ...ref, sha256: '0'.repeat(64) });
  await assert.rejects(lost, (error) => isFailure(error, 'ArtifactMissing'));

  const files = { json: Buffer.from('{"record":1}\n'), pdf: Buffer.from('%PDF-1.7\u0000') };
  const report = { incidentId: 'desk/Zürich + 1', outcome: 'halted', endedAtMs: 7 } as const;
  await createSharedReports(here, 'host-a').share(report, files);
  const shelf = createSharedReports(there, 'host-b');
  for (const asked of [null, report.incidentId]) {
    const [found] = await shelf.list(asked);
    assert.ok(found !== undefined);
    const { incidentId, outcome, endedAtMs, host } = found;
    assert.deepEqual({ incidentId, outcome, endedAtMs, host }, { ...report, host: 'host-a' });
    assert.deepEqual(await shelf.filesOf(found), files);
  }
  assert.deepEqual(await shelf.list('desk/another'), []);

  for (const change of [{ secretAccessKey: 'another' }, { bucket: 'no-bucket' }]) {
    const store = createStoreOver(createS3Blobs({ ...settings, ...change }, ''));
    const away = (error: unknown) => isFailure(error, 'ArtifactsUnreachable');
    await assert.rejects(store.get('engine-state', ref), away);
    await assert.rejects(store.put('engine-state', state), away);
  }
});
