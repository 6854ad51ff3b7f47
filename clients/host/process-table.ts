/**
 * Processes of engines, read from procfs.
 *
 * Invariants: a process is its pid and its start time together, so a reused pid is never taken for
 * the old process and never killed; a process is gone when every thread of it is: a leader that has
 * ended while others go on, which the kernel shows as a zombie, lives and trades; one that writes its
 * core is not gone; another installation's is not seen, and one that may be that is seen and never killed.
 */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineProcess, Liveness, ProcessTable } from '../../activities/ports.js';
import { failure } from '../../workflows/failure.js';
import { INSTALLATION_VARIABLE, type Whose, type WhoseProcess } from './installation.js';

/** Set by whoever starts an engine, so that it is found without a pid file. */
export const ENGINE_VARIABLE = 'RELIGHT_ENGINE';
export const INSTANCE_VARIABLE = 'RELIGHT_INSTANCE';
export const EPOCH_VARIABLE = 'RELIGHT_EPOCH';

/** Of start ticks, and of processor time: procfs counts in hundredths of a second on every Linux. */
export const TICK_MS = 10;

export interface ProcessStat {
  state: string;
  parent: number;
  /** PF_ flags of the kernel. */
  flags: number;
  startTicks: string;
}

/** The instance that was last known to run, whatever its environment says; null where unknown. */
export type WatchedInstance = (engineId: string) => Promise<EngineProcess | null>;

/** @param whoseIs left out: whatever bears the engine's id is ours. */
export function createProcessTable(
  watched: WatchedInstance = async () => null,
  whoseIs: WhoseProcess = async () => ({ kind: 'ours' }),
): ProcessTable {
  return {
    liveness: ({ pid, startTicks }) => livenessOf(pid, startTicks),
    ofEngine: async (engineId) => {
      const [found, known] = await Promise.all([
        engineProcesses(engineId, whoseIs),
        aliveInstance(watched, engineId, whoseIs),
      ]);
      const isNew = known !== null && found.every(({ pid }) => pid !== known.pid);
      return isNew ? [...found, known] : found;
    },
    kill: async ({ pid, startTicks }, signal) => {
      if ((await livenessOf(pid, startTicks)) === 'gone') return;
      const whose = await whoseIs(pid, await installationOf(pid));
      if (whose.kind === 'doubt') throw leftAlone(pid, whose.where);
      signalProcess(pid, signal);
    },
  };
}

function noProcess(pid: number): Error {
  return failure('NotOurs', `${pid} is no pid: nothing is sent a signal by it`);
}

function leftAlone(pid: number, where: string): Error {
  return failure(
    'NotOurs',
    `pid ${pid} may be of the installation whose dataDir is ${where}: Relight kills it not; stop it yourself`,
  );
}

export async function installationOf(pid: number): Promise<string> {
  return variableIn((await environmentOf(pid)).split('\0'), INSTALLATION_VARIABLE);
}

/** Empty where it is not set. */
export function variableIn(variables: readonly string[], name: string): string {
  return variables.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
}

/** What could not be read is no proof that nothing is there: without descriptors all would be dead. */
function nullIfGone(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ESRCH') return null;
  throw error;
}

/** Field 52 of a process that nobody has reaped yet; null of any other, and where it is not for us. */
export async function zombieStatus(pid: number, startTicks: string): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(nullIfGone);
  const fields = stat === null ? [] : fieldsOf(stat);
  if (fields[0] !== 'Z' || fields[19] !== startTicks) return null;
  if ((await livingThreads(pid)).length > 0) return null;
  const status = Number(fields[49]);
  return status === 0 ? null : status; // also what those see who may not
}

/** Fields 3, 4, 9 and 22 of /proc/<pid>/stat; the name in field 2 may itself hold spaces and brackets. */
export async function readStat(pid: number): Promise<ProcessStat | null> {
  return statIn(`/proc/${pid}`);
}

async function statIn(folder: string): Promise<ProcessStat | null> {
  const stat = await readFile(`${folder}/stat`, 'utf8').catch(nullIfGone);
  if (stat === null) return null;
  const fields = fieldsOf(stat);
  const [state = '', parent = 0] = fields;
  const [flags, startTicks = ''] = [Number(fields[6] ?? 0), fields[19]];
  return { state, parent: Number(parent), flags, startTicks };
}

/** From the third on: the name before it may hold anything. */
export function fieldsOf(stat: string): string[] {
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .trimEnd()
    .split(' ');
}

export async function livenessOf(pid: number, startTicks: string): Promise<Liveness> {
  const stat = (await readStat(pid)) ?? (await hiddenStat(pid));
  if (stat === null || stat.startTicks !== startTicks) return 'gone';
  if (!hasEnded(stat)) return (await isDumpingCore(`/proc/${pid}`)) ? 'dumping_core' : 'alive';
  const threads = await livingThreads(pid);
  if (threads.length === 0) return 'gone';
  const dumping = await Promise.all(threads.map(isDumpingCore));
  return dumping.includes(true) ? 'dumping_core' : 'alive';
}

/** What is not shown may be hidden (mount option hidepid): a signal that may not be sent finds it. */
async function hiddenStat(pid: number): Promise<ProcessStat | null> {
  if (!Number.isSafeInteger(pid) || pid < 1) throw noProcess(pid);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return null;
  }
  const stat = await readStat(pid); // another one may have taken the pid meanwhile
  if (stat !== null) return stat;
  throw hidden(`pid ${pid} is there, and /proc hides it`);
}

function hidden(why: string): Error {
  return Object.assign(new Error(why), { code: 'EHIDDEN' });
}

/** Null where the process is gone, all its threads with it. */
export async function startOfLiving(pid: number): Promise<string | null> {
  const stat = await readStat(pid);
  if (stat === null) return null;
  return hasEnded(stat) && (await livingThreads(pid)).length === 0 ? null : stat.startTicks;
}

/** PF_KTHREAD: of the kernel itself. */
const KERNEL_THREAD = 0x200000;
/** PF_EXITING: it has called exit, and what it held in memory may take a while to be given back. */
export const EXITING = 0x4;

/** Whether it is on its way out, every thread of it. */
export async function isExiting(pid: number): Promise<boolean> {
  const threads = await livingThreads(pid);
  const stats = await Promise.all(threads.map(statIn));
  return stats.every((stat) => stat === null || (stat.flags & EXITING) !== 0);
}

function hasEnded({ state }: Pick<ProcessStat, 'state'>): boolean {
  return state === 'Z' || state === 'X';
}

/** Their folders under /proc. */
async function livingThreads(pid: number): Promise<string[]> {
  const names = await readdir(`/proc/${pid}/task`).catch(nullIfGone);
  const folders = (names ?? []).map((name) => `/proc/${pid}/task/${name}`);
  const stats = await Promise.all(folders.map(statIn));
  return folders.filter((_folder, at) => {
    const stat = stats[at] ?? null;
    return stat !== null && !hasEnded(stat);
  });
}

/** By whose rights it acts; null where it is gone. */
export async function userOf(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const effective = /^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1];
  return effective === undefined ? null : Number(effective);
}

async function isDumpingCore(folder: string): Promise<boolean> {
  const status = await readFile(`${folder}/status`, 'utf8').catch(() => '');
  return /^CoreDumping:\s+1$/m.test(status);
}

/**
 * One that cannot be read is unknown: it must not hide what the table itself shows. What was ours when it was
 * first heard of is so whatever its mark says since.
 */
async function aliveInstance(watched: WatchedInstance, engineId: string, whoseIs: WhoseProcess) {
  const known = await watched(engineId).catch(() => null);
  if (known === null || (await livenessOf(known.pid, known.startTicks)) === 'gone') return null;
  const { pid, startTicks, instanceId } = known;
  const whose = await whoseIs(pid, await installationOf(pid));
  return { pid, startTicks, instanceId: nameOf(instanceId, whose) };
}

/** Of one that may be another installation's no name that one of ours can have: it is nobody's own instance. */
function nameOf(instanceId: string, whose: Whose): string {
  if (whose.kind !== 'doubt') return instanceId;
  return `${instanceId || 'an instance'} (perhaps of the installation in ${whose.where})`;
}

async function engineProcesses(engineId: string, whoseIs: WhoseProcess): Promise<EngineProcess[]> {
  const pids = await pidsHere();
  if (!pids.includes(process.pid)) throw hidden('/proc does not show even ourselves');
  const found = await Promise.all(pids.map((pid) => engineProcess(pid, engineId, whoseIs)));
  return found.filter((process) => process !== null);
}

/** As far as /proc shows them to us. */
export async function pidsHere(): Promise<number[]> {
  const names = await readdir('/proc');
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

async function engineProcess(
  pid: number,
  engineId: string,
  whoseIs: WhoseProcess,
): Promise<EngineProcess | null> {
  const variables = (await environmentOf(pid)).split('\0');
  if (!variables.includes(`${ENGINE_VARIABLE}=${engineId}`)) return null;
  const whose = await whoseIs(pid, variableIn(variables, INSTALLATION_VARIABLE));
  const startTicks = whose.kind === 'another' ? null : await startOfLiving(pid);
  if (startTicks === null) return null;
  return { pid, startTicks, instanceId: nameOf(variableIn(variables, INSTANCE_VARIABLE), whose) };
}

/** A leader that has ended has none any more; its threads still do. */
export async function environmentOf(pid: number): Promise<string> {
  const now = await environmentIn(`/proc/${pid}`);
  const own = now === '' ? await environmentAfterExec(pid) : now;
  if (own !== '') return own ?? '';
  const stat = await readStat(pid);
  if (stat === null || !hasEnded(stat)) return '';
  const [thread] = await livingThreads(pid);
  return (thread === undefined ? null : await environmentIn(thread)) ?? '';
}

/** Together longer than a program takes to be loaded. */
const MOST_LOOKS = 20;
const LOOK_MS = 2;

/** One that becomes another program (execve) has none for a moment, nor a place for one. */
async function environmentAfterExec(pid: number): Promise<string> {
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(nullIfGone);
    const fields = stat === null ? [] : fieldsOf(stat);
    const [state, [from, to]] = [fields[0] ?? 'X', fields.slice(47, 49)];
    const isKernels = (Number(fields[6]) & KERNEL_THREAD) !== 0;
    if (isKernels || hasEnded({ state }) || (from === to && from !== '0')) return '';
    const own = await environmentIn(`/proc/${pid}`);
    if (own !== '') return own ?? '';
    await sleep(LOOK_MS);
  }
  return '';
}

/** Empty where there is none, null where there is none for us. */
async function environmentIn(folder: string): Promise<string | null> {
  return readFile(`${folder}/environ`, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EACCES' || error.code === 'EPERM') return null;
    return nullIfGone(error) ?? '';
  });
}

/** To `kill`, 0 is our own group and what is below is a group, or everybody: never an engine. */
function signalProcess(pid: number, signal: NodeJS.Signals): void {
  if (!Number.isSafeInteger(pid) || pid < 1) throw noProcess(pid);
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
