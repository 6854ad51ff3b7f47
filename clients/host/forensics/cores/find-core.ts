/**
 * Where the core of a process that died is, under whatever name the kernel gave it.
 *
 * Invariants: a core belongs to the process whose pid its notes name, and was written in its life; who
 * finds none says where and for what was looked, and how to have one next time.
 */
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { counted } from '../../../../workflows/domain/content/counted.js';
import { runCommand } from '../../run-command.js';
import { readCoreFacts, type CoreFacts } from './core-file.js';
import { coreFoldersOf, coreNamesOf, type CorePattern } from './core-pattern.js';
import { START_GRAIN_MS } from '../life.js';

export interface Core extends CoreFacts {
  path: string;
}

export interface Wanted {
  pid: number;
  startedAtMs: number | null;
  /** As configured: the kernel may write somewhere else. */
  coreFolder: string;
  /** The one that an earlier look has kept. */
  kept: string;
  pattern: CorePattern;
  commandMs: number;
}

/** Each is opened; the newest are looked at. */
const MOST_CANDIDATES = 200;

/** The one that was kept before goes first: it was of this life then, whatever the clock was set to since. */
export async function findCore(wanted: Wanted): Promise<Core | { why: string }> {
  const kept = await coreAt(wanted.kept, wanted.pid);
  if (kept !== null) return kept;
  const { pattern } = wanted;
  const folders = coreFoldersOf(pattern, wanted.coreFolder);
  const candidates = await candidatesIn({ folders, names: coreNamesOf(pattern) });
  for (const { path, mtimeMs } of candidates) {
    if (isOlder(mtimeMs, wanted.startedAtMs)) continue;
    const core = await coreAt(path, wanted.pid);
    if (core !== null) return core;
  }
  if (pattern.kind === 'piped') return fromProgram(pattern, wanted);
  const looked = `${counted(candidates.length, 'file is', 'files are')} named in ${folders.join(', ')} as core_pattern "${pattern.text}" has it`;
  return { why: `no core file of this process: ${looked}; or cores were off for it` };
}

/** Where cores lie, and what they are called there. */
export interface CorePlace {
  folders: readonly string[];
  names: readonly RegExp[];
}

/**
 * The core of this process, also one that is still being written; null where none is there. One whose notes
 * cannot be read (compressed, or not for us) is known by the pid in its name alone.
 */
export async function coreSeen(
  place: CorePlace,
  { pid, startedAtMs }: Pick<Wanted, 'pid' | 'startedAtMs'>,
): Promise<Candidate | null> {
  for (const candidate of await candidatesIn(place)) {
    if (isOlder(candidate.mtimeMs, startedAtMs)) continue;
    const facts = await readCoreFacts(candidate.path).catch(() => null);
    const told = facts?.pid ?? pidIn(basename(candidate.path), place.names);
    if (told === pid) return candidate;
  }
  return null;
}

function pidIn(name: string, names: readonly RegExp[]): number | null {
  const told = names.map((one) => one.exec(name)?.groups?.['pid']).find((pid) => pid !== undefined);
  return told === undefined ? null : Number(told);
}

interface Candidate {
  path: string;
  mtimeMs: number;
  bytes: number;
}

async function candidatesIn({ folders, names }: CorePlace): Promise<Candidate[]> {
  const listed = await Promise.all(
    folders.map(async (folder) => {
      const all = await readdir(folder).catch(() => []);
      return all
        .filter((name) => names.some((one) => one.test(name)))
        .map((name) => join(folder, name));
    }),
  );
  const dated = await Promise.all(
    listed.flat().map(async (path) => {
      const found = await stat(path).catch(() => null); // taken by somebody else meanwhile
      return found === null ? null : { path, mtimeMs: found.mtimeMs, bytes: found.size };
    }),
  );
  return dated
    .filter((one) => one !== null)
    .toSorted((a, b) => b.mtimeMs - a.mtimeMs)
    .slice(0, MOST_CANDIDATES);
}

async function coreAt(path: string, pid: number): Promise<Core | null> {
  const facts = await readCoreFacts(path).catch(() => null);
  return facts?.pid === pid ? { path, ...facts } : null;
}

/** Pids are used again, in a container always the same few. */
function isOlder(mtimeMs: number, startedAtMs: number | null): boolean {
  return startedAtMs !== null && mtimeMs < startedAtMs - START_GRAIN_MS;
}

/** systemd keeps cores where only its own tool finds them. */
async function fromProgram(
  { text, program, remedy }: Extract<CorePattern, { kind: 'piped' }>,
  { pid, startedAtMs, kept, commandMs }: Wanted,
): Promise<Core | { why: string }> {
  const why = `core_pattern gives cores to a program ("${text}")`;
  if (program !== 'systemd-coredump') return { why: `${why}: ${remedy}` };
  const since = startedAtMs === null ? [] : ['--since', `@${Math.floor(startedAtMs / 1_000)}`];
  const args = ['--quiet', ...since, '-1', '-o', kept, 'dump', String(pid)];
  const outcome = await runCommand('coredumpctl', args, { timeoutMs: commandMs });
  if (!outcome.ok) {
    const then = outcome.reason === 'not_installed' ? `: ${remedy}` : '';
    return { why: `${why}; ${outcome.why}${then}` };
  }
  return (
    (await coreAt(kept, pid)) ?? { why: `${why}; what coredumpctl gave is no core of this process` }
  );
}
