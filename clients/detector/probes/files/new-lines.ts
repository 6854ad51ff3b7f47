/**
 * What is new in a log that somebody else writes: whole lines, since the last look.
 *
 * Invariants: a look reads no more than its bound, and of one line no more than the longest; a file that was
 * rotated away is read to its end; lines are dated by when they cannot have been written yet, and what was
 * there before the first look only by the birth of the file; what a file holds that does not go on from the
 * one that was read (written anew, or in the place of another) may be of any age, and is no line.
 */
import type { Stats } from 'node:fs';
import { lstat, readdir, type FileHandle } from 'node:fs/promises';
import { uptime } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { bytesAt, withForeign } from '../../../files/foreign.js';
import { createLineCutter, type Line, type LineCutter } from './line-cutter.js';

const MOST_BYTES = 4 * 1024 * 1024;
/** By the bytes before the place that was read to: those of one that was written anew differ. */
const MARK_BYTES = 64;

export interface Written {
  /** Later than that, in milliseconds since the boot. */
  afterMs: number;
  /** It was there at the first look. */
  isFirst: boolean;
}

export interface NewLines {
  lines: Line<Written>[];
  /** More was written than is read at once. */
  skipped: boolean;
  uid: number;
  mode: number;
}

interface Place {
  dev: number;
  ino: number;
  offset: number;
  mark: Buffer;
}

export interface Log {
  /** Null where there is none. Fails with ForeignRefused, or with the codes of `node:fs`. */
  read(): Promise<NewLines | null>;
}

export function followLog(path: string): Log {
  const cutter = createLineCutter<Written>();
  let place: Place | null = null;
  /** Null before the first look, whether there was a file or not. */
  let lookedMs: number | null = null;

  async function readIn(file: FileHandle, stats: Stats): Promise<NewLines> {
    const nowMs = sinceBootMs();
    const before = place;
    const written = { afterMs: lookedMs ?? bornMs(stats, nowMs), isFirst: lookedMs === null };
    const course = await courseOf(path, before, file, stats);
    const begin = Math.max(course.from, stats.size - (course.isKnown ? MOST_BYTES : MARK_BYTES));
    const bytes = await bytesAt(file, begin, stats.size - begin);
    // First of all: what fails below is not read for ever.
    place = placeAfter(course.mark, stats, begin, bytes);
    lookedMs = nowMs;
    const isWhole = begin === course.from;
    const lines = linesOf(cutter, written, { ...course, isWhole, bytes });
    const skipped = before !== null && course.isKnown && !isWhole;
    return { lines, skipped, uid: stats.uid, mode: stats.mode };
  }

  return {
    async read() {
      const began = sinceBootMs();
      try {
        return await withForeign(path, {}, ({ file, stats }) => readIn(file, stats));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        lookedMs = began;
        return null;
      }
    },
  };
}

/** How a file goes on from the one that was read. */
interface Course {
  goesOn: boolean;
  from: number;
  mark: Buffer;
  /** What the file that was read got before it was rotated away. */
  rest: Buffer;
  /** What it holds is as new as it seems. */
  isKnown: boolean;
}

const NOTHING = Buffer.alloc(0);
const ANEW: Course = { goesOn: false, from: 0, mark: NOTHING, rest: NOTHING, isKnown: true };

async function courseOf(
  path: string,
  before: Place | null,
  file: FileHandle,
  stats: Stats,
): Promise<Course> {
  if (before === null) return ANEW;
  const { offset: from, mark } = before;
  if (await isSame(before, file, stats)) return { ...ANEW, goesOn: true, from, mark };
  const rest = await restOf(path, before);
  return { ...ANEW, rest: rest ?? NOTHING, isKnown: rest !== null || stats.size === 0 };
}

interface Read extends Course {
  /** Nothing was left out before the bytes. */
  isWhole: boolean;
  bytes: Buffer;
}

function linesOf(
  cutter: LineCutter<Written>,
  written: Written,
  { goesOn, rest, isKnown, isWhole, bytes }: Read,
): Line<Written>[] {
  const ofOld = goesOn ? [] : [...cutter.cut(rest, written), ...cutter.end()];
  if (!isWhole) cutter.skip();
  const ofThis = cutter.cut(bytes, written);
  if (isKnown) return [...ofOld, ...ofThis];
  cutter.forget();
  return ofOld;
}

function placeAfter(before: Buffer, { dev, ino }: Stats, begin: number, bytes: Buffer): Place {
  const mark = Buffer.concat([before, bytes]).subarray(-MARK_BYTES);
  return { dev, ino, offset: begin + bytes.length, mark: Buffer.from(mark) };
}

function sinceBootMs(): number {
  return uptime() * 1_000;
}

/** Where the file system tells no birth, as old as the machine. */
function bornMs({ birthtimeMs }: Stats, nowMs: number): number {
  return birthtimeMs > 0 ? nowMs - (Date.now() - birthtimeMs) : 0;
}

async function isSame(before: Place, file: FileHandle, { dev, ino, size }: Stats) {
  if (before.dev !== dev || before.ino !== ino || size < before.offset) return false;
  const { mark, offset } = before;
  return (await bytesAt(file, offset - mark.length, mark.length)).equals(mark);
}

/** Of the file that had the name before; null where it is gone, or does not go on itself. */
async function restOf(path: string, before: Place): Promise<Buffer | null> {
  const { dev, ino, offset } = before;
  const [folder, name] = [dirname(path), basename(path)];
  const names = await readdir(folder).catch(() => []);
  for (const other of names.filter((each) => each.startsWith(name) && each !== name)) {
    const found = await lstat(join(folder, other)).catch(() => null);
    if (found?.ino !== ino || found.dev !== dev) continue;
    return withForeign(join(folder, other), {}, async ({ file, stats }) => {
      if (!(await isSame(before, file, stats))) return null;
      return bytesAt(file, offset, Math.min(MOST_BYTES, stats.size - offset));
    }).catch(() => null);
  }
  return null;
}
