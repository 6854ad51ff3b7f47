/**
 * Whole or not at all: temporary file, fsync, rename, fsync of the folder. A reader sees the old
 * content or the new, never half of it; what has been written is still there after a power failure.
 */
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { disk } from './disk.js';
import type { Files } from './files.js';
import { makeFolders } from './folders.js';

const MODE = 0o640;

export async function writeAtomically(
  path: string,
  content: Uint8Array | string,
  files: Files = disk,
  mode = MODE,
): Promise<void> {
  const folder = dirname(path);
  await makeFolders(folder, files);
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await files.write(temporary, content, { mode, synced: true });
    await files.rename(temporary, path);
  } catch (error) {
    await files.remove(temporary); // on a full disk, each further try would leave one
    throw error;
  }
  await files.syncFolder(folder);
}

/**
 * Of a file that is there already, before anybody is told that it is kept: who wrote it may have been killed
 * before its name was on the disk.
 */
export async function keepName(path: string, files: Files): Promise<void> {
  await files.syncFolder(dirname(path));
}

/** The same of a file that is written in place: its content may be in memory only, too. */
export async function keepContent(path: string, files: Files): Promise<void> {
  if ((await files.changedAtMs(path)) !== null) await files.append(path, '', MODE);
  await keepName(path, files);
}

/** Gone, and still gone after a power failure. What is not there is no failure. */
export async function removeForGood(path: string, files: Files): Promise<void> {
  await files.remove(path);
  await keepName(path, files).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
