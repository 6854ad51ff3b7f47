/**
 * The process that a pid file names.
 *
 * Invariant: a file that was left behind names nobody: its process is gone, or began after the file was
 * written, and so is another one that was given the same pid.
 */
import { uptime } from 'node:os';
import { TICK_MS } from '../../host/process-table.js';
import { NOBODY, processOf, type Finder, type Finding } from './finding.js';
import { readNamedFile, whyNotNamed } from './named-file.js';

const OFTEN = { everyMs: 250, watchedEveryMs: 1_000 };
/** The kernel's clock and that of files are not one. */
const CLOCKS_MS = 2_000;
/** What follows, some programs write for themselves. */
const FIRST_LINE = /^\s*(\d{1,10})\s*(?:\n|$)/;

export function inPidFile(path: string): Finder {
  return { by: 'pid file', ...OFTEN, find: () => find(path) };
}

async function find(path: string): Promise<Finding> {
  const file = await readNamedFile(path);
  if (file === null) return NOBODY;
  if (typeof file === 'string') return { kind: 'doubt', why: file };
  if (file.bytes.length === 0) return NOBODY; // it is being written
  const pid = Number(FIRST_LINE.exec(file.bytes.toString('latin1'))?.[1] ?? 0);
  if (pid < 1) return { kind: 'doubt', why: `${path} begins with no pid` };
  const found = await processOf(pid);
  if (found.kind !== 'process') return found;
  if (ageOf(found.startTicks) + CLOCKS_MS < file.ageMs) {
    const remedy = 'remove the file where the engine does not run';
    return { kind: 'doubt', why: `${path} is older than the process ${pid} in it: ${remedy}` };
  }
  const why = await whyNotNamed(path, file, pid);
  return why === null ? found : { kind: 'doubt', why };
}

function ageOf(startTicks: string): number {
  return uptime() * 1_000 - Number(startTicks) * TICK_MS;
}
