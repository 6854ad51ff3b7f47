/** The crash engine of the sandbox, built once for each way to build it, and what is found of its deaths. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { TestContext } from 'node:test';
import { coreDumpWithin } from '../../../../clients/host/forensics/collectors/core-dump.js';
import { engineLogs } from '../../../../clients/host/forensics/collectors/engine-logs.js';
import { hungStacks } from '../../../../clients/host/forensics/collectors/hung-stacks.js';
import { kernelLog } from '../../../../clients/host/forensics/collectors/kernel-log.js';
import type { Collector } from '../../../../clients/host/forensics/collectors/collector.js';
import { parseCorePattern } from '../../../../clients/host/forensics/cores/core-pattern.js';
import { createForensics } from '../../../../clients/host/forensics/index.js';
import { startTicks } from '../../../../sandbox/engine/process-identity.js';
import type { Exit } from '../../../../workflows/domain/crash/cause/exit.js';
import { classifyCause } from '../../../../workflows/domain/crash/cause/classify.js';
import type { CrashReport, Suspicion } from '../../../../workflows/domain/crash/report.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { folderOf } from '../processes.js';
import { WHOLE } from '../evidence/whole.js';

const SOURCES = join(import.meta.dirname, '../../../../sandbox/crash-engine');
const NAME = 'crash-engine';
const COMMON = ['-std=c++17', '-g', '-fstack-protector-all', '-Wno-infinite-recursion'];

export interface Build {
  flags: readonly string[];
  /** Lines that come before all others. */
  moved?: number;
}

/** Kept between runs by the hash of all that it is made of. */
export function built({ flags, moved = 0 }: Build): string {
  const sources = readdirSync(SOURCES).map((name) => {
    const text = readFileSync(join(SOURCES, name), 'utf8');
    return [name, `${'\n'.repeat(moved)}${text}`] as const;
  });
  const key = createHash('sha256')
    .update(JSON.stringify([COMMON, flags, sources]))
    .digest('hex');
  const folder = join(
    tmpdir(),
    `relight-crash-engine-${process.getuid?.() ?? 0}`,
    key.slice(0, 16),
  );
  const binary = join(folder, NAME);
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const [name, text] of sources) writeFileSync(join(folder, name), text);
  const part = `${binary}.${process.pid}`;
  const args = [...COMMON, ...flags, '-o', part, 'main.cpp', '-pthread'];
  execFileSync('c++', args, { cwd: folder, stdio: 'inherit' });
  renameSync(part, binary);
  return binary;
}

const usual = () => built({ flags: ['-O1', '-fno-omit-frame-pointer'] });

/** A name of its own for each: where only the program's name fits, the kernel's words of another would be its. */
function linked(binary: string, folder: string): string {
  const own = join(folder, `crash-${basename(folder).slice(-6)}`);
  linkSync(binary, own);
  return own;
}

export interface Run {
  death: string;
  binary?: string;
  threads?: number;
  waitMs?: number;
  /** Of memory, which its core has too. */
  megabytes?: number;
  cores?: boolean;
  /** Where it leaves its pid. */
  pidFile?: string;
  /** A thread of its own writes the heartbeat record there. */
  beats?: string;
  /** And tells there how far the trading thread has come. */
  progress?: boolean;
  /** Before the engine starts: what the log and the folders hold. */
  prepare?: (place: Place) => void;
}

export interface Place {
  folder: string;
  log: string;
  binary: string;
}

export interface Engine extends Place {
  pid: number;
  startTicks: string;
  child: ChildProcess;
  exited: Promise<Exit>;
}

export async function start(t: Pick<TestContext, 'after'>, run: Run): Promise<Engine> {
  const folder = folderOf(t);
  const binary = linked(run.binary ?? usual(), folder);
  const place = { folder, log: join(folder, 'engine.log'), binary };
  run.prepare?.(place);
  const log = openSync(place.log, 'a');
  const limit = run.cores === false ? '0' : 'unlimited';
  const { death, threads = 0, waitMs = 150, megabytes = 0 } = run;
  const beats = run.beats === undefined ? [] : [run.beats, ...(run.progress ? ['progress'] : [])];
  const words = [death, ...[threads, waitMs, megabytes].map(String), ...beats];
  const noted = run.pidFile === undefined ? '' : `echo $$ > '${run.pidFile}'; `;
  const shell = ['-c', `ulimit -c ${limit}; ${noted}exec "$@"`, 'sh', binary, ...words];
  const child = spawn('sh', shell, { cwd: folder, stdio: ['ignore', 'ignore', log] });
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  t.after(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const pid = child.pid ?? 0;
  await eventually('the engine has started', () =>
    readFileSync(place.log, 'utf8').includes(`pid ${pid}:`),
  );
  const ticks = startTicks(pid);
  return { ...place, pid, startTicks: ticks, child, exited };
}

export interface Look {
  suspicion?: Suspicion;
  /** What a probe has seen of the end; absent: nothing. */
  exit?: Exit;
  corePattern?: string;
  logs?: readonly string[];
  without?: readonly string[];
  /** As a detector told it; absent: one that saw nothing but the death. */
  report?: CrashReport;
}

/** What the product finds of this death, by its own parts. */
export async function findings(engine: Engine, look: Look = {}) {
  const {
    corePattern = 'core',
    logs = [engine.log],
    suspicion = 'dead',
    exit,
    without = [],
  } = look;
  const pattern = () => Promise.resolve(parseCorePattern(corePattern, false));
  const core = coreDumpWithin({ copyMs: 60_000, traceMs: 30_000 }, pattern);
  const all: Collector[] = [kernelLog, engineLogs, core, hungStacks];
  const settings = {
    coreFolder: engine.folder,
    executable: engine.binary,
    logs: [...logs],
    checkpointFolder: engine.folder,
  };
  const chosen = all.filter(({ name }) => !without.includes(name));
  const forensics = createForensics(join(engine.folder, 'evidence'), () => settings, chosen);
  const report: CrashReport = look.report ?? {
    engineId: 'crash',
    instance: {
      instanceId: 'one',
      pid: engine.pid,
      startTicks: engine.startTicks,
      build: '',
      epoch: 1,
    },
    suspicion,
    probe: 'procfs',
    detail: '',
    detectedAtMs: Date.now(),
    host: 'this-host',
    ...(exit !== undefined && { sightings: [{ suspicion, probe: 'procfs', detail: '', exit }] }),
  };
  if (suspicion === 'hung') {
    await forensics.traceStacks(report, 'crash/one');
    engine.child.kill('SIGKILL');
    await engine.exited;
  }
  const { facts, items, folder } = await forensics.collect(report, 'crash/one', WHOLE);
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  return { ...classifyCause(facts), facts, items, folder, read };
}
