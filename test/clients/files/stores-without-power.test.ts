/** What each store has said is kept is kept, when the power fails right afterwards. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFailure } from '../../../activities/errors.js';
import { createArtifactStore } from '../../../clients/artifacts/index.js';
import { createSpool } from '../../../clients/detector/spool.js';
import { EMPTY, full } from '../../../clients/exchange/budget/bucket.js';
import { bucketFile } from '../../../clients/exchange/budget/bucket-file.js';
import { createCheckpointStore } from '../../../clients/host/checkpoint-store.js';
import { createFence } from '../../../clients/host/fence.js';
import { createReportFolder } from '../../../clients/report/folder.js';
import { emptyState } from '../../../workflows/domain/books/state.js';
import type { CrashReport } from '../../../workflows/domain/crash/report.js';
import { CHECKPOINT_VERSION } from '../../../workflows/domain/engine/checkpoint.js';
import { createMemoryFiles } from './memory-files.js';

test('a fence that was raised stays raised, and an engaged kill switch engaged', async () => {
  const files = createMemoryFiles();
  await createFence('/fence', files).raise('desk', 7);
  await createFence('/fence', files).engage('desk', 'enough', 'sam');
  files.restart();
  const fence = createFence('/fence', files);
  await assert.rejects(fence.raise('desk', 6), (error) => isFailure(error, 'StaleEpoch'));
  assert.equal((await fence.killSwitch('desk')).engaged, true);
  assert.equal(await fence.release('desk', { reason: 'test', by: 'ops' }), true);
  assert.equal((await fence.killSwitch('desk')).engaged, false);
});

test('a fence whose write is cut off is never lower than what it let through', async () => {
  for (let operations = 0; operations < 8; operations += 1) {
    const files = createMemoryFiles();
    await createFence('/fence', files).raise('desk', 3);
    files.failAfter(operations);
    const told = await createFence('/fence', files)
      .raise('desk', 4)
      .then(
        () => true,
        () => false,
      );
    files.restart();
    const lower = createFence('/fence', files).raise('desk', told ? 3 : 2);
    await assert.rejects(lower, (error) => isFailure(error, 'StaleEpoch'), String(operations));
  }
});

test('artifacts, checkpoints, reports and spooled crashes are there again', async () => {
  const files = createMemoryFiles();
  const ref = await createArtifactStore('/artifacts', files).put('adjustments', []);
  const folders = () => ({ written: '/written', recovered: '/recovered' });
  const header = {
    version: CHECKPOINT_VERSION,
    engineId: 'desk',
    instanceId: 'desk-e2',
    epoch: 2,
    sequence: 1,
    takenAtNs: '1',
  };
  const checkpoint = { header, state: emptyState() };
  const store = createCheckpointStore(folders, files);
  const path = await store.writeRecovered('desk', checkpoint);
  const reports = createReportFolder('/reports', files);
  const written = await reports.write('desk/one', 'recovery.json', Buffer.from('{}'));
  const report: CrashReport = {
    engineId: 'desk',
    instance: { instanceId: 'desk-e1', pid: 1, startTicks: '1', build: '', epoch: 1 },
    suspicion: 'dead',
    probe: 'socket',
    detail: '',
    detectedAtMs: 1,
    host: 'h',
  };
  await createSpool('/spool', files).put(report);
  files.restart();
  assert.deepEqual(await createArtifactStore('/artifacts', files).get('adjustments', ref), []);
  const lower = { ...checkpoint, header: { ...header, epoch: 1 } };
  await assert.rejects(store.writeRecovered('desk', lower), (error) =>
    isFailure(error, 'StaleEpoch'),
  );
  assert.equal(await store.writeRecovered('desk', checkpoint), path);
  assert.equal(written, '/reports/desk--one/recovery.json');
  assert.equal((await files.read(written))?.toString(), '{}');
  assert.deepEqual(await createSpool('/spool', files).pending(), [report]);
});

test('a budget may forget its count, and is never an error', async () => {
  const files = createMemoryFiles();
  const limit = { capacity: 10, perSecond: 1 };
  const open = () => bucketFile('/budgets/one.json', limit, files);
  await open().change((before) => ({ state: { ...before, level: 5, atMs: 1 } }));
  assert.equal((await open().read()).level, 5);
  files.restart();
  const after = await open().read();
  assert.ok(after.level === EMPTY.level || after.level === full(limit, 1).level);
});
