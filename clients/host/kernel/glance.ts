/**
 * A cheap look at one process, for who looks at it many times a second: its open `/proc/<pid>/status`.
 *
 * Invariants: it is of that very process, since what is open is never of a later one of its pid; it says
 * no more than that all is as it was: an end, a core, a leader without its threads, and what cannot be
 * read are for the process table to judge.
 */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { readStat } from '../process-table.js';

export interface Glance {
  /** `changed`: ask the process table. */
  look(): 'working' | 'stopped' | 'changed';
  close(): void;
}

/** Of the lines that are looked at, which come first, also where the name is long. */
const BYTES = 4_096;

/** Null where it cannot be looked at so. */
export async function glanceAt(pid: number, startTicks: string): Promise<Glance | null> {
  const fd = open(pid);
  if (fd === null) return null;
  const stat = await readStat(pid).catch(() => null);
  const buffer = Buffer.alloc(BYTES);
  if (stat?.startTicks === startTicks) {
    return { look: () => seenIn(textOf(fd, buffer)), close: () => closeSync(fd) };
  }
  closeSync(fd);
  return null;
}

function open(pid: number): number | null {
  try {
    return openSync(`/proc/${pid}/status`, constants.O_RDONLY);
  } catch {
    return null;
  }
}

/** Not by the thread pool: the kernel answers from memory, sooner than a thread would wake up. */
function textOf(fd: number, buffer: Buffer): string {
  try {
    return buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, 0));
  } catch {
    return '';
  }
}

/** Line ends in a name are written as `\n` there, so no name can look like a line. */
function seenIn(status: string): ReturnType<Glance['look']> {
  const state = /\nState:\t(\w)/.exec(status)?.[1] ?? 'Z';
  if (state === 'Z' || state === 'X' || !status.includes('\nCoreDumping:\t0\n')) return 'changed';
  return state === 'T' ? 'stopped' : 'working';
}
