/**
 * Folders, and those above them.
 *
 * Invariant: what is in a folder was made after the folder's own name was on the disk, so that none is lost with
 * all that is in it. Of one that is there already its own name alone may be in doubt: who made it may have been
 * killed before it was on the disk.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Files } from './files.js';
import { writingIn } from './writing.js';

/** Of these the name is on the disk, as this process knows. */
const named = new WeakMap<Files, Set<string>>();
const MOST_NAMED = 1_000;

export async function makeFolders(folder: string, files: Files, mode?: number): Promise<void> {
  const isNew = (await files.changedAtMs(folder)) === null;
  const known = named.get(files) ?? new Set();
  if (!isNew && known.has(folder)) return;
  if (isNew) {
    await makeFolders(dirname(folder), files, mode);
    await files.makeFolder(folder, mode);
  }
  await syncName(folder, files, isNew);
  if (known.size >= MOST_NAMED) known.clear();
  named.set(files, known.add(folder));
}

/** For what a power failure may take: nobody waits for the disk. */
export async function makeScratchFolders(
  folder: string,
  files: Files,
  mode: number,
): Promise<void> {
  if ((await files.changedAtMs(folder)) !== null) return;
  await makeScratchFolders(dirname(folder), files, mode);
  await files.makeFolder(folder, mode);
}

/** With those above it. They belong to whoever runs, and the names of all that were made are kept. */
export async function makeOwnFolders(folder: string, files: Files, mode?: number): Promise<void> {
  const first = await writingIn(folder, mkdir(folder, { recursive: true, mode }));
  if (first === undefined) return;
  for (let path = resolve(folder); path.length >= first.length; path = dirname(path)) {
    await syncName(path, files, true);
  }
}

/** What a folder that is not ours to read, or cannot be written, says: there nothing of ours was made. */
const NOT_OURS: ReadonlySet<unknown> = new Set(['EACCES', 'EINVAL', 'EROFS']);

async function syncName(folder: string, files: Files, isNew: boolean): Promise<void> {
  await files.syncFolder(dirname(folder)).catch((error: NodeJS.ErrnoException) => {
    if (isNew || !NOT_OURS.has(error.code)) throw error;
  });
}
