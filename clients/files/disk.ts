/**
 * The files of this machine.
 *
 * Invariants: what root makes belongs to whom its folder belongs to, so that a command given by root
 * (`sudo relight shutdown`) leaves nothing that the agent's user cannot read; what cannot be written says it in the words
 * of `writing.ts`.
 */
import { constants } from 'node:fs';
import { lchown, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Files, WriteOptions } from './files.js';
import { writingIn } from './writing.js';

/** What grows with the orders fits; what never ends does not. */
const LARGEST_FILE = 256 * 1024 * 1024;
/** Of a link it is not known whose file it leads to. */
const TO_APPEND =
  constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
/** A pipe without a writer is opened at once, and refused, instead of waited for. */
const WITHOUT_WAITING = constants.O_RDONLY | constants.O_NONBLOCK;

export const disk: Files = {
  read: (path, largestBytes = LARGEST_FILE) => unlessAbsent(readFile(path, largestBytes), null),
  head: (path, mostBytes) => unlessAbsent(readHead(path, mostBytes), null),
  list: (folder) => unlessAbsent(readdir(folder), []),
  changedAtMs: (path) => unlessAbsent(mtimeMsOf(path), null),
  makeFolder: (folder, mode) => writingIn(folder, makeFolder(folder, mode)),
  write: (path, content, options) =>
    writingIn(
      dirname(path),
      writeFile(path, content, { ...options, flags: options.exclusive === true ? 'wx' : 'w' }),
    ),
  append: (path, content, mode) =>
    writingIn(dirname(path), writeFile(path, content, { mode, synced: true, flags: TO_APPEND })),
  rename: (from, to) => writingIn(dirname(to), rename(from, to)),
  remove: (path) => writingIn(dirname(path), rm(path, { force: true })),
  syncFolder: (folder) => writingIn(folder, syncFolder(folder)),
};

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readFile(path: string, largestBytes: number): Promise<Buffer> {
  const file = await open(path, WITHOUT_WAITING);
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw refused('EINVAL', `${path} is no regular file`);
    // It may grow meanwhile: what is read is what was there when it was opened.
    if (stat.size > largestBytes) {
      throw refused('EFBIG', `${path} holds more than ${largestBytes} bytes`);
    }
    const buffer = Buffer.alloc(stat.size);
    let length = 0;
    for (let read = -1; read !== 0 && length < stat.size; length += read) {
      read = (await file.read(buffer, length, stat.size - length, length)).bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    await file.close();
  }
}

async function readHead(path: string, mostBytes: number): Promise<Buffer | null> {
  const file = await open(path, WITHOUT_WAITING);
  try {
    if (!(await file.stat()).isFile()) return null;
    const buffer = Buffer.alloc(mostBytes);
    const { bytesRead } = await file.read(buffer, 0, mostBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function refused(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}

async function mtimeMsOf(path: string): Promise<number> {
  return (await stat(path)).mtimeMs;
}

async function makeFolder(folder: string, mode?: number): Promise<void> {
  try {
    await mkdir(folder, mode);
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
    if (isThere && (await stat(folder)).isDirectory()) return;
    throw error;
  }
  await takeOwnerOf(dirname(folder), folder);
}

async function writeFile(
  path: string,
  content: Uint8Array | string,
  { mode, synced, flags }: WriteOptions & { flags: string | number },
): Promise<void> {
  const file = await open(path, flags, mode);
  try {
    await file.writeFile(content);
    await takeOwnerOf(dirname(path), path);
    if (synced) await file.sync();
  } finally {
    await file.close();
  }
}

/** Only root can give a file away. */
async function takeOwnerOf(folder: string, path: string): Promise<void> {
  if (process.geteuid?.() !== 0) return;
  const { uid, gid } = await stat(folder);
  if (uid !== 0) await lchown(path, uid, gid);
}

async function unlessAbsent<T, A>(reading: Promise<T>, absent: A): Promise<T | A> {
  return reading.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return absent;
    throw error;
  });
}
