/**
 * The process that a pid file names.
 *
 * Invariant: a file that was left behind names nobody: its process is gone, or began after the file was
 * written, and so is another one that was given the same pid.
 */
import { uptime } from 'node:os';
import { TICK_MS } from '../../host/process-table.js';
import { NOBODY, processOf, type Finder, type Finding } from './finding.js';
import {
  createFoundRight,
  readNamedFile,
  whyNotNamed,
  type Known,
  type NamedFile,
} from './named-file.js';

const OFTEN = { everyMs: 250, watchedEveryMs: 1_000 };
/** The kernel's clock and that of files are not one. */
const CLOCKS_MS = 2_000;
/** What follows, some programs write for themselves. */
const FIRST_LINE = /^\s*(\d{1,10})\s*(?:\n|$)/;

export function inPidFile(path: string): Finder {
  const foundRight = createFoundRight();
  return { by: 'pid file', ...OFTEN, find: (watched) => find(path, { watched, foundRight }) };
}

async function find(path: string, known: Known): Promise<Finding> {
  const file = await readNamedFile(path);
  if (file === null) return NOBODY;
  if (typeof file === 'string') return { kind: 'doubt', why: file };
  if (file.bytes.length === 0) return NOBODY; // it is being written
  const pid = Number(FIRST_LINE.exec(file.bytes.toString('latin1'))?.[1] ?? 0);
  if (pid < 1) return { kind: 'doubt', why: `${path} begins with no pid` };
  return findNamed({ path, file, pid }, known);
}

async function findNamed(
  { path, file, pid }: { path: string; file: NamedFile; pid: number },
  { watched, foundRight }: Known,
): Promise<Finding> {
  const of = [file.uid, file.mode, file.mtimeMs];
  if (watched?.pid === pid && foundRight.is(watched, watched, of)) {
    return { kind: 'process', pid, startTicks: watched.startTicks };
  }
  const found = await processOf(pid);
  if (found.kind !== 'process') return found;
  const why = whyOlder(path, file, found) ?? (await whyNotNamed(path, file, pid));
  if (why !== null) return { kind: 'doubt', why };
  foundRight.note(found, of);
  return found;
}

function whyOlder(
  path: string,
  { mtimeMs }: NamedFile,
  { pid, startTicks }: { pid: number; startTicks: string },
): string | null {
  if (ageOf(startTicks) + CLOCKS_MS >= Date.now() - mtimeMs) return null;
  const remedy = 'remove the file where the engine does not run';
  return `${path} is older than the process ${pid} in it: ${remedy}`;
}

function ageOf(startTicks: string): number {
  return uptime() * 1_000 - Number(startTicks) * TICK_MS;
}
