/**
 * What a real agent costs while nothing happens: processor time of its process, of user and system together, while
 * its engines beat, with its worker connected to Temporal and the ring of resources going.
 *
 * Invariants: two agents, which differ in the number of their engines alone, are looked at in the same minute; time
 * of the processor and not of the clock, because the machine has other work.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fieldsOf, TICK_MS } from '../../../clients/host/process-table.js';
import { watchedEngines } from './agents.js';
import { openServer } from '../../workers/processes/temporal-with.js';
import { closing } from '../closing.js';

const MORE = 4;
/** What was loaded at the start is compiled, and tidied up, by then. */
const SETTLES_MS = 30_000;

/** In hundredths of one core. */
export interface RestingCosts {
  one: number;
  eachMore: number;
}

export async function measureAgentAtRest(forMs = 60_000): Promise<RestingCosts> {
  return closing(async (t) => {
    const address = await openServer(t);
    const { agent: small } = await watchedEngines(t, { address, count: 1 });
    const { agent: large } = await watchedEngines(t, { address, count: 1 + MORE });
    await delay(SETTLES_MS);
    const before = { one: ticksOf(small.pid), all: ticksOf(large.pid) };
    await delay(forMs);
    const share = (ticks: number) => (100 * ticks * TICK_MS) / forMs;
    const one = share(ticksOf(small.pid) - before.one);
    const all = share(ticksOf(large.pid) - before.all);
    return { one, eachMore: (all - one) / MORE };
  });
}

function ticksOf(pid: number): number {
  const fields = fieldsOf(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return Number(fields[11]) + Number(fields[12]);
}
