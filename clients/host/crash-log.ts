/**
 * The crashes of each engine of this host, a line of JSON each, for whoever looks without Temporal.
 *
 * Invariants: a death has one line, however often it is found; two files of bounded size are kept, so the
 * newest lines are always there; a line that was cut off harms no other.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { z } from 'zod';
import { CrashReport } from '../../workflows/domain/crash/report.js';
import { disk } from '../files/disk.js';
import { fileNameOf } from '../files/names.js';

const LARGEST = 1024 * 1024;
const LONGEST_WORDS = 1_000;
const MODE = 0o600;
const FOLDER_MODE = 0o700;
const TO_APPEND = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;

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

export function createCrashLog(folder: string): CrashLog {
  const inOrder = pLimit(1);
  const pathOf = (engineId: string) => join(folder, `${fileNameOf(engineId)}.jsonl`);
  const linesOf = async (engineId: string) => {
    const path = pathOf(engineId);
    const files = await Promise.all([`${path}.1`, path].map((one) => disk.read(one, 2 * LARGEST)));
    return files.flatMap((content) => linesIn(content?.toString() ?? ''));
  };
  async function add(report: CrashReport, killSwitch: string): Promise<CrashLine[]> {
    const kept = await linesOf(report.engineId).catch(() => []);
    const { instanceId } = report.instance;
    if (kept.some((line) => line.instanceId === instanceId)) return kept;
    const line = lineOf(report, killSwitch);
    await disk.makeFolder(folder, FOLDER_MODE);
    await append(pathOf(report.engineId), JSON.stringify(line));
    return [...kept, line];
  }
  return {
    add: (report, killSwitch) => inOrder(() => add(report, killSwitch)),
    of: linesOf,
  };
}

async function append(path: string, line: string): Promise<void> {
  const file = await open(path, TO_APPEND, MODE);
  try {
    const { size } = await file.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await file.read(last, 0, 1, size - 1);
    const isCutOff = size > 0 && last.toString() !== '\n';
    await file.appendFile(`${isCutOff ? '\n' : ''}${line}\n`);
    await file.sync();
    if (size + line.length > LARGEST) await disk.rename(path, `${path}.1`);
  } finally {
    await file.close();
  }
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
