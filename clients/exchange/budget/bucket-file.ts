/**
 * The buckets of a host, one small file each, shared by every process that reaches the same venue
 * from it.
 *
 * Invariants: a file is read and replaced under a kernel lock, which a dead process cannot keep; a
 * broken file is a full bucket, never an error; where the folder cannot be written, the process
 * counts for itself, because stopping an engine must not depend on a disk.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import pLimit from 'p-limit';
import { exclusively } from '../../host/exclusive.js';
import { EMPTY, full, type BucketState, type Limit } from './bucket.js';

const LOCK = { timeoutMs: 2_000, pollMs: 3 };

export interface BucketFile {
  /** Replaces the state by what `change` makes of it, and gives what it gives. */
  change<T extends { state: BucketState }>(change: (before: BucketState) => T): Promise<T>;
  /** As it stands, without the lock: whole, because files are replaced and never rewritten. */
  read(): Promise<BucketState>;
}

export function bucketFile(path: string, limit: Limit): BucketFile {
  let inMemory: BucketState = EMPTY;
  // One at a time in this process: the lock is for the others.
  const inTurn = pLimit(1);
  async function changeShared<T extends { state: BucketState }>(make: (before: BucketState) => T) {
    try {
      return await exclusively(`budget ${path}`, LOCK, async () => {
        const made = make(await readState(path, limit));
        await replace(path, made.state);
        return made;
      });
    } catch {
      // A ban that another process was told of still holds, though our count cannot be kept there.
      const made = make(stricter(inMemory, await readState(path, limit).catch(() => EMPTY)));
      inMemory = made.state;
      return made;
    }
  }
  return {
    change: (make) => inTurn(() => changeShared(make)),
    read: () => readState(path, limit).catch(() => inMemory),
  };
}

function stricter(a: BucketState, b: BucketState): BucketState {
  const newer = a.atMs > b.atMs ? a : b;
  return { ...newer, bannedUntilMs: Math.max(a.bannedUntilMs, b.bannedUntilMs) };
}

async function readState(path: string, limit: Limit): Promise<BucketState> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return EMPTY;
    throw error;
  }
  return parseState(text) ?? full(limit, Date.now());
}

function parseState(text: string): BucketState | null {
  try {
    const { level, passed, atMs, bannedUntilMs } = JSON.parse(text) as BucketState;
    const sound = [level, passed, atMs, bannedUntilMs].every(
      (value) => Number.isFinite(value) && value >= 0,
    );
    return sound ? { level, passed, atMs: Math.min(atMs, Date.now()), bannedUntilMs } : null;
  } catch {
    return null;
  }
}

async function replace(path: string, state: BucketState): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const own = `${path}.${process.pid}`;
  await writeFile(own, JSON.stringify(state), { mode: 0o600 });
  await rename(own, path);
}
