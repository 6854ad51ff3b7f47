/** Cgroups of a test's own, on the real hierarchies of this machine, and processes that begin others in one. */
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { eventually } from '../../sandbox/engine/rig.js';
import { folderOf, run, type Running } from './processes.js';

export type Version = 1 | 2;

/** Of version 1 any hierarchy will do. */
function mountOf(version: Version): string | null {
  const type = version === 2 ? 'cgroup2' : 'cgroup';
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const found = mounts.map((line) => line.split(' ')).find(([, , kind]) => kind === type);
  return found?.[1] ?? null;
}

/** Why none of that version can be made. */
export function whyNoGroup(version: Version): string | false {
  const mount = mountOf(version);
  if (mount === null) return `no cgroup of version ${version} is mounted`;
  const folder = join(mount, `relight-needs-${process.pid}`);
  try {
    mkdirSync(folder);
    rmdirSync(folder);
    return false;
  } catch {
    return `no cgroup can be made in ${mount}`;
  }
}

export function makeGroup(t: TestContext, version: Version): string {
  const folder = join(mountOf(version) ?? '', `relight-group-${process.pid}-${version}`);
  mkdirSync(folder);
  t.after(() =>
    eventually('its processes are gone', () => {
      const left = readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean);
      left.map(Number).forEach(killed);
      rmdirSync(folder);
      return true;
    }),
  );
  return folder;
}

/** It joins the group, forks itself, begins a helper, and waits. */
const PARENT = `
echo $$ > "$GROUP/cgroup.procs"
mkfifo "$OUT/silence" && exec 3<> "$OUT/silence"
rest() { while :; do read -rt 600 -u 3; done; }
if [ -n "$FORKS" ]; then ( echo $BASHPID > "$OUT/fork"; rest ) & fi
sleep 601 & echo $! > "$OUT/helper"
rest
`;

export interface Family {
  engine: Running;
  helper: number;
  /** Null where it has none. */
  fork: number | null;
}

export async function runFamily(
  t: TestContext,
  group: string,
  { forks, env = {} }: { forks: boolean; env?: Record<string, string> },
): Promise<Family> {
  const folder = folderOf(t);
  const script = join(folder, 'engine.sh');
  writeFileSync(script, PARENT);
  const marks = { ...env, GROUP: group, OUT: folder, FORKS: forks ? '1' : '' };
  const engine = await run(t, { command: ['bash', script], env: marks });
  const pidIn = (name: string) =>
    eventually(name, () => {
      const pid = Number(readFileSync(join(folder, name), 'utf8'));
      return pid > 0 ? pid : Promise.reject(new Error('not yet'));
    });
  const [helper, fork] = [await pidIn('helper'), forks ? await pidIn('fork') : null];
  t.after(() => [helper, fork].forEach(killed));
  return { engine, helper, fork };
}

export function killed(pid: number | null): void {
  try {
    if (pid !== null) process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended before.
  }
}
