/**
 * Whether a folder answers at all, as one on a dead mount does not.
 *
 * Invariant: no thread of ours waits for it, because one that does keeps our process from ever ending: a process
 * of its own waits, and is killed.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answering } from './installation.js';
import { readStat } from './process-table.js';

/** By this time a disk that is only slow has answered; and however busy the machine is. */
const PATIENCE = { stuckMs: 2_000, busyMs: 10_000, pollMs: 100 };

/** Asked for a name that nobody has asked for: others the kernel may remember of a mount that is dead. */
export const answers: Answering = async (folder) => {
  const asking = spawn('stat', ['--', join(folder, `.${randomUUID()}`)], { stdio: 'ignore' });
  const timer = new AbortController();
  const ended = new Promise<true>((resolve) => {
    asking.once('exit', () => resolve(true));
    asking.once('error', () => resolve(true)); // what cannot be asked so is found out by its use
  });
  const stuck = untilStuck(asking, timer.signal).catch(() => false as const);
  const answered = await Promise.race([ended, stuck]);
  timer.abort();
  if (answered) return true;
  asking.kill('SIGKILL');
  asking.unref();
  return false;
};

/** The same, with each folder asked once: whoever waited for a dead mount does not wait for it again. */
export function askingOnce(ask: Answering = answers): Answering {
  const asked = new Map<string, Promise<boolean>>();
  return (folder) => {
    const asking = asked.get(folder) ?? ask(folder);
    asked.set(folder, asking);
    return asking;
  };
}

/** A process that has not come to run yet says nothing of the folder. */
async function untilStuck({ pid = 0 }: ChildProcess, signal: AbortSignal): Promise<false> {
  await sleep(PATIENCE.stuckMs, undefined, { signal });
  for (let ms: number = PATIENCE.stuckMs; ms < PATIENCE.busyMs; ms += PATIENCE.pollMs) {
    if ((await readStat(pid))?.state === WAITS_FOR_DISK) return false;
    await sleep(PATIENCE.pollMs, undefined, { signal });
  }
  return false;
}

const WAITS_FOR_DISK = 'D';
