/**
 * Content in a folder: this host's own, or one that several hosts mount.
 *
 * Invariants: a file is written whole or not at all; a folder that somebody named is never made by us,
 * so that one that is not mounted is told, and not filled beside its mount.
 */
import { join } from 'node:path';
import { keepName, writeAtomically } from '../files/atomic.js';
import type { Files } from '../files/files.js';
import { hashOf, MOST_LISTED, unreachable, type Blobs, type Found } from './blobs.js';

interface FolderOptions {
  files: Files;
  /** Somebody named it, and it must be there; else it is made with the first file. */
  isShared: boolean;
}

/** What a file system says of a file that cannot be content of ours. */
const STRANGE = new Set(['EFBIG', 'EINVAL', 'EISDIR']);

export function createFolderBlobs(folder: string, { files, isShared }: FolderOptions): Blobs {
  const title = isShared ? 'artifacts.folder' : 'artifacts under dataDir';

  const told = async <T>(verb: string, act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      throw unreachable(title, `cannot be ${verb} (${codeOf(error)})`);
    }
  };

  async function requireFolder(): Promise<void> {
    if (!isShared || (await told('read', () => isThere(folder, files)))) return;
    throw unreachable(title, 'is not there: mount it, or make the folder if it is new');
  }

  async function read(name: string, mostBytes: number): Promise<Found> {
    try {
      const content = await files.read(join(folder, name), mostBytes);
      if (content !== null) return { state: 'there', content };
    } catch (error) {
      if (STRANGE.has(codeOf(error))) return { state: 'strange' };
      throw unreachable(title, `cannot be read (${codeOf(error)})`);
    }
    await requireFolder();
    return { state: 'absent' };
  }

  return {
    title,
    read,
    async keep(name, content) {
      const found = await read(name, content.length);
      const isThere = found.state === 'there' && hashOf(found.content) === hashOf(content);
      const path = join(folder, name);
      await told('written', async () =>
        isThere ? keepName(path, files) : writeAtomically(path, content, files),
      );
    },
    remove: (name) => told('written', () => files.remove(join(folder, name))),
    async list(below, most = MOST_LISTED) {
      await requireFolder();
      return told('read', () => namesIn(join(folder, below), files, most));
    },
  };
}

/** Of files: those of the folder, and those of its folders. */
async function namesIn(folder: string, files: Files, most: number): Promise<string[]> {
  const names: string[] = [];
  for (const name of (await files.list(folder)).toSorted()) {
    if (names.length >= most) break;
    try {
      const inner = await files.list(join(folder, name));
      names.push(...inner.toSorted().map((file) => `${name}/${file}`));
    } catch (error) {
      if (codeOf(error) !== 'ENOTDIR') throw error;
      names.push(name);
    }
  }
  return names.slice(0, most);
}

/** A folder is no file, which is what reading it says. */
async function isThere(folder: string, files: Files): Promise<boolean> {
  try {
    return (await files.read(folder)) !== null;
  } catch (error) {
    if (STRANGE.has(codeOf(error))) return true;
    throw error;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}
