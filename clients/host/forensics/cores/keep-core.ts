/**
 * A core file on its way into the evidence: moved, so that the next has room; where it lies on
 * another file system, or stays another user's, it is copied, and then removed there.
 *
 * Invariants: under the name of the target it is whole; a copy that is given up stops writing and
 * leaves nothing, and the source stays. A core is for its owner alone: an engine's memory holds its keys.
 * What was opened is what is kept: no link is followed, and no file of another name is touched.
 */
import { randomUUID } from 'node:crypto';
import { lstat, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ForeignRefused, withForeign, type Foreign } from '../../../files/foreign.js';

const OWNER_ONLY = 0o600;

/** Fails with ForeignRefused, too. */
export async function moveCore(source: string, target: string, giveUp: AbortSignal): Promise<void> {
  await withForeign(source, { soleName: true }, async (core) => {
    if (await isRenamed(core, source, target)) return core.file.chmod(OWNER_ONLY);
    await copyWhole(core.file, target, giveUp);
    // Its folder may not be ours.
    if (await isSame(source, core)) await rm(source, { force: true }).catch(() => undefined);
  });
}

/** False where it must be copied: its owner could open it again whenever he likes. */
async function isRenamed(core: Foreign, source: string, target: string): Promise<boolean> {
  const own = process.getuid?.() ?? core.stats.uid;
  if (own !== 0 && own !== core.stats.uid) return false;
  try {
    await rename(source, target);
  } catch {
    return false;
  }
  if (!(await isSame(target, core))) {
    await rm(target, { force: true });
    throw new ForeignRefused('was replaced while it was moved');
  }
  await core.file.chown(own, process.getgid?.() ?? core.stats.gid);
  return true;
}

async function isSame(path: string, { stats }: Foreign): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  return found?.ino === stats.ino && found.dev === stats.dev;
}

/** A name of its own: an attempt that was lost may still write when the next one begins. */
async function copyWhole(source: FileHandle, target: string, giveUp: AbortSignal): Promise<void> {
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

async function write(source: FileHandle, part: string, giveUp: AbortSignal): Promise<void> {
  giveUp.throwIfAborted();
  const file = await open(part, 'wx', OWNER_ONLY);
  try {
    const reading = source.createReadStream({ start: 0, autoClose: false });
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
