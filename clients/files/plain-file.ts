/**
 * Small files that are read whole: configurations, secrets, keys.
 *
 * Invariants: what is no regular file is refused before a byte of it is waited for, whatever a link
 * leads to, and a link itself where a file is private; no more than the bound is ever read; what is
 * returned is text.
 */
import { closeSync, constants, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs';

/** Why not, as the end of a sentence that begins with the file's name. */
export class NotPlain extends Error {
  override name = 'NotPlain';
  /** Nothing is there. */
  readonly isMissing: boolean;

  constructor(message: string, { isMissing = false } = {}) {
    super(message);
    this.isMissing = isMissing;
  }
}

export interface PlainFile {
  text: string;
  /** Permission bits. */
  mode: number;
}

/** Fails with NotPlain. `links: 'refused'`: where it must be this very file, and none that a link names. */
export function readPlainFile(
  path: string,
  mostBytes: number,
  { links = 'followed' }: { links?: 'followed' | 'refused' } = {},
): PlainFile {
  try {
    // Looked at first: opening alone does things to some devices.
    refuseUnlessPlain(statSync(path), mostBytes);
    // And never waits, should a pipe have taken its place meanwhile.
    const flags = constants.O_RDONLY | constants.O_NONBLOCK;
    const file = openSync(path, links === 'followed' ? flags : flags | constants.O_NOFOLLOW);
    try {
      const stats = fstatSync(file);
      refuseUnlessPlain(stats, mostBytes);
      return { text: textOf(bytesOf(file, mostBytes)), mode: stats.mode & 0o777 };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error instanceof NotPlain) throw error;
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new NotPlain(`cannot be read (${code})`, { isMissing: code === 'ENOENT' });
  }
}

function refuseUnlessPlain(stats: Stats, mostBytes: number): void {
  if (!stats.isFile()) throw new NotPlain(`is ${kindOf(stats)}, not a regular file`);
  if (stats.size > mostBytes) throw tooLong(mostBytes);
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a named pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}

function tooLong(mostBytes: number): NotPlain {
  return new NotPlain(`is longer than ${mostBytes} bytes`);
}

/** By what is there, whatever size was told: some file systems tell none. */
function bytesOf(file: number, mostBytes: number): Buffer {
  const bytes = Buffer.alloc(mostBytes + 1);
  let length = 0;
  for (;;) {
    const read = readSync(file, bytes, length, bytes.length - length, null);
    length += read;
    if (length > mostBytes) throw tooLong(mostBytes);
    if (read === 0) return bytes.subarray(0, length);
  }
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new NotPlain('is not text in UTF-8');
  }
}
