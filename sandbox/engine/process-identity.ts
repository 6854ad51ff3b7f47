/** Which process this is. Invariant: a pid alone names no process; with its start time it does. */
import { readFileSync } from 'node:fs';

const START_TIME_FIELD = 22;

/** Field 22 of /proc/<pid>/stat. Counted after the name, which may hold spaces and brackets. */
export function startTicks(pid: number | 'self' = 'self'): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = afterName[START_TIME_FIELD - 3];
  if (ticks === undefined) throw new Error(`/proc/${pid}/stat has no start time`);
  return ticks;
}
