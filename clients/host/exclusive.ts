/**
 * One process at a time, by name, on one Linux machine.
 *
 * The lock is an abstract Unix socket: the kernel hands it to exactly one process and takes it
 * back when that process ends in whatever way, so there is no lock file to go stale.
 */
import { createHash } from 'node:crypto';
import { connect, createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface ExclusiveOptions {
  timeoutMs: number;
  /** How often to look whether the lock is free; where it is held for long, seldom will do. */
  pollMs?: number;
  /** Called once, when another process holds the lock. */
  onWait?: () => void;
}

/** The lock was held by another process for as long as we were told to wait. */
export class LockHeld extends Error {
  override name = 'LockHeld';
}

export interface HeldLock {
  release(): Promise<void>;
}

/** Until it is released, or the process ends; null where another process has it. */
export async function holdLock(name: string): Promise<HeldLock | null> {
  const lock = await tryLock(name);
  if (lock === undefined) return null;
  lock.unref(); // it keeps nobody running
  return { release: () => unlock(lock) };
}

export async function exclusively<T>(
  name: string,
  { timeoutMs, pollMs = 100, onWait }: ExclusiveOptions,
  action: () => Promise<T>,
): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs;
  let lock = await tryLock(name);
  if (lock === undefined) onWait?.();
  while (lock === undefined) {
    if (performance.now() > deadlineMs) {
      throw new LockHeld(`Another process has held the lock "${name}" for ${timeoutMs} ms.`);
    }
    await delay(pollMs);
    lock = await tryLock(name);
  }
  try {
    return await action();
  } finally {
    await unlock(lock);
  }
}

/** Whether a process of that user has it, without taking it for a moment. */
export async function isLocked(name: string, uid: number): Promise<boolean> {
  const socket = connect(socketOf(name, uid));
  return new Promise((resolve, reject) => {
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') resolve(false);
      else reject(error);
    });
  });
}

/** Socket names end at 108 bytes, so the name is hashed; the user id keeps users apart. */
function socketOf(name: string, uid: number): string {
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 32);
  return `\0relight-${uid}-${hash}`;
}

function tryLock(name: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(socketOf(name, process.getuid?.() ?? 0), () => resolve(server));
  });
}

function unlock(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
