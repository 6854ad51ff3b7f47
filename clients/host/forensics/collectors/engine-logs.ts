/**
 * The last minutes of the engine's logs, and its last words.
 *
 * Invariant: a line is this process's where its time says so, or where it comes after one that is; what
 * nothing dates may be of an earlier life: it is shown, and no fact.
 */
import type { EvidenceItem } from '../../../../workflows/domain/record.js';
import { tailOfForeign, whyUnread } from '../../../files/foreign.js';
import { START_GRAIN_MS } from '../life.js';
import { missing, type Collector } from './collector.js';

const NAME = 'logs_recent.txt';
const LIMIT_MS = 20_000;
const WINDOW_MS = 300_000;
const LARGEST_TAIL = 4 * 1024 * 1024;
const LONGEST_WORDS = 500;
/** What a process wrote last may be stamped by who reads its output. */
const LAST_LINES_MS = 1_000;
const LAST_WORDS =
  /assert(ion)?.{0,20}fail|fatal error|out of memory|terminate called|panic(ked)?\b|abort(ed|ing)?:/i;

export interface EngineLog {
  path: string;
  lines: string[];
  error: string | null;
}

/** Lines of the last `windowMs` before `untilMs`; lines without a readable time are kept. */
export async function recentLines(
  path: string,
  untilMs: number,
  windowMs: number,
): Promise<EngineLog> {
  try {
    const lines = (await tailOfForeign(path, LARGEST_TAIL))
      .toString()
      .split('\n')
      .filter((line) => line !== '');
    const recent = lines.filter((line) => {
      const timeMs = timeOf(line);
      return timeMs === null || (timeMs >= untilMs - windowMs && timeMs <= untilMs + windowMs);
    });
    return { path, lines: recent, error: null };
  } catch (error) {
    return { path, lines: [], error: whyUnread(error) };
  }
}

/** The process whose words are looked for, and the while in which it lived. */
export interface Life {
  pid: number;
  /** Null where that cannot be told. */
  startedAtMs: number | null;
  detectedAtMs: number;
}

export interface LastWords {
  /** The last assertion or fatal line that this process wrote. */
  own: string | null;
  /** One that nothing dates: it may be of an earlier life, so it proves nothing. */
  undated: string | null;
}

/** Each log for itself: where a life begins in one says nothing of another. */
export function lastWords(logs: readonly (readonly string[])[], life: Life): LastWords {
  const lives = logs.map((lines) => ({ lines, own: linesOfLife(lines, life) }));
  const undated = lives.filter(({ own }) => own === null).flatMap(({ lines }) => lines);
  return {
    own: lastWordsIn(lives.flatMap(({ own }) => own ?? [])),
    undated: lastWordsIn(undated.filter((line) => timeOf(line) === null)),
  };
}

function lastWordsIn(lines: readonly string[]): string | null {
  const words = lines.findLast((line) => LAST_WORDS.test(line));
  return words === undefined ? null : words.slice(0, LONGEST_WORDS);
}

/** From the first line that is surely its own to its end; null where no line is. */
function linesOfLife(lines: readonly string[], life: Life): readonly string[] | null {
  const first = lines.findIndex((line) => begins(line, life));
  if (first === -1) return null;
  const own = lines.slice(first);
  const end = own.findIndex((line) => (timeOf(line) ?? 0) > life.detectedAtMs + LAST_LINES_MS);
  return end === -1 ? own : own.slice(0, end);
}

/** Its time goes before its pid, which an earlier life may have had too. */
function begins(line: string, { pid, startedAtMs }: Life): boolean {
  const timeMs = timeOf(line);
  if (timeMs === null || startedAtMs === null) return line.includes(`"pid":${pid},`);
  return timeMs >= startedAtMs - START_GRAIN_MS;
}

/** JSON lines with `time` (milliseconds or ISO), or a line that begins with an ISO time. */
export function timeOf(line: string): number | null {
  const time = /"time":("([^"]+)"|(\d{13}))/.exec(line);
  if (time?.[3] !== undefined) return Number(time[3]);
  const iso = time?.[2] ?? /^\[?(\d{4}-\d\d-\d\d[T ][\d:.]+Z?)/.exec(line)?.[1];
  const parsed = iso === undefined ? Number.NaN : Date.parse(iso);
  return Number.isNaN(parsed) ? null : parsed;
}

export const engineLogs: Collector<'logs'> = {
  name: NAME,
  timeoutMs: LIMIT_MS,
  async collect({ report, startedAtMs, settings, add }) {
    const { detectedAtMs, instance } = report;
    const logs = await Promise.all(
      settings.logs.map((path) => recentLines(path, detectedAtMs, WINDOW_MS)),
    );
    const life = { pid: instance.pid, startedAtMs, detectedAtMs };
    const texts = logs.map(({ lines }) => lines);
    const { own, undated } = lastWords(texts, life);
    const lines = texts.flat();
    const unreadable = logs.filter(({ error }) => error !== null);
    const items = [
      ...(lines.length > 0 || unreadable.length === 0
        ? [withDoubt(await add(NAME, `${lines.join('\n')}\n`), own === null ? undated : null)]
        : []),
      ...unreadable.map(({ path, error }) => missing(`log ${path}`, error)),
    ];
    return { items, facts: { assertionInLog: own } };
  },
};

function withDoubt(item: EvidenceItem, undated: string | null): EvidenceItem {
  if (undated === null) return item;
  return { ...item, detail: `${item.detail}; may be of an earlier life: ${undated}` };
}
