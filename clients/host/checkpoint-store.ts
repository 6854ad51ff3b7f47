/**
 * The engine's checkpoint folder, and the recovered checkpoints beside it.
 *
 * Invariants: the engine's own files are only read; a recovered checkpoint is written once per
 * epoch, whole or not at all, and never replaced by different content or by a lower epoch; a file
 * named by an epoch that no recovery can have counts for nothing.
 */
import { basename, join } from 'node:path';
import type { CheckpointStore } from '../../activities/ports.js';
import { encodeCheckpoint, type Checkpoint } from '../../workflows/domain/engine/checkpoint.js';
import { epochFault, isEpoch } from '../../workflows/domain/engine/epochs.js';
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

export interface RecoveredCheckpoints extends CheckpointStore {
  /** Recovered ones of this epoch and later get other names; gives those they had. */
  setAside(engineId: string, fromEpoch: number): Promise<string[]>;
}

export function createCheckpointStore(
  foldersOf: (engineId: string) => CheckpointFolders,
  files: Files = disk,
): RecoveredCheckpoints {
  const recovered = (engineId: string) => foldersOf(engineId).recovered;
  return {
    async newest(engineId, count) {
      const { written } = foldersOf(engineId);
      const names = (await files.list(written)).filter((name) => name.endsWith(SUFFIX)).sort();
      return readAll(files, written, names.slice(-count).toReversed());
    },
    async newestRecovered(engineId, count) {
      const { recovered } = foldersOf(engineId);
      const names = (await files.list(recovered)).filter((name) => EPOCH_NAME.test(name));
      names.sort((a, b) => (epochIn(b) ?? 0) - (epochIn(a) ?? 0));
      return readAll(files, recovered, names.slice(0, count));
    },
    async read(engineId, name) {
      const bytes = await files.read(join(foldersOf(engineId).written, basename(name)));
      if (bytes === null) throw failure('CheckpointUnusable', `Checkpoint ${name} is gone`);
      return bytes;
    },
    recoveredPath: (engineId, epoch) => join(recovered(engineId), nameOf(epoch)),
    writeRecovered: (engineId, checkpoint) =>
      writeRecovered(files, recovered(engineId), checkpoint),
    async setAside(engineId, fromEpoch) {
      const folder = recovered(engineId);
      const later = (await files.list(folder)).filter((name) => (epochIn(name) ?? -1) >= fromEpoch);
      for (const name of later) {
        await files.rename(join(folder, name), join(folder, `${name}.${Date.now()}.set-aside`));
      }
      if (later.length > 0) await files.syncFolder(folder);
      return later;
    },
  };
}

/** What is removed while we read is simply not there, as the engine's oldest file may be. */
async function readAll(files: Files, folder: string, names: readonly string[]) {
  const read = await Promise.all(
    names.map(async (name) => ({ name, bytes: await files.read(join(folder, name)) })),
  );
  return read.flatMap(({ name, bytes }) => (bytes === null ? [] : [{ name, bytes }]));
}

function nameOf(epoch: number): string {
  return `recovered-e${epoch}${SUFFIX}`;
}

/** Null where the name tells none. */
function epochIn(name: string): number | null {
  const digits = EPOCH_NAME.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

async function writeRecovered(
  files: Files,
  folder: string,
  checkpoint: Checkpoint,
): Promise<string> {
  const { epoch } = checkpoint.header;
  const epochs = (await files.list(folder)).map(epochIn);
  const possible = epochs.filter((seen) => seen !== null && epochFault(epoch, seen) === null);
  const seen = Math.max(0, ...possible.filter(isEpoch));
  if (epoch < seen) {
    throw failure(
      'StaleEpoch',
      `A recovered checkpoint of epoch ${seen} exists: ${epoch} is stale`,
    );
  }
  const path = join(folder, nameOf(epoch));
  const content = encodeCheckpoint(checkpoint);
  const existing = await files.read(path);
  if (existing === null) await writeAtomically(path, content, files);
  else if (existing.toString() !== content) {
    throw failure('StaleEpoch', `${path} holds different content for epoch ${epoch}`);
  }
  return path;
}
