/**
 * Starting an engine as its own process, as an init system would.
 *
 * Invariants: the returned pid is the engine's own; the engine outlives its starter; a memory limit
 * is either in force before the first instruction of the engine, or reported as absent.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EngineConfig } from './config.js';

export interface LaunchOptions {
  configFile: string;
  state?: string;
  epoch?: number;
  instanceId?: string;
  trading?: boolean;
  env?: Readonly<Record<string, string>>;
  logFile?: string;
  memoryLimitBytes?: number;
}

interface EngineExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface LaunchedEngine {
  pid: number;
  instanceId: string;
  logFile: string;
  /** Where memory is limited; null where no limit was asked for or none could be set. */
  cgroup: string | null;
  exited: Promise<EngineExit>;
  kill: (signal?: NodeJS.Signals) => void;
}

/** The limit on core files is per process and often 0; `exec` keeps the pid. */
const SHELL = 'ulimit -c unlimited; [ -z "$1" ] || echo $$ > "$1" || exit 71; shift; exec "$@"';

/** Bounds a leak in V8's own heap, which without it grows with the machine. */
const HEAP_MB = 1024;

export function launchEngine(options: LaunchOptions): LaunchedEngine {
  const config = EngineConfig.parse(JSON.parse(readFileSync(options.configFile, 'utf8')));
  const epoch = options.epoch ?? 1;
  const instanceId = options.instanceId ?? `${config.engineId}-e${epoch}`;
  const logFile = options.logFile ?? join(config.dataDir, 'engine.log');
  mkdirSync(config.dataDir, { recursive: true });
  mkdirSync(dirname(logFile), { recursive: true });
  const cgroup =
    options.memoryLimitBytes === undefined
      ? null
      : limitMemory(config.engineId, options.memoryLimitBytes);
  const procs = cgroup === null ? '' : join(cgroup, 'cgroup.procs');
  const log = openSync(logFile, 'a');
  const child = spawn(
    'sh',
    ['-c', SHELL, 'sh', procs, ...engineCommand({ ...options, epoch: String(epoch), instanceId })],
    {
      cwd: config.dataDir,
      detached: true,
      stdio: ['ignore', log, log],
      env: {
        ...process.env,
        ...options.env,
        RELIGHT_ENGINE: config.engineId,
        RELIGHT_INSTANCE: instanceId,
      },
    },
  );
  closeSync(log);
  return { ...handleOf(child), instanceId, logFile, cgroup };
}

function handleOf(child: ChildProcess): Pick<LaunchedEngine, 'pid' | 'exited' | 'kill'> {
  const { pid } = child;
  if (pid === undefined) throw new Error('The engine process could not be started');
  const exited = new Promise<EngineExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  child.unref();
  return { pid, exited, kill: (signal = 'SIGTERM') => void child.kill(signal) };
}

export interface EngineCommand {
  configFile: string;
  epoch: string;
  instanceId: string;
  state?: string | undefined;
  trading?: boolean | undefined;
}

/** Program and arguments; values may also be placeholders that another launcher fills in. */
export function engineCommand(command: EngineCommand): string[] {
  const { configFile, epoch, instanceId, state, trading } = command;
  const extension = extname(fileURLToPath(import.meta.url));
  const main = fileURLToPath(new URL(`main${extension}`, import.meta.url));
  // By its address: the engine's working directory has no node_modules.
  const loader = extension === '.ts' ? ['--import', import.meta.resolve('tsx')] : [];
  const program = [process.execPath, `--max-old-space-size=${HEAP_MB}`, ...loader, main];
  const required = ['--config', configFile, '--epoch', epoch, '--instance', instanceId];
  const from = state === undefined ? [] : ['--state', state];
  return [...program, ...required, ...from, ...(trading === false ? ['--no-trading'] : [])];
}

const CGROUP_V1 = '/sys/fs/cgroup/memory';
const CGROUP_V2 = '/sys/fs/cgroup';

/** Null where this host lets us make no memory cgroup. */
function limitMemory(engineId: string, bytes: number): string | null {
  const v1 = existsSync(join(CGROUP_V1, 'memory.limit_in_bytes'));
  const folder = join(v1 ? CGROUP_V1 : CGROUP_V2, `relight-${engineId}`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, v1 ? 'memory.limit_in_bytes' : 'memory.max'), String(bytes));
    return folder;
  } catch {
    return null;
  }
}
