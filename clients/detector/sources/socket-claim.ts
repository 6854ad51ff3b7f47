/**
 * The place of a liveness socket, which one detector has at a time.
 *
 * Invariants: the socket of an owner that lives is never removed, whoever asks; what is no socket is not
 * removed either.
 */
import { lstat, mkdir, realpath, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writingIn } from '../../files/writing.js';
import { holdLock, type HeldLock } from '../../host/exclusive.js';

/** Somebody else has the place, in words with the remedy. */
export class SocketTaken extends Error {
  override name = 'SocketTaken';
}

/** One that has just ended has freed it by then. */
const TRIES = 10;
const TRY_EVERY_MS = 100;

/** Makes the folder, and takes away what a detector that was killed has left. */
export async function claimSocket(path: string): Promise<HeldLock> {
  await writingIn(dirname(path), mkdir(dirname(path), { recursive: true }));
  const lock = await lockOf(join(await realpath(dirname(path)), basename(path)));
  if (lock === null) throw taken(path);
  try {
    // The lock is seen in one network namespace, the socket by all who see the folder.
    if (await isOwned(path)) throw taken(path);
    await rm(path, { force: true });
    return lock;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

export function taken(path: string): SocketTaken {
  return new SocketTaken(
    `another process listens on the liveness socket ${path}: an engine has one agent. Stop the other, ` +
      'or give the engine a socket of its own (liveness.socket)',
  );
}

async function lockOf(path: string): Promise<HeldLock | null> {
  for (let tried = 1; ; tried += 1) {
    const lock = await holdLock(`liveness:${path}`);
    if (lock !== null || tried === TRIES) return lock;
    await sleep(TRY_EVERY_MS);
  }
}

async function isOwned(path: string): Promise<boolean> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (found === null) return false;
  if (!found.isSocket()) {
    throw new SocketTaken(`${path} is no socket: name another as liveness.socket, or move it away`);
  }
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    // Refused: nobody listens. Anything else, such as a queue that is full, leaves it open.
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT');
    });
  });
}
