/**
 * Files in places where somebody else may put anything: an engine's logs, cores and heartbeat.
 *
 * Invariants: what is opened is a regular file, and nothing is waited for: no pipe without a writer, no
 * device; a link is not followed, unless it is root's or ours and stands above the file; what is read or
 * changed is what was opened, whatever takes its name meanwhile. A refusal names its reason and a remedy.
 */
import { constants, type Stats } from 'node:fs';
import { lstat, open, readlink, type FileHandle } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';

/** Why it is not read, as the end of a sentence that begins with the file's name. */
export class ForeignRefused extends Error {
  override name = 'ForeignRefused';
}

/** It is a link itself. */
export class LinkRefused extends ForeignRefused {
  override name = 'LinkRefused';
}

/** In a word or a sentence, for people. */
export function whyUnread(error: unknown): string {
  if (error instanceof ForeignRefused) return error.message;
  if (!(error instanceof Error)) return 'unreadable';
  return (error as NodeJS.ErrnoException).code ?? error.name;
}

export interface ForeignOptions {
  /** Its folder may be behind anybody's link: for a record of which nothing is ever shown. */
  anyFolder?: boolean;
  /** More than one name is refused: the other one may be anywhere. */
  soleName?: boolean;
}

export interface Foreign {
  file: FileHandle;
  stats: Stats;
}

const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const MOST_LINKS = 40;

/** Fails with ForeignRefused, or with the codes of `node:fs`. Closed when `use` is over. */
export async function withForeign<T>(
  path: string,
  options: ForeignOptions,
  use: (foreign: Foreign) => Promise<T>,
): Promise<T> {
  refuseUnlessPlain(await lstat(path)); // opening alone does things to some devices
  const file = await open(path, FLAGS).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ELOOP' ? isLink() : error;
  });
  try {
    const stats = await file.stat();
    refuseUnlessPlain(stats);
    refuseOtherNames(stats, options);
    if (options.anyFolder !== true) await refuseUnlessThere(path, file);
    return await use({ file, stats });
  } finally {
    await file.close();
  }
}

/** All of it; null where there is none. Fails with ForeignRefused where it is larger, too. */
export async function readForeign(
  path: string,
  mostBytes: number,
  options: ForeignOptions = {},
): Promise<Buffer | null> {
  const reading = withForeign(path, options, async ({ file, stats: { size } }) => {
    if (size > mostBytes) throw new ForeignRefused(`holds more than ${mostBytes} bytes`);
    return bytesAt(file, 0, size);
  });
  return reading.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}

/** Fewer where it ends before. */
export async function bytesAt(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  for (let read = -1; read !== 0 && filled < length; filled += read) {
    read = (await file.read(buffer, filled, length - filled, from + filled)).bytesRead;
  }
  return buffer.subarray(0, filled);
}

function isLink(): LinkRefused {
  return new LinkRefused('is a symbolic link, which is not followed: name the file itself');
}

function refuseUnlessPlain(stats: Stats): void {
  if (stats.isSymbolicLink()) throw isLink();
  if (!stats.isFile()) {
    throw new ForeignRefused('is no regular file, and is not read: name the file itself');
  }
}

function refuseOtherNames({ nlink }: Stats, { soleName }: ForeignOptions): void {
  if (soleName === true && nlink > 1) {
    throw new ForeignRefused('has another name elsewhere, and is not touched: remove one of them');
  }
}

/** The kernel tells where the opened file is; a folder on the way may have been a stranger's link. */
async function refuseUnlessThere(path: string, file: FileHandle): Promise<void> {
  const opened = await readlink(`/proc/self/fd/${file.fd}`);
  const meant = await withoutLinks(resolve(path));
  if (opened === meant) return;
  throw new ForeignRefused(
    'lies behind a symbolic link of another user, or was replaced meanwhile: name its own folder',
  );
}

/** Where the path leads by links of root and of ours alone; those of others stay as they are. */
async function withoutLinks(path: string): Promise<string> {
  const own = process.getuid?.() ?? 0;
  const ahead = path.split('/').filter((part) => part !== '');
  let place = '/';
  for (let links = 0; ahead.length > 0 && links <= MOST_LINKS;) {
    const next = join(place, ahead.shift() ?? '');
    const found = await lstat(next);
    const isOurs = found.uid === 0 || found.uid === own;
    if (!found.isSymbolicLink() || !isOurs) {
      place = next;
      continue;
    }
    links += 1;
    const target = await readlink(next);
    if (isAbsolute(target)) place = '/';
    ahead.unshift(...target.split('/').filter((part) => part !== '' && part !== '.'));
  }
  return place;
}
