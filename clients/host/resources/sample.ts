/**
 * One look at the resources of a process: a few small reads of procfs, at once and without a child process.
 *
 * Invariant: null where it is not this process any more, or gives back what it had; what may not be read is NaN, and never 0.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { EXITING, fieldsOf } from '../process-table.js';

export interface Sample {
  /** User and system time, in hundredths of a second. */
  cpuTicks: number;
  rssBytes: number;
  threads: number;
  descriptors: number;
  /** Of its network namespace: connections in use, and bytes in and out. */
  tcp: number;
  receivedBytes: number;
  sentBytes: number;
}

const PAGE_BYTES = 4_096;

export function sampleOf(pid: number, startTicks: string): Sample | null {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat === null ? [] : fieldsOf(stat);
  if (fields[19] !== startTicks || (Number(fields[6]) & EXITING) !== 0) return null;
  const at = (index: number) => Number(fields[index]);
  return {
    cpuTicks: at(11) + at(12),
    rssBytes: at(21) * PAGE_BYTES,
    threads: at(17),
    descriptors: descriptorsOf(pid),
    ...networkOf(pid),
  };
}

/** Null where they may not be read. */
export function limitsOf(pid: number): string | null {
  return read(`/proc/${pid}/limits`);
}

function descriptorsOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return Number.NaN;
  }
}

function networkOf(pid: number): Pick<Sample, 'tcp' | 'receivedBytes' | 'sentBytes'> {
  const inUse = /^TCP: inuse (\d+)/m.exec(read(`/proc/${pid}/net/sockstat`) ?? '')?.[1];
  const devices = (read(`/proc/${pid}/net/dev`) ?? '').split('\n').slice(2);
  const counts = devices
    .filter((line) => line.includes(':'))
    .map((line) =>
      line
        .slice(line.indexOf(':') + 1)
        .trim()
        .split(/\s+/)
        .map(Number),
    );
  const sumAt = (at: number) =>
    counts.length === 0 ? Number.NaN : counts.reduce((sum, one) => sum + (one[at] ?? 0), 0);
  return { tcp: Number(inUse ?? Number.NaN), receivedBytes: sumAt(0), sentBytes: sumAt(8) };
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
