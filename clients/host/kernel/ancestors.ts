/** Who has begun a process, and who has begun that one, up to the first of all. */
import { readStat } from '../process-table.js';

const MOST_ANCESTORS = 100;
const FIRST_OF_ALL = 1;

/** The nearest first, without the first process of the host, which has begun everything. */
export async function ancestorsOf(pid: number): Promise<number[]> {
  return (await allAbove(pid)).filter((at) => at !== FIRST_OF_ALL);
}

/** The process, and all above it: in a container, the first may be the shell of a person. */
export async function lineageOf(pid: number): Promise<number[]> {
  return [pid, ...(await allAbove(pid))];
}

async function allAbove(pid: number): Promise<number[]> {
  const above: number[] = [];
  for (let at = await parentOf(pid); at > 0; at = await parentOf(at)) {
    above.push(at);
    if (above.length > MOST_ANCESTORS) break;
  }
  return above;
}

/** 0 where it is gone. */
async function parentOf(pid: number): Promise<number> {
  const stat = await readStat(pid).catch(() => null);
  return stat?.parent ?? 0;
}
