/**
 * The last part of a log, with what was rotated away within the window, compressed or not.
 *
 * Invariants: no more is read of one log than its bound, whatever its files hold; the newest comes first
 * to be read, and the lines are told in the order in which they were written; what was left out is told.
 */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { bytesAt, whyUnread, withForeign } from '../../files/foreign.js';
import { isGzip, unpackedEnd, whyNotUnpacked, type UnpackLimits } from './packed-log.js';

const LARGEST_TAIL = 4 * 1024 * 1024;
const MOST_ROTATED = 5;
/** For all of one log: who collects it is waited for. */
const UNPACK_WITHIN_MS = 5_000;

/** A rotated file of the window of which not all was read, and why. */
export interface Skipped {
  file: string;
  why: string;
}

export interface LogText {
  lines: string[];
  /** Of the newest file. */
  writtenAtMs: number;
  /** Null where the file system does not tell. */
  bornAtMs: number | null;
  skipped: Skipped[];
}

interface Tail {
  lines: string[];
  bytes: number;
  writtenAtMs: number;
  bornAtMs: number | null;
  /** Why it is not all that it should be; null where it is. */
  flaw: string | null;
}

/** Fails with the codes of `node:fs` where the log itself cannot be read, and nothing was rotated. */
export async function readLog(path: string, sinceMs: number): Promise<LogText> {
  const rotated = await rotatedOf(path, sinceMs);
  const newest = await tailOf(path, LARGEST_TAIL).catch((error: unknown) => {
    if (rotated.length === 0) throw error;
    return null;
  });
  const room = LARGEST_TAIL - (newest?.bytes ?? 0);
  const earlier = await earlierTails(rotated, room);
  const tails = [...earlier.tails, ...(newest === null ? [] : [newest])];
  return {
    lines: tails.flatMap((tail) => tail.lines),
    writtenAtMs: tails.at(-1)?.writtenAtMs ?? 0,
    bornAtMs: tails[0]?.bornAtMs ?? null,
    skipped: earlier.skipped,
  };
}

/** Oldest first, as far as there is room. */
async function earlierTails(
  rotated: readonly string[],
  most: number,
): Promise<{ tails: Tail[]; skipped: Skipped[] }> {
  const [tails, skipped] = [[] as Tail[], [] as Skipped[]];
  const untilMs = performance.now() + UNPACK_WITHIN_MS;
  let room = most;
  for (const file of rotated) {
    if (room <= 0) break;
    const tail = await rotatedTail(file, { mostBytes: room, untilMs });
    const why = typeof tail === 'string' ? tail : tail?.flaw;
    if (typeof why === 'string') skipped.push({ file, why });
    if (tail === null || typeof tail === 'string') continue;
    tails.unshift(tail);
    room -= tail.bytes;
  }
  return { tails, skipped };
}

/** In words why there is nothing of it; null where it is gone meanwhile. */
async function rotatedTail(file: string, limits: UnpackLimits): Promise<Tail | string | null> {
  const why = whyNotUnpacked(file);
  if (why !== null) return why;
  try {
    return await (isGzip(file) ? packedTail(file, limits) : tailOf(file, limits.mostBytes));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : whyUnread(error);
  }
}

/**
 * `engine.log.1`, `engine.log-20261128`, `engine.log.2.gz`: those written since then, newest first. While one is
 * being compressed it is there twice, and the compressed one is not whole.
 */
async function rotatedOf(path: string, sinceMs: number): Promise<string[]> {
  const [folder, name] = [dirname(path), basename(path)];
  const names: string[] = await readdir(folder).catch(() => []);
  const named = names.filter(
    (other) =>
      other.startsWith(name) &&
      /^[.-]\d/.test(other.slice(name.length)) &&
      !names.includes(plainName(other)),
  );
  const dated = await Promise.all(
    named.map(async (other) => {
      const file = join(folder, other);
      return {
        file,
        mtimeMs: await stat(file).then(
          (found) => found.mtimeMs,
          () => 0,
        ),
      };
    }),
  );
  return dated
    .filter(({ mtimeMs }) => mtimeMs >= sinceMs)
    .toSorted((a, b) => b.mtimeMs - a.mtimeMs)
    .slice(0, MOST_ROTATED)
    .map(({ file }) => file);
}

/** Of a compressed one what it was before; empty for one that is none. */
function plainName(name: string): string {
  const isPacked = isGzip(name) || whyNotUnpacked(name) !== null;
  return isPacked ? name.slice(0, name.lastIndexOf('.')) : '';
}

async function tailOf(path: string, most: number): Promise<Tail> {
  return withForeign(path, {}, async ({ file, stats: { size, mtimeMs, birthtimeMs } }) => {
    const length = Math.min(size, most);
    const end = await bytesAt(file, size - length, length);
    // Zero, or the time of the last change, is what file systems say that keep no birth.
    const bornAtMs = birthtimeMs > 0 && birthtimeMs <= mtimeMs ? birthtimeMs : null;
    const lines = linesIn(end, size <= length);
    return { lines, bytes: length, writtenAtMs: mtimeMs, bornAtMs, flaw: null };
  });
}

/** Born when it was compressed, it may hold lines of long before. */
async function packedTail(path: string, limits: UnpackLimits): Promise<Tail> {
  const { end, whole, writtenAtMs, damaged } = await unpackedEnd(path, limits);
  const flaw = damaged ? 'is damaged, or not whole: it is read as far as it goes' : null;
  return { lines: linesIn(end, whole), bytes: end.length, writtenAtMs, bornAtMs: null, flaw };
}

/** Where only the end is read, its first line has lost its beginning. */
function linesIn(bytes: Buffer, whole: boolean): string[] {
  const text = bytes.toString();
  return (whole ? text : text.slice(text.indexOf('\n') + 1)).split('\n').filter(Boolean);
}
