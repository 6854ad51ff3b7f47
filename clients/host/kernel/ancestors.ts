/** Who has begun a process, and who has begun that one, up to the first of all. */
import { readStat } from '../process-table.js';

const MOST_ANCESTORS = 100;

/** The nearest first, without the first process of the host. */
export async function ancestorsOf(pid: number): Promise<number[]> {
  const above: number[] = [];
  for (let at = await parentOf(pid); at > 1; at = await parentOf(at)) {
    if (above.length === MOST_ANCESTORS) break;
    above.push(at);
  }
  return above;
}

/** 0 where it is gone. */
async function parentOf(pid: number): Promise<number> {
  const stat = await readStat(pid).catch(() => null);
  return stat?.parent ?? 0;
}
