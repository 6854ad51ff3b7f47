/**
 * Folders that are the agent's alone: what an engine, or anybody else on its host, must neither read
 * nor change.
 *
 * Invariant: when `keepPrivate` returns, each is a folder, ours, and nobody else may enter it.
 */
import { chmod, lstat, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writingIn } from '../files/writing.js';

/** Under the data folder: fence and kill switch, keys, evidence, reports and notices under way, who is watched. */
const PRIVATE = [
  'fence',
  'keys',
  'evidence',
  'spool',
  'watched',
  'crashes',
  'notices',
  'told',
  'containment',
] as const;

const OTHERS = 0o077;
const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;

/** What would let somebody else in, in words with the remedy. */
export class FolderNotPrivate extends Error {
  override name = 'FolderNotPrivate';
}

/** Makes what is not there, closes what stood open and gives its paths; fails where it is not ours. */
export async function keepPrivate(dataDir: string): Promise<string[]> {
  const closed: string[] = [];
  for (const path of pathsIn(dataDir)) {
    await writingIn(path, mkdir(path, { recursive: true, mode: 0o700 }));
    const found = await standingOf(path);
    const own = process.getuid?.() ?? 0;
    if (found.kind === 'no_folder') {
      throw new FolderNotPrivate(`${path} is a link, not a folder: move what it names here`);
    }
    if (found.kind === 'foreign') {
      throw new FolderNotPrivate(
        `${path} belongs to uid ${found.uid}, and this agent is uid ${own}: ` +
          `chown -R ${own} ${path}, after a look at who has written to it`,
      );
    }
    if (found.kind === 'private') continue;
    await chmod(path, 0o700);
    closed.push(path);
  }
  return closed;
}

/** `foreign`: of another user than who looks. `open`: others may enter it. */
export type PrivateFolder =
  | { path: string; kind: 'private' | 'open' | 'no_folder' }
  | { path: string; kind: 'foreign'; uid: number };

/** Those that are there, as they stand; changes nothing. */
export async function privateFolders(dataDir: string): Promise<PrivateFolder[]> {
  const all = pathsIn(dataDir).map(async (path) =>
    standingOf(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    }),
  );
  return (await Promise.all(all)).filter((found) => found !== null);
}

function pathsIn(dataDir: string): string[] {
  return PRIVATE.map((name) => join(dataDir, name));
}

async function standingOf(path: string): Promise<PrivateFolder> {
  const found = await lstat(path);
  if (!found.isDirectory()) return { path, kind: 'no_folder' };
  const { uid, mode } = found;
  if (uid !== (process.getuid?.() ?? uid)) return { path, kind: 'foreign', uid };
  return { path, kind: (mode & OTHERS) === 0 ? 'private' : 'open' };
}

/** Fails where somebody else could put another folder in the place of this one, at any height. */
export async function refuseReplaceable(folder: string): Promise<void> {
  const own = process.getuid?.() ?? 0;
  for (let path = folder; ; path = dirname(path)) {
    const { uid, mode } = await stat(path);
    if (uid !== 0 && uid !== own) {
      throw new FolderNotPrivate(`${path} belongs to uid ${uid}, who can replace ${folder}`);
    }
    // In a sticky folder, as /tmp is, others cannot move what is ours.
    if ((mode & WRITABLE_BY_OTHERS) !== 0 && (mode & STICKY) === 0) {
      throw new FolderNotPrivate(
        `others may write to ${path}, and so replace ${folder}: chmod go-w ${path}`,
      );
    }
    if (path === dirname(path)) return;
  }
}
