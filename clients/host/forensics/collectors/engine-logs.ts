/** The last minutes of the engine's logs, rotated ones too, with their errors, warnings, and its last words. */
import { basename } from 'node:path';
import { withoutSecrets } from '../../../../workflows/domain/content/without-secrets.js';
import type { EvidenceItem } from '../../../../workflows/domain/crash/evidence.js';
import { whyUnread } from '../../../files/foreign.js';
import { readLog, type Skipped } from '../log-files.js';
import { missing, type Collector } from './collector.js';
import { lastWords, timeOf, type LogOfLife } from './last-words.js';

const NAME = 'logs_recent.txt';
const LIMIT_MS = 20_000;
const WINDOW_MS = 300_000;

export interface EngineLog extends LogOfLife {
  path: string;
  lines: string[];
  error: string | null;
  skipped: Skipped[];
}

/** Lines of the last `windowMs` before `untilMs`; lines without a readable time are kept. */
export async function recentLines(
  path: string,
  untilMs: number,
  windowMs: number,
): Promise<EngineLog> {
  try {
    const { lines, ...dates } = await readLog(path, untilMs - windowMs);
    const recent = lines.filter((line) => {
      const timeMs = timeOf(line);
      return timeMs === null || (timeMs >= untilMs - windowMs && timeMs <= untilMs + windowMs);
    });
    return { path, lines: recent, error: null, ...dates };
  } catch (error) {
    return { path, lines: [], error: whyUnread(error), skipped: [] };
  }
}

export const engineLogs: Collector<'logs'> = {
  name: NAME,
  timeoutMs: LIMIT_MS,
  async collect({ report, startedAtMs, settings, add }) {
    const { detectedAtMs, instance } = report;
    const logs = await Promise.all(
      settings.logs.map((path) => recentLines(path, detectedAtMs, WINDOW_MS)),
    );
    const { own, undated } = lastWords(logs, { pid: instance.pid, startedAtMs, detectedAtMs });
    const lines = logs.flatMap((log) => log.lines);
    const unreadable = logs.filter(({ error }) => error !== null);
    const items = [
      ...(lines.length > 0 || unreadable.length === 0
        ? [withDoubt(await add(NAME, `${lines.join('\n')}\n`), own === null ? undated : null)]
        : []),
      ...unreadable.map(({ path, error }) => missing(`log ${path}`, error)),
      ...logs.flatMap(({ skipped }) => skipped).map(({ file, why }) => missing(`log ${file}`, why)),
    ];
    return { items, facts: { lastWords: own } };
  },
};

/** For the end of a sentence: what of rotated logs was not read; empty where all was. */
export function withoutSkipped(logs: readonly Pick<EngineLog, 'skipped'>[]): string {
  const skipped = logs.flatMap((log) => log.skipped);
  return skipped.map(({ file, why }) => `; without ${basename(file)}: ${why}`).join('');
}

function withDoubt(item: EvidenceItem, undated: string | null): EvidenceItem {
  if (undated === null) return item;
  const words = withoutSecrets(undated);
  return { ...item, detail: `${item.detail}; may be of an earlier life: ${words}` };
}
