/**
 * The threads of one process by their names, and whether each has run since it was looked at last.
 *
 * Invariants: the kernel counts each time that a thread leaves a processor, so one that ran and sleeps again
 * has another count, and one that waits has not; one that wants to run is never said to wait, however
 * long a busy machine lets it; nor is one that a debugger holds.
 */
import { readdirSync, readFileSync } from 'node:fs';

export interface ThreadSeen {
  id: number;
  name: string;
  /** Changes whenever it has run; null: it runs, or would, or is held by a debugger. */
  switches: string | null;
}

/** Of a process; its other threads are not looked at, so that none among them is not none. */
const MOST_THREADS = 1_000;

/** Those whose name fits; null where they cannot be looked at, as after the end of the process. */
export function threadsNamed(pid: number, name: RegExp): ThreadSeen[] | null {
  const ids = idsOf(pid);
  if (ids === null) return null;
  const found = ids.slice(0, MOST_THREADS).flatMap((id) => {
    const folder = `/proc/${pid}/task/${id}`;
    const own = textOf(`${folder}/comm`)?.replace(/\n$/, '');
    if (own === undefined || !name.test(own)) return [];
    const status = textOf(`${folder}/status`);
    return status === null ? [] : seenIn(status, { id, name: own });
  });
  return found.length === 0 && ids.length > MOST_THREADS ? null : found;
}

/** Not by the thread pool: the kernel answers from memory, sooner than a thread would wake up. */
function idsOf(pid: number): number[] | null {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return null;
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Line ends in a name are written as `\n` there, so no name can look like a line. */
function seenIn(status: string, thread: { id: number; name: string }): ThreadSeen[] {
  const state = /\nState:\t(\w)/.exec(status)?.[1] ?? 'X';
  if (state === 'Z' || state === 'X') return [];
  const counts = [...status.matchAll(/\n(?:non)?voluntary_ctxt_switches:\t(\d+)/g)];
  const works = state === 'R' || state === 't';
  return [{ ...thread, switches: works ? null : counts.map(([, count]) => count).join('+') }];
}
