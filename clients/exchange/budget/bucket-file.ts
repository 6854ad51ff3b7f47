/**
 * The buckets of a host, one small file each, shared by every process that reaches the same venue
 * from it.
 *
 * Invariants: a file is read and replaced under a kernel lock, which a dead process cannot keep; a
 * broken file is a full bucket, never an error; where the folder cannot be written, the process
 * counts for itself, because stopping an engine must not depend on a disk.
 */
import { dirname } from 'node:path';
import pLimit from 'p-limit';
import { z } from 'zod';
import { disk } from '../../files/disk.js';
import type { Files } from '../../files/files.js';
import { makeScratchFolders } from '../../files/folders.js';
import { exclusively } from '../../host/exclusive.js';
import { EMPTY, full, type BucketState, type Limit } from './bucket.js';

const LOCK = { timeoutMs: 2_000, pollMs: 3 };

export interface BucketFile {
  /** Replaces the state by what `change` makes of it, and gives what it gives. */
  change<T extends { state: BucketState }>(change: (before: BucketState) => T): Promise<T>;
  /** As it stands, without the lock: whole, because files are replaced and never rewritten. */
  read(): Promise<BucketState>;
}

export function bucketFile(path: string, limit: Limit, files: Files = disk): BucketFile {
  const stored = () => readState(files, path, limit);
  let inMemory: BucketState = EMPTY;
  // One at a time in this process: the lock is for the others.
  const inTurn = pLimit(1);
  async function changeShared<T extends { state: BucketState }>(make: (before: BucketState) => T) {
    try {
      return await exclusively(`budget ${path}`, LOCK, async () => {
        const made = make(await stored());
        await replace(files, path, made.state);
        return made;
      });
    } catch {
      // A ban that another process was told of still holds, though our count cannot be kept there.
      const made = make(stricter(inMemory, await stored().catch(() => EMPTY)));
      inMemory = made.state;
      return made;
    }
  }
  return {
    change: (make) => inTurn(() => changeShared(make)),
    read: () => stored().catch(() => inMemory),
  };
}

function stricter(a: BucketState, b: BucketState): BucketState {
  const newer = a.atMs > b.atMs ? a : b;
  return { ...newer, bannedUntilMs: Math.max(a.bannedUntilMs, b.bannedUntilMs) };
}

async function readState(files: Files, path: string, limit: Limit): Promise<BucketState> {
  const content = await files.read(path);
  if (content === null) return EMPTY;
  return parseState(content.toString()) ?? full(limit, Date.now());
}

const Figure = z.number().nonnegative();
const Stored = z.object({ level: Figure, passed: Figure, atMs: Figure, bannedUntilMs: Figure });

function parseState(text: string): BucketState | null {
  try {
    const { atMs, ...state } = Stored.parse(JSON.parse(text));
    return { ...state, atMs: Math.min(atMs, Date.now()) };
  } catch {
    return null;
  }
}

/** Not synced: it changes with each request, and a count that is lost is soon right again. */
async function replace(files: Files, path: string, state: BucketState): Promise<void> {
  await makeScratchFolders(dirname(path), files, 0o700);
  const own = `${path}.${process.pid}`;
  await files.write(own, JSON.stringify(state), { mode: 0o600, synced: false });
  await files.rename(own, path);
}
