/**
 * Stops of processes that Relight itself has ordered on this host, by which a detector tells a stop from a
 * crash where no engine says goodbye. Written by whoever orders one: the agent, or a command.
 *
 * Invariants: an order is of one process, and counts for a while only, by a clock that nobody sets; no stop
 * waits for a disk; what cannot be read is no order.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { disk } from '../files/disk.js';
import type { Files } from '../files/files.js';
import { makeScratchFolders } from '../files/folders.js';

interface Process {
  pid: number;
  startTicks: string;
}

export interface OrderedStops {
  /** Before the order is given; never fails, and takes no longer than a person would notice. */
  note(process: Process): Promise<void>;
  /** It was not taken: a later death is a crash. Never fails. */
  forget(process: Process): Promise<void>;
  isOrdered: (process: Process) => Promise<boolean>;
}

const COUNTS_MS = 60_000;
const NOTED_WITHIN_MS = 200;
const KEPT = 100;
const LARGEST = 32;
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** Beside what the detectors keep, which is the agent's alone. */
export function orderedStopsFolder(stateFolder: string): string {
  return join(stateFolder, 'watched', 'stops');
}

export function createOrderedStops(folder: string, files: Files = disk): OrderedStops {
  const pathOf = ({ pid, startTicks }: Process) => join(folder, `${pid}-${startTicks}`);
  async function write(process: Process): Promise<void> {
    await makeScratchFolders(folder, files, FOLDER_MODE);
    const options = { mode: FILE_MODE, synced: false }; // after a power failure nothing of it runs
    await files.write(pathOf(process), String(monotonicMs()), options);
    const names = await files.list(folder);
    // Their time is over: which of them go first is all the same.
    const old = names.slice(0, Math.max(0, names.length - KEPT));
    await Promise.all(old.map((name) => files.remove(join(folder, name))));
  }
  return {
    note: (process) => inTime(write(process)),
    forget: (process) => inTime(files.remove(pathOf(process))),
    async isOrdered(process) {
      const noted = await files.read(pathOf(process), LARGEST).catch(() => null);
      const atMs = /^\d{1,15}$/.exec(noted?.toString() ?? '')?.[0];
      const ageMs = monotonicMs() - Number(atMs); // never true of what is not a number
      return ageMs >= 0 && ageMs <= COUNTS_MS;
    },
  };
}

async function inTime(work: Promise<void>): Promise<void> {
  const late = sleep(NOTED_WITHIN_MS, undefined, { ref: false });
  await Promise.race([work.catch(() => undefined), late]);
}

/** Of the whole host, since its boot. */
function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
