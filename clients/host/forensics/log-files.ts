/**
 * The last part of a log, with what was rotated away within the window.
 *
 * Invariants: no more is read of one log than its bound, whatever its files hold; the newest comes first
 * to be read, and the lines are told in the order in which they were written.
 */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { bytesAt, withForeign } from '../../files/foreign.js';

const LARGEST_TAIL = 4 * 1024 * 1024;
const MOST_ROTATED = 5;
const COMPRESSED = /\.(?:gz|xz|bz2|zst|lz4|zip)$/;

export interface LogText {
  lines: string[];
  /** Of the newest file. */
  writtenAtMs: number;
  /** Null where the file system does not tell. */
  bornAtMs: number | null;
}

interface Tail extends LogText {
  text: string;
}

/** Fails with the codes of `node:fs` where the log itself cannot be read, and nothing was rotated. */
export async function readLog(path: string, sinceMs: number): Promise<LogText> {
  const rotated = await rotatedOf(path, sinceMs);
  const newest = await tailOf(path, LARGEST_TAIL).catch((error: unknown) => {
    if (rotated.length === 0) throw error;
    return null;
  });
  const room = LARGEST_TAIL - (newest?.text.length ?? 0);
  const tails = [...(await earlierTails(rotated, room)), ...(newest === null ? [] : [newest])];
  return {
    lines: tails.flatMap((tail) => tail.lines),
    writtenAtMs: tails.at(-1)?.writtenAtMs ?? 0,
    bornAtMs: tails[0]?.bornAtMs ?? null,
  };
}

/** Oldest first, as far as there is room. */
async function earlierTails(rotated: readonly string[], most: number): Promise<Tail[]> {
  const tails: Tail[] = [];
  let room = most;
  for (const path of rotated) {
    const tail = room <= 0 ? null : await tailOf(path, room).catch(() => null);
    if (tail === null) continue;
    tails.unshift(tail);
    room -= tail.text.length;
  }
  return tails;
}

/** `engine.log.1`, `engine.log-20261128`, `engine.log.2026-11-28`: those written since then, newest first. */
async function rotatedOf(path: string, sinceMs: number): Promise<string[]> {
  const [folder, name] = [dirname(path), basename(path)];
  const names = await readdir(folder).catch(() => []);
  const named = names.filter(
    (other) =>
      other.startsWith(name) && /^[.-]\d/.test(other.slice(name.length)) && !COMPRESSED.test(other),
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

async function tailOf(path: string, most: number): Promise<Tail> {
  return withForeign(path, {}, async ({ file, stats: { size, mtimeMs, birthtimeMs } }) => {
    const length = Math.min(size, most);
    const text = (await bytesAt(file, size - length, length)).toString();
    // Where only the end is read, its first line has lost its beginning.
    const whole = size > length ? text.slice(text.indexOf('\n') + 1) : text;
    const lines = whole.split('\n').filter((line) => line !== '');
    // Zero, or the time of the last change, is what file systems say that keep no birth.
    const bornAtMs = birthtimeMs > 0 && birthtimeMs <= mtimeMs ? birthtimeMs : null;
    return { text, lines, writtenAtMs: mtimeMs, bornAtMs };
  });
}
