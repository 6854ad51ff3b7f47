/** Why a process that lives does nothing: by its threads, as they were before it was killed. */
import type { CauseFacts, Classification } from './cause.js';
import { lockCycle, type HungThread, type HungThreads } from './threads.js';

type Verdict = Pick<Classification, 'cause' | 'confidence' | 'because'>;

/** A thread that can run in so many looks waits for nothing. */
const BUSY = 0.8;
const SILENT = 'alive, but no heartbeat';

export function causeOfHang({ hungThreads }: CauseFacts): Verdict {
  const threads = hungThreads ?? [];
  return stopped(threads) ?? deadlock(threads) ?? loop(threads) ?? silent();
}

function silent(): Verdict {
  return { cause: 'hang', confidence: 'certain', because: SILENT };
}

/** What a debugger stops it lets go on again; all threads stopped before one came is a signal's work. */
function stopped(threads: HungThreads): Verdict | null {
  if (threads.length === 0 || threads.some(({ state }) => state !== 'T' && state !== 't'))
    return null;
  const who = threads.some(({ state }) => state === 't') ? 'by a debugger' : 'by SIGSTOP';
  return {
    cause: 'stopped',
    confidence: 'certain',
    because: `${SILENT}: all threads are stopped ${who}`,
  };
}

function deadlock(threads: HungThreads): Verdict | null {
  const cycle = lockCycle(threads);
  if (cycle === null) return null;
  const because = `${SILENT}: ${cycle.map(waitWords).join('; ')}`;
  return { cause: 'deadlock', confidence: 'certain', because };
}

function waitWords({ id, place, waitsFor }: HungThread): string {
  const where = place === null ? '' : ` in ${place}`;
  return `thread ${id}${where} waits for lock ${waitsFor?.lock} of thread ${waitsFor?.owner}`;
}

/** An engine may poll on purpose, so that this is likely and no more. */
function loop(threads: HungThreads): Verdict | null {
  const busiest = threads.filter(({ busy }) => busy >= BUSY).toSorted((a, b) => b.busy - a.busy)[0];
  if (busiest === undefined) return null;
  const where = busiest.place === null ? '' : ` in ${busiest.place}`;
  const because = `${SILENT}: thread ${busiest.id} runs without end${where}`;
  return { cause: 'endless_loop', confidence: 'likely', because };
}
