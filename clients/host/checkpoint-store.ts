/**
 * The engine's checkpoint folder, and the recovered checkpoints beside it.
 *
 * Invariants: the engine's own files are only read, and which is the newest is not for a name to say; a
 * recovered checkpoint is written once per epoch, whole or not at all, and never replaced by a different
 * state or by a lower epoch; a file named by an epoch that no recovery can have counts for nothing.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { CheckpointFile, CheckpointStore } from '../../activities/ports.js';
import {
  claimOf,
  contentOf,
  contentRead,
  HEAD_BYTES,
  LARGEST_CHECKPOINT,
  type ContentRead,
} from '../../workflows/domain/checkpoints/layout.js';
import { numberOf, toLookAt } from '../../workflows/domain/policy/newest-checkpoint.js';
import { encodeCheckpoint, type Checkpoint } from '../../workflows/domain/engine/checkpoint.js';
import { epochFault, isEpoch } from '../../workflows/domain/engine/epochs.js';
import { failure } from '../../workflows/failure.js';
import { keepName, writeAtomically } from '../files/atomic.js';
import { disk } from '../files/disk.js';
import type { Files } from '../files/files.js';

export interface CheckpointFolders {
  /** Written by the engine: `<sequence>.ckpt`; null where it writes none. */
  written: string | null;
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
    async candidates(engineId, folder, count) {
      const path = foldersOf(engineId)[folder];
      if (path === null) return [];
      const isOne = folder === 'written' ? /\.ckpt$/ : EPOCH_NAME;
      const names = (await files.list(path)).filter((name) => isOne.test(name));
      return names.length <= count ? names : toLookAt(await headsOf(files, path, names), count);
    },
    async open(engineId, folder, name) {
      const path = foldersOf(engineId)[folder];
      return path === null ? null : openFile(files, join(path, basename(name)));
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

/** An attempt that comes again may have another time, where the first one was ahead of this host. */
function isSameButForTime(existing: Buffer, content: string): boolean {
  const text = existing.toString();
  if (text === content) return true;
  const { sha256 } = contentRead(existing);
  return text.endsWith(`:${sha256}\n`) && timeless(text) === timeless(content);
}

function timeless(checkpoint: string): string {
  return checkpoint.replace(/"takenAtNs":"\d+"/, '').replace(/sha256:[0-9a-f]{64}\n$/, '');
}

const MOST_FILES = 10_000;

/** One after the other: no more descriptors than one, however many files an engine keeps. */
async function headsOf(files: Files, folder: string, names: readonly string[]) {
  const byNumber = names.toSorted((a, b) => numberOf(b) - numberOf(a));
  const heads = [];
  for (const name of byNumber.slice(0, MOST_FILES)) {
    const head = await files.head(join(folder, name), HEAD_BYTES);
    heads.push({ name, claim: head === null ? null : claimOf(head) });
  }
  return heads;
}

const NO_CHECKPOINT: ReadonlySet<unknown> = new Set(['EFBIG', 'EINVAL', 'EISDIR']);

/** What cannot be read may be the newest good one; what is no file, or has no end, is none. */
async function openFile(files: Files, path: string): Promise<CheckpointFile | null> {
  try {
    const bytes = await files.read(path, LARGEST_CHECKPOINT);
    return bytes === null ? null : { bytes, read: await readContent(contentOf(bytes)) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!NO_CHECKPOINT.has(code)) throw error;
    return { unusable: message };
  }
}

const PART_BYTES = 4 * 1024 * 1024;

/** In parts, so that nothing else of this process waits for it. */
async function readContent(content: Buffer): Promise<ContentRead> {
  const hash = createHash('sha256');
  for (let from = 0; from < content.length; from += PART_BYTES) {
    hash.update(content.subarray(from, from + PART_BYTES));
    await setImmediate();
  }
  const sha256 = hash.digest('hex');
  // Nearly all of them are, and the other look is then not needed.
  if (isAscii(content)) return { sha256, text: content.toString('latin1') };
  return { sha256, text: isUtf8(content) ? content.toString() : null };
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
  else if (!isSameButForTime(existing, content)) {
    throw failure('StaleEpoch', `${path} holds different content for epoch ${epoch}`);
  } else await keepName(path, files);
  return path;
}
