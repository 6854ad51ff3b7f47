/**
 * A core file on its way into the evidence: moved, so that the next has room; where it lies on
 * another file system it is copied, and then removed there.
 *
 * Invariants: under the name of the target it is whole; a copy that is given up stops writing and
 * leaves nothing, and the source stays. A core is for its owner alone: an engine's memory holds its keys.
 */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const OWNER_ONLY = 0o600;

export async function moveCore(source: string, target: string, giveUp: AbortSignal): Promise<void> {
  try {
    await rename(source, target);
  } catch {
    await copyWhole(source, target, giveUp);
    await rm(source, { force: true }).catch(() => undefined); // its folder may not be ours
  }
  await chmod(target, OWNER_ONLY);
}

/** A name of its own: an attempt that was lost may still write when the next one begins. */
async function copyWhole(source: string, target: string, giveUp: AbortSignal): Promise<void> {
  await removeParts(target);
  const part = `${target}.${randomUUID()}.part`;
  try {
    await write(source, part, giveUp);
    giveUp.throwIfAborted();
    await rename(part, target);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function write(source: string, part: string, giveUp: AbortSignal): Promise<void> {
  giveUp.throwIfAborted();
  const file = await open(part, 'wx', OWNER_ONLY);
  try {
    const reading = createReadStream(source);
    await pipeline(reading, file.createWriteStream({ flush: true }), { signal: giveUp });
  } finally {
    await file.close();
  }
}

/** What attempts that were killed have left: each is as large as a core. */
async function removeParts(target: string): Promise<void> {
  const folder = dirname(target);
  const names = await readdir(folder);
  const parts = names.filter((name) => name.startsWith(basename(target)) && name.endsWith('.part'));
  await Promise.all(parts.map((name) => rm(join(folder, name), { force: true })));
}
