/**
 * The store of artifacts that the configuration names: a folder of this host's own, one that hosts
 * mount, or a bucket; and whether it can be reached.
 */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type {
  ArtifactStore,
  Epochs,
  ReportFolder,
  Shadows,
  SharedReports,
} from '../../activities/ports.js';
import type { Blobs } from '../../clients/artifacts/blobs.js';
import { createEpochs, createSharedEpochs } from '../../clients/artifacts/epochs.js';
import { createFolderBlobs } from '../../clients/artifacts/folder.js';
import { createStoreOver } from '../../clients/artifacts/index.js';
import { createSharedReports, type ReportShelf } from '../../clients/artifacts/reports.js';
import { createShadows } from '../../clients/artifacts/shadows.js';
import { createS3Blobs } from '../../clients/artifacts/s3/index.js';
import { disk } from '../../clients/files/disk.js';
import { createReportFolder } from '../../clients/report/folder.js';
import type { Config } from '../config/schema.js';
import { resolveSecret } from '../config/secrets.js';

const REMEDY =
  'recoveries wait for it, then ask people: start the store, mend its setting or its rights, or the line to it';

export function composeArtifacts(config: Config): ArtifactStore {
  return createStoreOver(composeBlobs(config));
}

export function composeReportFolder({ dataDir }: Config): ReportFolder {
  return createReportFolder(join(dataDir, 'reports'));
}

/** Null where artifacts lie under this host's dataDir, and no other host sees them. */
export function composeSharedReports(config: Config): (SharedReports & ReportShelf) | null {
  const { folder, s3 } = config.artifacts;
  if (folder === null && s3 === null) return null;
  return createSharedReports(composeBlobs(config), config.host);
}

/** In the store of artifacts: whichever worker recovers an engine must find what another one has written. */
export function composeShadows(config: Config): Shadows {
  return createShadows(composeBlobs(config));
}

/** Where several hosts share a store the epochs lie in it: a worker of any of them must see who went on. */
export function composeEpochs(config: Config): Epochs {
  const { folder, s3 } = config.artifacts;
  return folder === null && s3 === null
    ? createEpochs(join(config.dataDir, 'epochs'))
    : createSharedEpochs(composeBlobs(config));
}

/** Writes and reads a little, as a recovery would. Never fails. */
export async function warnOfArtifacts(config: Config, logger: Pick<Logger, 'warn'>): Promise<void> {
  try {
    const store = composeArtifacts(config);
    await store.get('adjustments', await store.put('adjustments', []));
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown';
    logger.warn({ why, remedy: REMEDY }, 'the artifact store cannot be used');
  }
}

function composeBlobs({ artifacts: { folder, s3 }, dataDir }: Config): Blobs {
  if (s3 === null) {
    const own = join(dataDir, 'artifacts');
    return createFolderBlobs(folder ?? own, { files: disk, isShared: folder !== null });
  }
  const { prefix, ...settings } = s3;
  return openedWhenAsked(`artifacts.s3, bucket ${s3.bucket}`, () => {
    const accessKeyId = resolveSecret('artifacts.s3.accessKeyId', s3.accessKeyId);
    const secretAccessKey = resolveSecret('artifacts.s3.secretAccessKey', s3.secretAccessKey);
    return createS3Blobs({ ...settings, accessKeyId, secretAccessKey }, `${prefix}/`);
  });
}

/** Its keys are looked up then: the kill switch, which needs no store, must not miss them. */
function openedWhenAsked(title: string, open: () => Blobs): Blobs {
  let opened: Blobs | null = null;
  const blobs = () => (opened ??= open());
  return {
    title,
    read: async (...of) => blobs().read(...of),
    keep: async (...of) => blobs().keep(...of),
    remove: async (...of) => blobs().remove(...of),
    list: async (...of) => blobs().list(...of),
  };
}
