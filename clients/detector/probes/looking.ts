/**
 * A probe's looks, one after the other.
 *
 * Invariants: a look that does not come back is the only one of its probe, so it takes no more than its
 * own share of the process from other probes; that nothing is seen meanwhile is said, once.
 */
import { setImmediate as nextRound } from 'node:timers/promises';
import type { ProbeWatch, Running } from './probe.js';

export interface Looks {
  /** Asked for before each look where it changes: who sleeps is not woken up for nothing. */
  everyMs: number | (() => number);
  /** After so long a look is said to hang. */
  limitMs?: number;
}

export interface Looking extends Running {
  /** Sooner than its time; as soon as the look that is on its way has come back. */
  now(): void;
}

const LIMIT_MS = 5_000;

export function keepLooking(
  { everyMs, limitMs = LIMIT_MS }: Looks,
  watch: Pick<ProbeWatch, 'warn'>,
  probe: { kind: string; look: () => Promise<void> },
): Looking {
  const { kind } = probe;
  /** When the look began that has not come back; null where none is on its way. */
  let beganMs: number | null = null;
  let said = false;
  let again = false;
  let stopped = false;
  async function lookOnce(): Promise<void> {
    beganMs = performance.now();
    again = false;
    try {
      await probe.look();
    } catch (error) {
      const why = error instanceof Error ? error.name : 'unknown';
      watch.warn('a look of a probe failed', { kind, why });
    } finally {
      beganMs = null;
      said = false;
      if (again && !stopped) void lookOnce();
    }
  }
  const waitMs = () => (typeof everyMs === 'number' ? everyMs : everyMs());
  function tick(): void {
    if (waitMs() !== waitedMs) restart();
    if (beganMs === null) return void lookOnce();
    if (said || performance.now() - beganMs < limitMs) return;
    said = true;
    watch.warn('a probe does not come back: it sees nothing until it does', { kind, limitMs });
  }
  function restart(): void {
    clearInterval(timer);
    waitedMs = waitMs();
    timer = setInterval(tick, waitedMs);
  }
  // One timer, and not one more for each look: there are many looks.
  let waitedMs = waitMs();
  let timer = setInterval(tick, waitedMs);
  return {
    now() {
      if (beganMs === null && !stopped) void lookOnce();
      else again = true;
    },
    stop: async () => {
      stopped = true;
      clearInterval(timer);
    },
  };
}

/**
 * Of a process whose end the kernel has told: its sockets are closed by then, and one round of the event loop reads
 * all that it had said.
 */
export async function heardOut(): Promise<void> {
  await nextRound();
  await nextRound();
}
