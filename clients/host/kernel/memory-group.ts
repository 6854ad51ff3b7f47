/**
 * The memory cgroup of a process, version 1 or 2: how many of its processes the OOM killer has ended.
 *
 * Invariant: what cannot be read is null, and never none.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { membershipsIn, placeOf } from './cgroup.js';

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
  const all = membershipsIn(groups);
  const first = all.find(({ controllers }) => controllers.includes('memory'));
  const own = first ?? all.find(({ version }) => version === 2);
  if (own === undefined) return null;
  const controllers = own.version === 1 ? ['memory'] : [];
  const place = placeOf(mounts, { ...own, controllers });
  return place === null ? null : { path: join(place.folder, COUNTERS[own.version]) };
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
