/**
 * The last words of a process: what its run-time or itself wrote before it ended.
 *
 * Invariant: a line is this process's where its time says so, where it comes after one that is, or where the
 * file itself cannot be older than the process; what nothing dates may be of an earlier life, and is no fact.
 */
import {
  continuesWords,
  spokenCause,
} from '../../../../workflows/domain/crash/cause/last-words.js';
import { START_GRAIN_MS } from '../life.js';

const LONGEST_WORDS = 500;
/** What a process wrote last may be stamped by who reads its output. */
const LAST_LINES_MS = 1_000;

/** The process whose words are looked for, and the while in which it lived. */
export interface Life {
  /** Null where there was none: no line is its own. */
  pid: number | null;
  /** Null where that cannot be told. */
  startedAtMs: number | null;
  detectedAtMs: number;
}

export interface LogOfLife {
  lines: readonly string[];
  /** When its newest file was written last; null where that is not known. */
  writtenAtMs?: number | null;
  bornAtMs?: number | null;
}

export interface LastWords {
  /** The last assertion or fatal line that this process wrote. */
  own: string | null;
  /** One that nothing dates: it may be of an earlier life, so it proves nothing. */
  undated: string | null;
}

/** Each log for itself: where a life begins in one says nothing of another. */
export function lastWords(logs: readonly LogOfLife[], life: Life): LastWords {
  const lives = logs.map((log) => ({ log, own: linesOfLife(log, life) }));
  const undated = lives.filter(({ own }) => own === null).flatMap(({ log }) => log.lines);
  return {
    own: lastWordsIn(lives.flatMap(({ own }) => own ?? [])),
    undated: lastWordsIn(undated.filter((line) => timeOf(line) === null)),
  };
}

/** A second line belongs to the first, and is no word without it. */
function lastWordsIn(lines: readonly string[]): string | null {
  const at = lines.findLastIndex((line) => spokenCause(line) !== null && !continuesWords(line));
  const words = lines[at];
  if (words === undefined) return null;
  const next = lines[at + 1] ?? '';
  const said = continuesWords(next) ? `${words} ${next.trim()}` : words;
  return said.slice(0, LONGEST_WORDS);
}

/** From the first line that is surely its own to its end; null where no line is. */
function linesOfLife(log: LogOfLife, life: Life): readonly string[] | null {
  const { lines } = log;
  if (isOfLife(log.bornAtMs, life)) return withinLife(lines, life);
  const first = lines.findIndex((line) => begins(line, life));
  if (first !== -1) return withinLife(lines.slice(first), life);
  return isOfLife(log.writtenAtMs, life) ? lastUtterance(lines) : null;
}

/** Up to the first line of whoever came next; a copied file has dated lines of before. */
function withinLife(lines: readonly string[], life: Life): readonly string[] {
  const { startedAtMs, detectedAtMs } = life;
  const end = lines.findIndex((line) => (timeOf(line) ?? 0) > detectedAtMs + LAST_LINES_MS);
  const until = end === -1 ? lines : lines.slice(0, end);
  return until.filter(
    (line) => startedAtMs === null || (timeOf(line) ?? startedAtMs) >= startedAtMs - START_GRAIN_MS,
  );
}

/** Rather later than earlier: what a file holds that was made at the very start may be of the life before. */
function isOfLife(atMs: number | null | undefined, { startedAtMs, detectedAtMs }: Life): boolean {
  if (atMs === null || atMs === undefined || startedAtMs === null) return false;
  return atMs >= startedAtMs + START_GRAIN_MS && atMs <= detectedAtMs + LAST_LINES_MS;
}

/** A file that was written in this life ends with words of this life, and what belongs to them. */
function lastUtterance(lines: readonly string[]): readonly string[] | null {
  const last = lines.at(-1);
  if (last === undefined || timeOf(last) !== null) return null;
  return continuesWords(last) ? lines.slice(-2) : [last];
}

/** Its time goes before its pid, which an earlier life may have had too. */
function begins(line: string, { pid, startedAtMs }: Life): boolean {
  const timeMs = timeOf(line);
  if (timeMs === null || startedAtMs === null)
    return pid !== null && line.includes(`"pid":${pid},`);
  return timeMs >= startedAtMs - START_GRAIN_MS;
}

/** JSON lines with `time` (milliseconds or ISO), or a line that begins with an ISO time. */
export function timeOf(line: string): number | null {
  const time = /"time":("([^"]{1,40})"|(\d{13}))/.exec(line);
  if (time?.[3] !== undefined) return Number(time[3]);
  const iso =
    time?.[2] ??
    /^\[?(\d{4}-\d\d-\d\d[T ][\d:]+(?:[.,]\d+)?(?: ?(?:Z|[+-]\d\d:?\d\d))?)/.exec(line)?.[1];
  const parsed =
    iso === undefined ? Number.NaN : Date.parse(iso.replace(',', '.').replace(/ (?=[Z+-])/, ''));
  return Number.isNaN(parsed) ? null : parsed;
}
