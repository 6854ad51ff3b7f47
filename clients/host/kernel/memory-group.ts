/**
 * The memory cgroup of a process, version 1 or 2: how many of its processes the OOM killer has ended.
 *
 * Invariant: what cannot be read is null, and never none.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface MemoryGroup {
  /** The file that counts. */
  path: string;
}

const COUNTERS = { 1: 'memory.oom_control', 2: 'memory.events' } as const;

/** Null where it is in none, or none can be seen here. */
export async function memoryGroupOf(pid: number): Promise<MemoryGroup | null> {
  const [groups, mounts] = await Promise.all([
    readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => ''),
    readFile('/proc/self/mountinfo', 'utf8').catch(() => ''),
  ]);
  const found = memoryGroupIn(groups, mounts);
  return found !== null && oomKillsIn(found) !== null ? found : null;
}

/** Version 1 counts where it has the memory controller; else version 2 does. */
export function memoryGroupIn(groups: string, mounts: string): MemoryGroup | null {
  const lines = groups.trimEnd().split('\n');
  const first = lines.map((line) => /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/.exec(line)?.[1]);
  const own = first.find((path) => path !== undefined);
  if (own !== undefined) return groupAt(mounts, 1, own);
  const second = lines
    .map((line) => /^0::(.*)$/.exec(line)?.[1])
    .find((path) => path !== undefined);
  return second === undefined ? null : groupAt(mounts, 2, second);
}

/** Mounts show a part of the tree, from their root on; in a container mostly the own one. */
function groupAt(mounts: string, version: 1 | 2, path: string): MemoryGroup | null {
  for (const line of mounts.split('\n')) {
    const [place = '', system = ''] = line.split(' - ');
    const [, , , root = '', point = ''] = place.split(' ');
    const within = isOfVersion(system, version) ? pathWithin(path, root) : null;
    if (within !== null) return { path: join(point, within, COUNTERS[version]) };
  }
  return null;
}

function isOfVersion(system: string, version: 1 | 2): boolean {
  const [type, , options = ''] = system.split(' ');
  if (version === 2) return type === 'cgroup2';
  return type === 'cgroup' && options.split(',').includes('memory');
}

function pathWithin(path: string, root: string): string | null {
  if (root === '/') return path;
  return path === root || path.startsWith(`${root}/`) ? path.slice(root.length) : null;
}

/** At once, and not by the thread pool: the kernel answers from memory, and is asked again and again. */
export function oomKillsIn({ path }: MemoryGroup): number | null {
  const count = /^oom_kill (\d+)$/m.exec(textOf(path))?.[1];
  return count === undefined ? null : Number(count);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
