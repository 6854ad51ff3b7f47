/**
 * Files by which somebody names a process: a heartbeat record, a pid file.
 *
 * Invariants: what is named may be killed, so that only the process's own user, root and we may name it;
 * nothing but a small regular file is read, no link is followed, and nothing is waited for.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { userOf } from '../../host/process-table.js';

export interface NamedFile {
  bytes: Buffer;
  uid: number;
  mode: number;
  ageMs: number;
}

const LARGEST = 64 * 1024;
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/** Null where nothing is there; a sentence where it is not read. */
export async function readNamedFile(path: string): Promise<NamedFile | string | null> {
  try {
    const file = await open(path, FLAGS);
    try {
      const stat = await file.stat();
      const { size, uid, mode, mtimeMs } = stat;
      if (!stat.isFile()) return `${path} is no regular file`;
      if (size > LARGEST) return `${path} is longer than ${LARGEST} bytes`;
      const bytes = Buffer.alloc(size);
      const { bytesRead } = await file.read(bytes, 0, size, 0);
      return { bytes: bytes.subarray(0, bytesRead), uid, mode, ageMs: Date.now() - mtimeMs };
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    if (code === 'ELOOP') return `${path} is a link: name the file itself`;
    return `${path} cannot be read (${code ?? 'unknown'})`;
  }
}

/** A sentence; null where the file may name that process. */
export async function whyNotNamed(
  path: string,
  { uid, mode }: NamedFile,
  pid: number,
): Promise<string | null> {
  if ((mode & 0o002) !== 0) return `${path} can be changed by every user: chmod o-w it`;
  const whose = await userOf(pid);
  if (whose === null || [0, process.getuid?.(), whose].includes(uid)) return null;
  return `${path} is of uid ${uid}, and names a process of uid ${whose}`;
}
