/**
 * The threads of a process that hung, as its stacks tell them, and the cycle in which they wait for each
 * other's locks.
 *
 * Invariant: a lock has the owner that the lock itself names, and only a thread of the same process counts.
 */
import { backtraceIn } from './frames.js';

export interface HungThread {
  id: number;
  /** Of /proc/PID/task/ID/stat; null where it was not seen. */
  state: string | null;
  /** In which part of the looks it ran, or could: 0 to 1. */
  busy: number;
  frames: readonly string[];
  place: string | null;
  waitsFor: { lock: string; owner: number } | null;
}

export type HungThreads = readonly HungThread[];

const SEEN = /^thread (\d+) state (\w) busy (\d+)%$/;
const HEAD = /^Thread \d+ \(.*?\bLWP (\d+)\)/;
const LOCK = /^lock (0x[0-9a-f]+) owner (\d+)(?: writer (-?\d+) (-?\d+))?$/;
const FOR_READERS = /^#\d+ .*\b_*(?:GI_+)?pthread_rwlock_\w+/m;
const MOST_THREADS = 1_000;

interface Section {
  id: number;
  text: string;
}

/** Reads what `stacksOfProcess` of the host's debugger has written. */
export function hungThreadsIn(text: string): HungThreads {
  const seen = new Map<number, { state: string; busy: number }>();
  for (const line of text.split('\n')) {
    const [, id, state, busy] = SEEN.exec(line) ?? [];
    if (id !== undefined && state !== undefined) {
      seen.set(Number(id), { state, busy: Number(busy) / 100 });
    }
  }
  const sections = sectionsOf(text);
  const ids = new Set([...seen.keys(), ...sections.map(({ id }) => id)]);
  return [...ids].slice(0, MOST_THREADS).map((id) => {
    const own = sections.filter((section) => section.id === id).map((section) => section.text);
    return { id, ...(seen.get(id) ?? { state: null, busy: 0 }), ...threadIn(own.join('\n'), ids) };
  });
}

function threadIn(text: string, ids: ReadonlySet<number>) {
  const backtrace = backtraceIn(text);
  return {
    frames: backtrace?.frames ?? [],
    place: backtrace?.place ?? null,
    waitsFor: isWaitingForLock(text) ? lockIn(text, ids) : null,
  };
}

function isWaitingForLock(text: string): boolean {
  return /^#\d+ .*\b_*(?:GI_+)?(?:lll_lock_wait|pthread_mutex_(?:timed|clock)?lock|mutex_lock_full|pthread_rwlock_\w*lock)/m.test(
    text,
  );
}

function lockIn(text: string, ids: ReadonlySet<number>): HungThread['waitsFor'] {
  const forReaders = FOR_READERS.test(text);
  for (const line of text.split('\n')) {
    const [, lock, owner, ...writers] = LOCK.exec(line) ?? [];
    const known = (forReaders ? writers : [owner]).map(Number).find((id) => ids.has(id));
    if (lock !== undefined && known !== undefined) return { lock, owner: known };
  }
  return null;
}

function sectionsOf(text: string): Section[] {
  const sections: Section[] = [];
  for (const line of text.split('\n')) {
    const id = HEAD.exec(line)?.[1];
    if (id !== undefined) sections.push({ id: Number(id), text: '' });
    const open = sections.at(-1);
    if (open !== undefined && id === undefined) open.text += `${line}\n`;
  }
  return sections;
}

/** From the thread with the lowest id on; null where nobody waits for himself through others. */
export function lockCycle(threads: HungThreads): HungThreads | null {
  const byId = new Map(threads.map((thread) => [thread.id, thread]));
  for (const start of threads.toSorted((a, b) => a.id - b.id)) {
    const path: HungThread[] = [];
    let at: HungThread | undefined = start;
    while (at !== undefined && !path.includes(at)) {
      path.push(at);
      at = at.waitsFor === null ? undefined : byId.get(at.waitsFor.owner);
    }
    if (at === start) return path;
  }
  return null;
}
