/**
 * The cgroups of a process, version 1 or 2: where they are seen from here, and which processes are in one.
 *
 * Invariants: a group that nothing here shows has no place, whatever the kernel calls it; who is in one is
 * known of all groups below it too, or not at all.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A line of /proc/PID/cgroup. */
export interface Membership {
  version: 1 | 2;
  /** Of version 1: what it rules over, or `name=…`. */
  controllers: readonly string[];
  path: string;
}

export interface GroupPlace {
  folder: string;
  /** Where its hierarchy is mounted. */
  mount: string;
}

const MOST_FOLDERS = 64;
const MOST_MEMBERS = 1_000;

export function membershipsIn(groups: string): Membership[] {
  return groups.split('\n').flatMap((line): Membership[] => {
    const [, number, names = '', path = ''] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    if (number === undefined) return [];
    return names === ''
      ? [{ version: 2, controllers: [], path }]
      : [{ version: 1, controllers: names.split(','), path }];
  });
}

/** Mounts show a part of the tree, from their root on; in a container mostly the own one. */
export function placeOf(
  mounts: string,
  { version, controllers, path }: Membership,
): GroupPlace | null {
  for (const line of mounts.split('\n')) {
    const [place = '', system = ''] = line.split(' - ');
    const [, , , root = '', mount = ''] = place.split(' ');
    const within = isOf(system, { version, controllers }) ? pathWithin(path, root) : null;
    if (within !== null) return { folder: join(mount, within), mount };
  }
  return null;
}

function isOf(system: string, { version, controllers }: Omit<Membership, 'path'>): boolean {
  const [type, , options = ''] = system.split(' ');
  if (version === 2) return type === 'cgroup2';
  const rules = options.split(',');
  return type === 'cgroup' && controllers.every((name) => rules.includes(name));
}

/** One outside of our own cgroup namespace begins with `/..`. */
function pathWithin(path: string, root: string): string | null {
  if (path.split('/').includes('..')) return null;
  if (root === '/') return path;
  return path === root || path.startsWith(`${root}/`) ? path.slice(root.length) : null;
}

/**
 * Pids of all who are in it or below it, 0 for each of another PID namespace. One that was removed holds nobody,
 * for only an empty one can be. Fails with the codes of `node:fs`, and where there are too many.
 */
export async function membersOf({ folder, mount }: GroupPlace): Promise<number[]> {
  const [members, folders] = [[] as number[], [folder]];
  for (let at = 0; at < folders.length; at += 1) {
    const path = folders[at] as string;
    const found = await Promise.all([pidsIn(path), foldersIn(path)]).catch(nobodyIfRemoved);
    members.push(...found[0]);
    folders.push(...found[1].map((name) => join(path, name)));
    if (folders.length > MOST_FOLDERS || members.length > MOST_MEMBERS) {
      throw Object.assign(new Error('too many are in it'), { code: 'E2BIG' });
    }
  }
  if (members.length === 0) await readdir(mount); // what is not mounted any more shows nobody
  return members;
}

async function pidsIn(folder: string): Promise<number[]> {
  const text = await readFile(join(folder, 'cgroup.procs'), 'utf8');
  return text.split('\n').filter(Boolean).map(Number);
}

async function foldersIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { withFileTypes: true });
  return found.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** The kernel says ENODEV of a group that is removed while it is read. */
function nobodyIfRemoved(error: NodeJS.ErrnoException): [number[], string[]] {
  if (error.code === 'ENOENT' || error.code === 'ENODEV') return [[], []];
  throw error;
}
