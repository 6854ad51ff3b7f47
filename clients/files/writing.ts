/**
 * What cannot be written says where, on which machine, and what helps: the system says none of it.
 *
 * Invariant: the code of the error stays.
 */
import { hostname } from 'node:os';

/** What is not of a path is said of none by the system: of a write, for one. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'free room on that disk',
  EDQUOT: 'free room, or raise the quota of the user that this runs as',
  EROFS: 'the disk is mounted to be read only: see why, and mount it to be written',
  EACCES: 'let the user that this runs as write there',
  EPERM: 'let the user that this runs as write there',
  EIO: 'the disk is in trouble: see the log of the kernel',
  ENOTDIR: 'a file stands where a folder has to be: move it, or name another folder',
};

/** Of what is made, changed or removed in a folder. */
export async function writingIn<T>(folder: string, writing: Promise<T>): Promise<T> {
  return writing.catch((error: unknown) => {
    throw writeTrouble(folder, error);
  });
}

/** The same of what is written without waiting. */
export function writtenIn<T>(folder: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw writeTrouble(folder, error);
  }
}

function writeTrouble(folder: string, error: unknown): unknown {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const remedy = REMEDIES[code];
  if (remedy === undefined) return error;
  const words = `${folder} on ${hostname()} cannot be written (${message}): ${remedy}`;
  return Object.assign(new Error(words, { cause: error }), { code });
}
