/**
 * The crashes of each engine of this host, a line of JSON each, for whoever looks without Temporal.
 *
 * Invariants: a death has one line, however often it is found; two files of bounded size are kept, so the
 * newest lines are always there; a line that was cut off harms no other.
 */
import { join } from 'node:path';
import pLimit from 'p-limit';
import { z } from 'zod';
import { CrashReport } from '../../workflows/domain/crash/report.js';
import { keepContent, keepName } from '../files/atomic.js';
import { disk } from '../files/disk.js';
import type { Files } from '../files/files.js';
import { makeFolders } from '../files/folders.js';
import { fileNameOf } from '../files/names.js';

const LARGEST = 1024 * 1024;
const NEW_LINE = 0x0a;
const LONGEST_WORDS = 1_000;
const MODE = 0o600;
const FOLDER_MODE = 0o700;

const Line = CrashReport.pick({
  engineId: true,
  host: true,
  suspicion: true,
  probe: true,
  detail: true,
  detectedAtMs: true,
}).extend({
  at: z.string(),
  instanceId: z.string(),
  /** Null where no process of it was ever seen. */
  pid: z.number().nullable(),
  epoch: z.number(),
  build: z.string().nullable(),
  killSwitch: z.string(),
});
type CrashLine = z.infer<typeof Line>;

export interface CrashLog {
  /** Gives all lines that are kept, oldest first. Fails with the codes of `node:fs`. */
  add(report: CrashReport, killSwitch: string): Promise<CrashLine[]>;
  of(engineId: string): Promise<CrashLine[]>;
}

export function createCrashLog(folder: string, files: Files = disk): CrashLog {
  const inOrder = pLimit(1);
  const pathOf = (engineId: string) => join(folder, `${fileNameOf(engineId)}.jsonl`);
  const linesOf = async (engineId: string) => {
    const path = pathOf(engineId);
    const kept = await Promise.all([`${path}.1`, path].map((one) => files.read(one, 2 * LARGEST)));
    return kept.flatMap((content) => linesIn(content?.toString() ?? ''));
  };
  async function add(report: CrashReport, killSwitch: string): Promise<CrashLine[]> {
    const kept = await linesOf(report.engineId).catch(() => []);
    const { instanceId } = report.instance;
    const path = pathOf(report.engineId);
    if (kept.some((line) => line.instanceId === instanceId)) {
      await keepContent(path, files);
      return kept;
    }
    const line = lineOf(report, killSwitch);
    await makeFolders(folder, files, FOLDER_MODE);
    await append(path, JSON.stringify(line), files);
    return [...kept, line];
  }
  return {
    add: (report, killSwitch) => inOrder(() => add(report, killSwitch)),
    of: linesOf,
  };
}

async function append(path: string, line: string, files: Files): Promise<void> {
  const found = await files.head(path, LARGEST + 1);
  // The one before has its other name on the disk, before this name is a new file's.
  if (found === null) await keepName(path, files);
  const before = found ?? Buffer.alloc(0);
  const isCutOff = before.length > 0 && before.at(-1) !== NEW_LINE;
  await files.append(path, `${isCutOff ? '\n' : ''}${line}\n`, MODE);
  await keepName(path, files);
  if (before.length + line.length > LARGEST) await files.rename(path, `${path}.1`);
}

function lineOf(report: CrashReport, killSwitch: string): CrashLine {
  const { instance, detail, ...told } = report;
  const { instanceId, pid, epoch, build } = instance;
  return Line.parse({
    at: new Date(report.detectedAtMs).toISOString(),
    ...told,
    detail: detail.slice(0, LONGEST_WORDS),
    build: build?.slice(0, LONGEST_WORDS) ?? null,
    instanceId,
    pid,
    epoch,
    killSwitch,
  });
}

function linesIn(text: string): CrashLine[] {
  return text.split('\n').flatMap((line) => {
    try {
      const parsed = Line.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}
