/**
 * The server's database file, and the trap in it: the CLI creates the schema only where there is
 * no file, so a kill in the middle of that leaves a file that no later start can use.
 *
 * A marker beside the file says that a server on it has answered once. A file without it is
 * half-made: nobody was ever given its address, so it holds nothing, and it is moved aside.
 */
import { access, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writingIn } from '../../files/writing.js';

export function databasePath(dataDir: string): string {
  return join(dataDir, 'temporal.db');
}

/** Leaves either a complete database or none. Never called while a server runs on it. */
export async function prepareDatabase(dataDir: string, log: (line: string) => void) {
  const path = databasePath(dataDir);
  const present = await exists(path);
  if (present && (await exists(markerPath(dataDir)))) return;
  const aside = `${path}.aside-${Date.now()}`;
  if (present) log(`${path} was never completed; it is kept as ${aside} and made anew.`);
  // The journals go with it: SQLite would replay those of one file into the next.
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    await renameIfPresent(path + suffix, aside + suffix);
  }
  // A marker that outlived its database would vouch for the next one before it is complete.
  await writingIn(dataDir, rm(markerPath(dataDir), { force: true }));
}

export async function markDatabaseComplete(dataDir: string): Promise<void> {
  const marked = writeFile(markerPath(dataDir), 'A server on temporal.db has answered.\n');
  await writingIn(dataDir, marked);
}

async function renameIfPresent(from: string, to: string): Promise<void> {
  try {
    await writingIn(dirname(to), rename(from, to));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function markerPath(dataDir: string): string {
  return join(dataDir, 'temporal.db.complete');
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
