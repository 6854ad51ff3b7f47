/**
 * Whole or not at all: temporary file, fsync, rename, fsync of the folder. A reader sees the old
 * content or the new, never half of it; what has been written is still there after a power failure.
 */
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { disk } from './disk.js';
import type { Files } from './files.js';

const MODE = 0o640;

export async function writeAtomically(
  path: string,
  content: Uint8Array | string,
  files: Files = disk,
  mode = MODE,
): Promise<void> {
  const folder = dirname(path);
  await files.makeFolder(folder);
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
