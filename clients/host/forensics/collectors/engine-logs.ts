/** The last minutes of the engine's logs, and its last words. */
import { open } from 'node:fs/promises';
import { missing, type Collector } from './collector.js';

const LIMIT_MS = 20_000;
const WINDOW_MS = 300_000;
const LARGEST_TAIL = 4 * 1024 * 1024;
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
    const lines = (await tailOf(path)).split('\n').filter((line) => line !== '');
    const recent = lines.filter((line) => {
      const timeMs = timeOf(line);
      return timeMs === null || (timeMs >= untilMs - windowMs && timeMs <= untilMs + windowMs);
    });
    return { path, lines: recent, error: null };
  } catch (error) {
    return { path, lines: [], error: (error as NodeJS.ErrnoException).code ?? 'unreadable' };
  }
}

/** The last assertion or fatal line that this process wrote, not one of an earlier life. */
export function lastWords(lines: readonly string[], pid: number): string | null {
  const first = lines.findIndex((line) => line.includes(`"pid":${pid},`));
  const own = first === -1 ? lines : lines.slice(first);
  const words = own.findLast((line) => LAST_WORDS.test(line));
  return words === undefined ? null : words.slice(0, 500);
}

async function tailOf(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const length = Math.min(size, LARGEST_TAIL);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.subarray(0, bytesRead).toString();
  } finally {
    await file.close();
  }
}

/** JSON lines with `time` (milliseconds or ISO), or a line that begins with an ISO time. */
function timeOf(line: string): number | null {
  const time = /"time":("([^"]+)"|(\d{13}))/.exec(line);
  if (time?.[3] !== undefined) return Number(time[3]);
  const iso = time?.[2] ?? /^\[?(\d{4}-\d\d-\d\d[T ][\d:.]+Z?)/.exec(line)?.[1];
  const parsed = iso === undefined ? Number.NaN : Date.parse(iso);
  return Number.isNaN(parsed) ? null : parsed;
}

export const engineLogs: Collector = {
  name: 'logs_recent.txt',
  timeoutMs: LIMIT_MS,
  async collect({ report, settings, add }) {
    const logs = await Promise.all(
      settings.logs.map((path) => recentLines(path, report.detectedAtMs, WINDOW_MS)),
    );
    const lines = logs.flatMap((log) => log.lines);
    const unreadable = logs.filter(({ error }) => error !== null);
    const items = [
      ...(lines.length > 0 || unreadable.length === 0
        ? [await add('logs_recent.txt', `${lines.join('\n')}\n`)]
        : []),
      ...unreadable.map(({ path, error }) => missing(`log ${path}`, error)),
    ];
    return { items, facts: { assertionInLog: lastWords(lines, report.instance.pid) } };
  },
};
