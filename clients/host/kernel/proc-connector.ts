/**
 * Events of processes as they happen, by the kernel's proc connector: that a core begins to be written, that a
 * thread has ended, and how. One connection for all who ask.
 *
 * Invariants: what nobody follows is dropped in the kernel; while nobody is followed nothing is open, as when this
 * process ends: a socket that is waited for then may abort it, in koffi; that events were lost is told to all who follow a
 * process; where the kernel does not confirm that it will tell, that is the reason for going on without.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Line, Told } from './proc-line.js';

const CONFIRMED_WITHIN_MS = 1_000;
/** The filter has room for more; nobody has so many engines. */
const MOST_FOLLOWED = 1_000;

export interface Follower {
  pid: number;
  /** A signal that writes a core, where cores are on, begins to end it. */
  dying(): void;
  /** One thread has ended: its wait status, which is the process's where it is the last. */
  exited(status: number): void;
  /** Events are lost: look. */
  missed(): void;
}

export interface ProcessEvents {
  /** Gives how it is ended; null where too many are followed. */
  follow(follower: Follower): (() => void) | null;
}

/** Opened where it is first asked for, and once. */
let opened: Promise<ProcessEvents | { why: string }> | null = null;

export function processEvents(): Promise<ProcessEvents | { why: string }> {
  opened ??= open().catch((error: NodeJS.ErrnoException) => without(error.code ?? error.name));
  return opened;
}

function without(how: string): { why: string } {
  const needs = 'Linux 6.6 or CAP_NET_ADMIN, and the first user, PID and network namespace';
  return { why: `the kernel tells no events of processes (${how}): that needs ${needs}` };
}

async function open(): Promise<ProcessEvents | { why: string }> {
  const { openLine } = await import('./proc-line.js');
  let confirm: (error: number) => void = () => undefined;
  const confirmed = new Promise<number>((resolve) => (confirm = resolve));
  const tried = openLine((told) => {
    if (told !== 'missed' && told.kind === 'ack') confirm(told.error);
  });
  const error = await Promise.race([confirmed, sleep(CONFIRMED_WITHIN_MS, null, { ref: false })]);
  tried.close();
  if (error !== 0) return without(error === null ? 'no answer' : `errno ${error}`);
  let line: Line | null = null;
  const want = (pids: ReadonlySet<number>) => {
    if (pids.size > 0) return (line ??= openLine(events.take)).want(pids);
    line?.close();
    line = null;
  };
  const events = createEvents({ want });
  return events;
}

/** `want` is told whose events are wanted, each time that changes. */
export function createEvents(line: {
  want: (pids: ReadonlySet<number>) => void;
}): ProcessEvents & { take: (told: Told) => void } {
  const followers = new Set<Follower>();
  const want = () => line.want(new Set([...followers].map(({ pid }) => pid)));
  const ofPid = (pid: number) => [...followers].filter((follower) => follower.pid === pid);
  return {
    follow(follower) {
      if (followers.size >= MOST_FOLLOWED) return null;
      const leave = () => {
        if (followers.delete(follower)) want();
      };
      followers.add(follower);
      try {
        want();
      } catch (error) {
        followers.delete(follower);
        throw error;
      }
      return leave;
    },
    take(told) {
      if (told === 'missed') for (const follower of followers) follower.missed();
      else if (told.kind === 'dump') for (const follower of ofPid(told.pid)) follower.dying();
      else if (told.kind === 'exit')
        for (const follower of ofPid(told.pid)) follower.exited(told.status);
    },
  };
}
