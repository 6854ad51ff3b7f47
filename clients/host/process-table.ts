/**
 * Processes of engines, read from procfs.
 *
 * Invariants: a process is its pid and its start time together, so a reused pid is never taken for
 * the old process and never killed; a zombie is gone; a process that writes its core is not.
 */
import { readdir, readFile } from 'node:fs/promises';
import type { EngineProcess, Liveness, ProcessTable } from '../../activities/ports.js';

/** Set by whoever starts an engine, so that it is found without a pid file. */
export const ENGINE_VARIABLE = 'RELIGHT_ENGINE';
export const INSTANCE_VARIABLE = 'RELIGHT_INSTANCE';

export interface ProcessStat {
  state: string;
  startTicks: string;
}

/** The instance that was last known to run, whatever its environment says; null where unknown. */
export type WatchedInstance = (engineId: string) => Promise<EngineProcess | null>;

export function createProcessTable(watched: WatchedInstance = async () => null): ProcessTable {
  return {
    liveness: ({ pid, startTicks }) => livenessOf(pid, startTicks),
    ofEngine: async (engineId) => {
      const [found, known] = await Promise.all([
        engineProcesses(engineId),
        aliveInstance(watched, engineId),
      ]);
      const isNew = known !== null && found.every(({ pid }) => pid !== known.pid);
      return isNew ? [...found, known] : found;
    },
    kill: async ({ pid, startTicks }, signal) => {
      if ((await livenessOf(pid, startTicks)) === 'gone') return;
      signalProcess(pid, signal);
    },
  };
}

/** Fields 3 and 22 of /proc/<pid>/stat; the name in field 2 may itself hold spaces and brackets. */
export async function readStat(pid: number): Promise<ProcessStat | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', startTicks: fields[19] ?? '' };
}

export async function livenessOf(pid: number, startTicks: string): Promise<Liveness> {
  const stat = await readStat(pid);
  if (stat === null || stat.startTicks !== startTicks) return 'gone';
  if (stat.state === 'Z' || stat.state === 'X') return 'gone';
  return (await isDumpingCore(pid)) ? 'dumping_core' : 'alive';
}

async function isDumpingCore(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return /^CoreDumping:\s+1$/m.test(status);
}

/** One that cannot be read is unknown: it must not hide what the table itself shows. */
async function aliveInstance(watched: WatchedInstance, engineId: string) {
  const known = await watched(engineId).catch(() => null);
  if (known === null || (await livenessOf(known.pid, known.startTicks)) === 'gone') return null;
  const { pid, startTicks, instanceId } = known;
  return { pid, startTicks, instanceId };
}

async function engineProcesses(engineId: string): Promise<EngineProcess[]> {
  const entries = await readdir('/proc');
  const pids = entries.filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map((pid) => engineProcess(pid, engineId)));
  return found.filter((process) => process !== null);
}

async function engineProcess(pid: number, engineId: string): Promise<EngineProcess | null> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  const variables = environment.split('\0');
  if (!variables.includes(`${ENGINE_VARIABLE}=${engineId}`)) return null;
  const stat = await readStat(pid);
  if (stat === null || stat.state === 'Z' || stat.state === 'X') return null;
  const instance = variables.find((variable) => variable.startsWith(`${INSTANCE_VARIABLE}=`));
  const instanceId = instance?.slice(INSTANCE_VARIABLE.length + 1) ?? '';
  return { pid, startTicks: stat.startTicks, instanceId };
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
