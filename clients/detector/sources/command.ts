/**
 * The process whose command line fits a pattern, as the procedure's `pgrep -f` finds it, and that runs the
 * engine's own file: an editor or a `tail` that has the engine's name in its arguments does not.
 *
 * Invariants: a process that a match has begun is that match's child and no second engine; neither we nor
 * whoever began us is one; of several that remain none is taken.
 */
import { readFile, readlink, realpath } from 'node:fs/promises';
import { shortened } from '../../../workflows/domain/content/shortened.js';
import { ancestorsOf } from '../../host/kernel/ancestors.js';
import { pidsHere, startOfLiving } from '../../host/process-table.js';
import { NOBODY, processOf, type Finder, type Finding } from './finding.js';

/** It looks at every process of the host. */
const OFTEN = { everyMs: 1_000, watchedEveryMs: 10_000 };
/** Of a command line: what is beyond is not compared. */
const LONGEST_LINE = 4_096;
const MOST_TOLD = 10;

interface Match {
  command: string;
  executable: string;
}

export function byCommand(match: Match): Finder {
  const pattern = new RegExp(match.command);
  const find = () => findBy({ pattern, executable: match.executable });
  return { by: 'command line', ...OFTEN, find };
}

async function findBy(match: { pattern: RegExp; executable: string }): Promise<Finding> {
  const executable = await realpath(match.executable).catch(() => match.executable);
  const ours = new Set([process.pid, ...(await ancestorsOf(process.pid))]);
  const pids = await pidsHere();
  const fitting = await Promise.all(
    pids.map(async (pid) => !ours.has(pid) && (await fits(pid, { ...match, executable }))),
  );
  const found = await firstOfTheirKind(pids.filter((_pid, at) => fitting[at] === true));
  const [only] = found;
  if (only === undefined) return NOBODY;
  if (found.length === 1) return processOf(only);
  const told = shortened(found.map(String), MOST_TOLD).join(', ');
  const remedy = 'stop what is too many, or give match.command more of its arguments';
  return { kind: 'doubt', why: `several processes fit (pids ${told}): ${remedy}` };
}

async function fits(
  pid: number,
  { pattern, executable }: { pattern: RegExp; executable: string },
): Promise<boolean> {
  const line = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '');
  const command = Buffer.from(line, 'latin1').toString().slice(0, LONGEST_LINE);
  if (line === '' || !pattern.test(command.replaceAll('\0', ' ').trimEnd())) return false;
  // Replaced by a new build, it is the old one that still runs.
  const runs = await readlink(`/proc/${pid}/exe`).catch(() => '');
  return runs.replace(/ \(deleted\)$/, '') === executable && (await startOfLiving(pid)) !== null;
}

async function firstOfTheirKind(pids: readonly number[]): Promise<number[]> {
  const above = await Promise.all(pids.map(ancestorsOf));
  return pids.filter((_pid, at) => !above[at]?.some((ancestor) => pids.includes(ancestor)));
}
