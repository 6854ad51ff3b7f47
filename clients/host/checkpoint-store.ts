/**
 * The engine's checkpoint folder, and the recovered checkpoints beside it.
 *
 * Invariants: the engine's own files are only read; a recovered checkpoint is written once per
 * epoch, whole or not at all, and never replaced by different content or by a lower epoch.
 */
import { basename, join } from 'node:path';
import type { CheckpointStore } from '../../activities/ports.js';
import { encodeCheckpoint, type Checkpoint } from '../../workflows/domain/engine/checkpoint.js';
import { failure } from '../../workflows/failure.js';
import { writeAtomically } from '../files/atomic.js';
import { disk } from '../files/disk.js';
import type { Files } from '../files/files.js';

export interface CheckpointFolders {
  /** Written by the engine: `<sequence>.ckpt`, names sort by age. */
  written: string;
  recovered: string;
}

const SUFFIX = '.ckpt';
const EPOCH_NAME = /^recovered-e(\d+)\.ckpt$/;

export function createCheckpointStore(
  foldersOf: (engineId: string) => CheckpointFolders,
  files: Files = disk,
): CheckpointStore {
  return {
    async newest(engineId, count) {
      const { written } = foldersOf(engineId);
      const names = (await files.list(written)).filter((name) => name.endsWith(SUFFIX)).sort();
      const newest = names.slice(-count).toReversed();
      const read = await Promise.all(
        newest.map(async (name) => ({ name, bytes: await files.read(join(written, name)) })),
      );
      // The engine may remove its oldest file while we read: that one is simply not there.
      return read.flatMap(({ name, bytes }) => (bytes === null ? [] : [{ name, bytes }]));
    },
    async read(engineId, name) {
      const bytes = await files.read(join(foldersOf(engineId).written, basename(name)));
      if (bytes === null) throw failure('CheckpointUnusable', `Checkpoint ${name} is gone`);
      return bytes;
    },
    writeRecovered: (engineId, checkpoint) =>
      writeRecovered(files, foldersOf(engineId).recovered, checkpoint),
  };
}

async function writeRecovered(
  files: Files,
  folder: string,
  checkpoint: Checkpoint,
): Promise<string> {
  const { epoch } = checkpoint.header;
  const seen = Math.max(
    0,
    ...(await files.list(folder)).map((name) => Number(EPOCH_NAME.exec(name)?.[1] ?? 0)),
  );
  if (epoch < seen) {
    throw failure(
      'StaleEpoch',
      `A recovered checkpoint of epoch ${seen} exists: ${epoch} is stale`,
    );
  }
  const path = join(folder, `recovered-e${epoch}${SUFFIX}`);
  const content = encodeCheckpoint(checkpoint);
  const existing = await files.read(path);
  if (existing === null) await writeAtomically(path, content, files);
  else if (existing.toString() !== content) {
    throw failure('StaleEpoch', `${path} holds different content for epoch ${epoch}`);
  }
  return path;
}
