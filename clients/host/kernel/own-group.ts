/**
 * The cgroup that an engine has for itself, noted while it lives, and who is left in it when it is gone.
 *
 * Invariants: a group in which we are, or anybody who was there before the engine and did not begin it, is
 * shared, and tells nothing of the engine; of a command line only the digest is kept.
 */
import { createHash } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { z } from 'zod';
import type { LeftInGroup, Remains } from '../../../workflows/domain/crash/life/remains.js';
import { ENGINE_VARIABLE, environmentOf, startOfLiving, variableIn } from '../process-table.js';
import { ancestorsOf } from './ancestors.js';
import { membersOf, membershipsIn, placeOf, type GroupPlace, type Membership } from './cgroup.js';
import { connectionsOf } from './connections.js';

const LONGEST_PATH = 4_096;

export const OwnGroup = z.object({
  folder: z.string().max(LONGEST_PATH),
  mount: z.string().max(LONGEST_PATH),
  /** Of what it runs, by which a fork of it is known. */
  program: z.string().length(64).nullable(),
});
export type OwnGroup = z.infer<typeof OwnGroup>;

interface Process {
  pid: number;
  startTicks: string;
}

/** Null where it has none of its own, or none that is seen here. Never fails. */
export async function ownGroupOf({ pid, startTicks }: Process): Promise<OwnGroup | null> {
  const files = [`/proc/${pid}/cgroup`, '/proc/self/cgroup', '/proc/self/mountinfo'];
  const [theirs = '', ours = '', mounts = ''] = await Promise.all(files.map(textOf));
  const paths = new Map(membershipsIn(ours).map((one) => [nameOf(one), one.path]));
  const apart = membershipsIn(theirs)
    .filter((one) => one.path !== '/' && one.path !== paths.get(nameOf(one)))
    .toSorted((a, b) => rankOf(a) - rankOf(b));
  for (const membership of apart) {
    const place = placeOf(mounts, membership);
    if (place === null || !(await isItsOwn(place, { pid, startTicks }))) continue;
    return { ...place, program: await programOf(pid) };
  }
  return null;
}

/** @param engineId whose forks count: one that bears the mark of another engine is that one's. */
export async function remainsIn(
  { program, ...place }: OwnGroup,
  { engineId, startTicks }: { engineId: string; startTicks: string },
): Promise<Remains> {
  try {
    const pids = await membersOf(place);
    if (pids.includes(0)) return { kind: 'unread', why: 'it holds another PID namespace' };
    const died = { engineId, startTicks, program };
    const left = await Promise.all(pids.map((pid) => leftAs(pid, died)));
    return { kind: 'looked', left: left.filter((one) => one !== null) };
  } catch (error) {
    return { kind: 'unread', why: (error as NodeJS.ErrnoException).code ?? 'unknown' };
  }
}

interface Died {
  engineId: string;
  startTicks: string;
  program: string | null;
}

/** Null where it is gone, or was there before the engine. */
async function leftAs(pid: number, died: Died): Promise<LeftInGroup | null> {
  const began = await startOfLiving(pid);
  if (began === null || BigInt(began) < BigInt(died.startTicks)) return null;
  const program = await programOf(pid);
  const mark = variableIn((await environmentOf(pid)).split('\0'), ENGINE_VARIABLE);
  return {
    pid,
    name: (await textOf(`/proc/${pid}/comm`)).trimEnd(),
    isFork: program !== null && program === died.program && ['', died.engineId].includes(mark),
    connections: await connectionsOf(pid),
  };
}

function nameOf({ version, controllers }: Membership): string {
  return `${version}:${controllers.join(',')}`;
}

/** Version 2 holds all processes, and of version 1 what systemd keeps; a controller may be without some. */
function rankOf({ version, controllers }: Membership): number {
  if (version === 2) return 0;
  return controllers.includes('name=systemd') ? 1 : 2;
}

async function isItsOwn(place: GroupPlace, { pid, startTicks }: Process): Promise<boolean> {
  const members = await membersOf(place).catch(() => [0]);
  if (members.includes(0) || members.includes(process.pid) || !members.includes(pid)) return false;
  const above = await ancestorsOf(pid);
  const others = members.filter((one) => one !== pid && !above.includes(one));
  const began = await Promise.all(others.map(startOfLiving));
  return began.every((ticks) => ticks === null || BigInt(ticks) >= BigInt(startTicks));
}

/** Null where it has none any more, or none for us. */
async function programOf(pid: number): Promise<string | null> {
  const [file, line] = await Promise.all([
    readlink(`/proc/${pid}/exe`).catch(() => ''),
    textOf(`/proc/${pid}/cmdline`),
  ]);
  if (line === '') return null;
  const runs = file.replace(/ \(deleted\)$/, '');
  return createHash('sha256').update(`${runs}\0${line}`).digest('hex');
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
