/** The files of this machine. */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import type { Files, WriteOptions } from './files.js';

export const disk: Files = {
  read: (path) => unlessAbsent(readFile(path), null),
  list: (folder) => unlessAbsent(readdir(folder), []),
  async makeFolder(folder, mode) {
    await mkdir(folder, { recursive: true, ...(mode === undefined ? {} : { mode }) });
  },
  write: writeFile,
  rename,
  remove: (path) => rm(path, { force: true }),
  async syncFolder(folder) {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

async function writeFile(
  path: string,
  content: Uint8Array | string,
  { mode, synced }: WriteOptions,
): Promise<void> {
  const file = await open(path, 'w', mode);
  try {
    await file.writeFile(content);
    if (synced) await file.sync();
  } finally {
    await file.close();
  }
}

async function unlessAbsent<T, A>(reading: Promise<T>, absent: A): Promise<T | A> {
  return reading.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return absent;
    throw error;
  });
}
