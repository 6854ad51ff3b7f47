/** What workers keep, in a folder of their own or in one that hosts mount, as stores that lose their power. */
import assert from 'node:assert/strict';
import { isFailure } from '../../../../activities/errors.js';
import { createEpochs, createSharedEpochs } from '../../../../clients/artifacts/epochs.js';
import { createFolderBlobs } from '../../../../clients/artifacts/folder.js';
import { createArtifactStore } from '../../../../clients/artifacts/index.js';
import { createSharedReports } from '../../../../clients/artifacts/reports.js';
import type { Files } from '../../../../clients/files/files.js';
import { makeFolders } from '../../../../clients/files/folders.js';
import { createCheckpointStore } from '../../../../clients/host/checkpoint-store.js';
import { createReportFolder } from '../../../../clients/report/folder.js';
import { hashOf } from '../../../../clients/artifacts/blobs.js';
import { emptyState } from '../../../../workflows/domain/books/state.js';
import type { Subject } from '../drive.js';
import { keyed } from './keyed.js';
import { rising } from './rising.js';

/** Longer than two sectors. */
const LONG = 'x'.repeat(1_300);

const MOUNTED = '/srv/shared';
const shared = (files: Files) => createFolderBlobs(MOUNTED, { files, isShared: true });

/** Somebody has made it, and it is on the disk. */
async function mount(files: Files): Promise<void> {
  await makeFolders(MOUNTED, files);
  for (const folder of ['/', '/srv', MOUNTED]) await files.syncFolder(folder);
}

const artifacts = keyed({
  name: 'artifacts',
  oneVersion: true,
  open(files) {
    const store = createArtifactStore('/data/artifacts', files);
    const contentOf = (key: string) => [key, LONG];
    return {
      put: (key) => store.put('by-hand', contentOf(key)),
      async read(key) {
        const bytes = Buffer.from(JSON.stringify(contentOf(key)));
        const ref = { kind: 'by-hand', sha256: hashOf(bytes), bytes: bytes.length };
        try {
          assert.deepEqual(await store.get('by-hand', ref), contentOf(key));
          return 1;
        } catch (error) {
          if (isFailure(error, 'ArtifactMissing')) return null;
          throw error;
        }
      },
    };
  },
});

const reports = keyed({
  name: 'reports',
  open(files) {
    const folder = createReportFolder('/data/reports', files);
    return {
      put: (key, version) =>
        folder.write(key, 'recovery.json', Buffer.from(`${version} ${LONG} end`)),
      async read(key) {
        const name = `/data/reports/${key.includes('/') ? 'a--b' : `${encodeURIComponent(key)}--`}`;
        const found = (await files.read(`${name}/recovery.json`))?.toString() ?? null;
        if (found === null) return null;
        assert.match(found, /^\d+ x{1300} end$/);
        return Number(found.split(' ')[0]);
      },
    };
  },
});

const sharedReports = keyed({
  name: 'reports that hosts share',
  before: mount,
  open(files) {
    const store = createSharedReports(shared(files), 'h');
    const contentOf = (key: string, version: number) => ({
      json: Buffer.from(`${key} ${version} ${LONG}`),
      pdf: Buffer.from('pdf'),
    });
    return {
      put: (incidentId, version) =>
        store.share(
          { incidentId, outcome: 'recovered', endedAtMs: version },
          contentOf(incidentId, version),
        ),
      async read(key) {
        const [found] = await store.list(key);
        if (found === undefined) return null;
        const version = found.endedAtMs ?? 0;
        assert.deepEqual(await store.filesOf(found), contentOf(key, version));
        return version;
      },
    };
  },
});

const FOLDERS = () => ({ written: '/data/written', recovered: '/data/recovered' });

function checkpointOf(engineId: string, epoch: number) {
  const times = { sequence: epoch, takenAtNs: `1790000000000${String(epoch).padStart(6, '0')}` };
  const header = { version: 1, engineId, instanceId: `e${epoch}`, epoch, ...times };
  return { header, state: emptyState() };
}

const recovered = keyed({
  name: 'recovered checkpoints',
  keys: ['desk'],
  open(files) {
    const store = createCheckpointStore(FOLDERS, files);
    return {
      put: (key, version) => store.writeRecovered(key, checkpointOf(key, version)),
      async read(key) {
        const names = await store.candidates(key, 'recovered', 1_000);
        const epochs = names.map((name) => Number(/\d+/.exec(name)?.[0]));
        for (const name of names) await assertWhole(store, key, name);
        return epochs.length === 0 ? null : Math.max(...epochs);
      },
    };
  },
});

async function assertWhole(
  store: ReturnType<typeof createCheckpointStore>,
  engineId: string,
  name: string,
): Promise<void> {
  const file = await store.open(engineId, 'recovered', name);
  assert.ok(file !== null && 'bytes' in file, name);
  const text = file.bytes.toString();
  assert.ok(text.endsWith(`sha256:${file.read.sha256}\n`), `${name} is not whole`);
}

export const OF_THE_WORKER: readonly Subject[] = [
  artifacts,
  reports,
  sharedReports,
  recovered,
  rising('epochs of this machine', (files) => createEpochs('/data/epochs', files)),
  rising('epochs that hosts share', (files) => createSharedEpochs(shared(files)), mount),
];
