/**
 * The evidence folder of an incident: the procedure's eight items, collected side by side.
 *
 * Invariants: a collector that fails is listed as missing evidence and never blocks the others;
 * collecting again after a restart keeps what is already there.
 */
import { chmod, copyFile, mkdir, readdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as si from 'systeminformation';
import type { Evidence, Forensics } from '../../../activities/ports.js';
import type { CauseFacts } from '../../../workflows/domain/crash/cause.js';
import type { CrashReport } from '../../../workflows/domain/crash/report.js';
import type { EvidenceItem } from '../../../workflows/domain/record.js';
import { writeAtomically } from '../../artifacts/index.js';
import { readCoreFacts } from './core-file.js';
import { backtraceOfCore, stacksOfProcess } from './debugger.js';
import { lastWords, recentLines } from './engine-logs.js';
import { readKernelLog } from './kernel-log.js';

export interface ForensicSettings {
  /** Where the kernel writes this engine's cores (a file core pattern). */
  coreFolder: string;
  /** The engine's executable, for backtraces. */
  executable: string;
  logs: string[];
  checkpointFolder: string;
}

const LOG_WINDOW_MS = 300_000;
const CORE_NAME = /^core(\.\d+)?$/;

export function createForensics(
  evidenceRoot: string,
  settingsOf: (engineId: string) => ForensicSettings,
): Forensics {
  const folderOf = (incidentId: string) => join(evidenceRoot, incidentId.replaceAll('/', '--'));

  async function addFile(incidentId: string, name: string, content: string): Promise<EvidenceItem> {
    await writeAtomically(join(folderOf(incidentId), name), content);
    return { name, collected: true, detail: `${Buffer.byteLength(content)} bytes` };
  }

  return {
    addFile,
    async traceStacks(report, incidentId) {
      const name = 'stacks_hung.txt';
      const { ok, stdout, why } = await stacksOfProcess(report.instance.pid);
      if (!ok) return { name, collected: false, detail: why };
      return addFile(incidentId, name, stdout);
    },
    async collect(report, incidentId, onProgress) {
      const settings = settingsOf(report.engineId);
      const folder = folderOf(incidentId);
      await mkdir(folder, { recursive: true });
      const add = (name: string, content: string) => addFile(incidentId, name, content);
      return collectAll({ report, folder, settings, add, onProgress });
    },
  };
}

interface Collection {
  report: CrashReport;
  folder: string;
  settings: ForensicSettings;
  add: (name: string, content: string) => Promise<EvidenceItem>;
  onProgress: () => void;
}

async function collectAll(collection: Collection): Promise<Evidence> {
  const ticking = setInterval(() => collection.onProgress(), 1_000);
  try {
    const [system, kernel, logs, core, checkpoints] = await Promise.all([
      systemState(collection),
      kernelLog(collection),
      engineLogs(collection),
      coreDump(collection),
      checkpointInfo(collection),
    ]);
    const facts: CauseFacts = {
      suspicion: collection.report.suspicion,
      coreSignal: core.signal,
      oomKilled: kernel.log.oomKilled,
      segfaultInKernelLog: kernel.log.segfault,
      assertionInLog: logs.lastWords,
      exit: null,
      kernelLogReadable: kernel.log.readable,
    };
    const items = [...system, ...kernel.items, ...logs.items, ...core.items, checkpoints];
    return { folder: collection.folder, items, facts };
  } finally {
    clearInterval(ticking);
  }
}

async function systemState({ add }: Collection): Promise<EvidenceItem[]> {
  const readers: [string, () => Promise<unknown>][] = [
    ['top.json', async () => topOf(await si.processes())],
    ['memory.json', () => si.mem()],
    ['disk.json', () => si.fsSize()],
    ['network.json', () => si.networkConnections()],
  ];
  return Promise.all(
    readers.map(async ([name, read]) => {
      try {
        return await add(name, `${JSON.stringify(await read(), null, 2)}\n`);
      } catch (error) {
        return missing(name, error);
      }
    }),
  );
}

/** Command lines may hold secrets: only names, not arguments. */
function topOf({ list, ...totals }: si.Systeminformation.ProcessesData) {
  const busiest = list.toSorted((a, b) => b.cpu - a.cpu).slice(0, 40);
  return {
    ...totals,
    list: busiest.map(({ pid, name, cpu, mem, state, memRss }) => ({
      pid,
      name,
      cpu,
      mem,
      state,
      memRss,
    })),
  };
}

async function kernelLog({ report, add }: Collection) {
  const log = await readKernelLog(report.instance.pid);
  if (!log.readable) {
    return { log, items: [missing('oom.txt', log.why), missing('segfault.txt', log.why)] };
  }
  const items = [
    await add('oom.txt', `${log.outOfMemory.join('\n')}\n`),
    await add('segfault.txt', `${log.segfaults.join('\n')}\n`),
  ];
  return { log, items };
}

async function engineLogs({ report, settings, add }: Collection) {
  const logs = await Promise.all(
    settings.logs.map((path) => recentLines(path, report.detectedAtMs, LOG_WINDOW_MS)),
  );
  const lines = logs.flatMap((log) => log.lines);
  const unreadable = logs.filter(({ error }) => error !== null);
  const items = [
    ...(lines.length > 0 || unreadable.length === 0
      ? [await add('logs_recent.txt', `${lines.join('\n')}\n`)]
      : []),
    ...unreadable.map(({ path, error }) => missing(`log ${path}`, error)),
  ];
  return { items, lastWords: lastWords(lines, report.instance.pid) };
}

async function coreDump({ report, folder, settings, add }: Collection) {
  const path = join(folder, 'core.dump');
  const found = (await exists(path)) ? path : await takeCore(report, settings.coreFolder, path);
  if (found === null)
    return { signal: null, items: [missing('core.dump', 'no core file of this process')] };
  await chmod(path, 0o600); // an engine's memory holds its keys
  const facts = await readCoreFacts(path).catch(() => null);
  const size = (await stat(path)).size;
  const dump = {
    name: 'core.dump',
    collected: true,
    detail: `${size} bytes, signal ${facts?.signal ?? '?'}`,
  };
  const { ok, stdout, why } = await backtraceOfCore(settings.executable, path);
  const trace = ok ? await add('backtrace.txt', stdout) : missing('backtrace.txt', why);
  return { signal: facts?.signal ?? null, items: [dump, trace] };
}

/** A core belongs to the process whose pid its notes name; it is moved, so the next has room. */
async function takeCore(report: CrashReport, coreFolder: string, target: string) {
  const names = await readdir(coreFolder).catch(() => []);
  for (const name of names.filter((entry) => CORE_NAME.test(entry))) {
    const source = join(coreFolder, name);
    const facts = await readCoreFacts(source).catch(() => null);
    if (facts?.pid !== report.instance.pid) continue;
    await mkdir(dirname(target), { recursive: true });
    await rename(source, target).catch(() => copyFile(source, target)); // another file system
    return target;
  }
  return null;
}

async function checkpointInfo({ settings, add }: Collection): Promise<EvidenceItem> {
  const name = 'checkpoint_info.txt';
  try {
    const names = (await readdir(settings.checkpointFolder)).sort();
    const lines = await Promise.all(
      names.map(async (file) => {
        const { size, mtime } = await stat(join(settings.checkpointFolder, file));
        return `${mtime.toISOString()} ${size} ${file}`;
      }),
    );
    return await add(name, `${lines.join('\n')}\n`);
  } catch (error) {
    return missing(name, error);
  }
}

function missing(name: string, why: unknown): EvidenceItem {
  const detail =
    why instanceof Error ? ((why as NodeJS.ErrnoException).code ?? why.name) : String(why);
  return { name, collected: false, detail };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
