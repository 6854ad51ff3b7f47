/**
 * A pid alone names nobody: the kernel gives it out again. A pid with the process' start time
 * names one process for as long as the machine is up, so both are kept and both are compared.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { startOfLiving } from '../../host/process-table.js';

export interface ProcessIdentity {
  pid: number;
  startTicks: string;
}

/** Start time in clock ticks since boot; `undefined` when the process is gone, every thread of it. */
export async function readStartTicks(pid: number): Promise<string | undefined> {
  return (await startOfLiving(pid)) ?? undefined;
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await readStartTicks(identity.pid)) === identity.startTicks;
}

/** Resolves to whether the process was gone before the deadline. */
async function waitUntilGone(identity: ProcessIdentity, timeoutMs: number) {
  const deadlineMs = performance.now() + timeoutMs;
  while (await isAlive(identity)) {
    if (performance.now() > deadlineMs) return false;
    await delay(20);
  }
  return true;
}

/** Asks the process to end, and ends it by force when it does not within the time given. */
export async function stopProcess(identity: ProcessIdentity, graceMs: number): Promise<void> {
  for (const [signal, timeoutMs] of [
    ['SIGTERM', graceMs],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!(await isAlive(identity))) return;
    sendSignal(identity.pid, signal);
    if (await waitUntilGone(identity, timeoutMs)) return;
  }
  throw new Error(`Process ${identity.pid} is still there 5 s after SIGKILL.`);
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // Gone between the look and the signal: what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
