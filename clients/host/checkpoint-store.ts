/**
 * The engine's checkpoint folder, and the recovered checkpoints beside it.
 *
 * Invariants: the engine's own files are only read; a recovered checkpoint is written once per
 * epoch, whole or not at all, and never replaced by different content or by a lower epoch.
 */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { CheckpointStore } from '../../activities/ports.js';
import { encodeCheckpoint, type Checkpoint } from '../../workflows/domain/engine/checkpoint.js';
import { failure } from '../../workflows/failure.js';
import { writeAtomically } from '../artifacts/index.js';

export interface CheckpointFolders {
  /** Written by the engine: `<sequence>.ckpt`, names sort by age. */
  written: string;
  recovered: string;
}

const SUFFIX = '.ckpt';
const EPOCH_NAME = /^recovered-e(\d+)\.ckpt$/;

export function createCheckpointStore(
  foldersOf: (engineId: string) => CheckpointFolders,
): CheckpointStore {
  return {
    async newest(engineId, count) {
      const { written } = foldersOf(engineId);
      const names = (await list(written)).filter((name) => name.endsWith(SUFFIX)).sort();
      const newest = names.slice(-count).toReversed();
      const files = await Promise.all(
        newest.map(async (name) => ({ name, bytes: await readOrNull(join(written, name)) })),
      );
      // The engine may remove its oldest file while we read: that one is simply not there.
      return files.flatMap(({ name, bytes }) => (bytes === null ? [] : [{ name, bytes }]));
    },
    async read(engineId, name) {
      const bytes = await readOrNull(join(foldersOf(engineId).written, basename(name)));
      if (bytes === null) throw failure('CheckpointUnusable', `Checkpoint ${name} is gone`);
      return bytes;
    },
    writeRecovered: (engineId, checkpoint) =>
      writeRecovered(foldersOf(engineId).recovered, checkpoint),
  };
}

async function writeRecovered(folder: string, checkpoint: Checkpoint): Promise<string> {
  const { epoch } = checkpoint.header;
  const seen = Math.max(
    0,
    ...(await list(folder)).map((name) => Number(EPOCH_NAME.exec(name)?.[1] ?? 0)),
  );
  if (epoch < seen) {
    throw failure(
      'StaleEpoch',
      `A recovered checkpoint of epoch ${seen} exists: ${epoch} is stale`,
    );
  }
  const path = join(folder, `recovered-e${epoch}${SUFFIX}`);
  const content = encodeCheckpoint(checkpoint);
  const existing = await readOrNull(path);
  if (existing === null) await writeAtomically(path, content);
  else if (existing.toString() !== content) {
    throw failure('StaleEpoch', `${path} holds different content for epoch ${epoch}`);
  }
  return path;
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
}

async function readOrNull(path: string): Promise<Buffer | null> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}
