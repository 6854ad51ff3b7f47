/**
 * A probe's looks, one after the other.
 *
 * Invariants: a look that does not come back is the only one of its probe, so it takes no more than its
 * own share of the process from other probes; that nothing is seen meanwhile is said, once.
 */
import type { ProbeWatch, Running } from './probe.js';

export interface Looks {
  everyMs: number;
  /** After so long a look is said to hang. */
  limitMs?: number;
}

const LIMIT_MS = 5_000;

export function keepLooking(
  { everyMs, limitMs = LIMIT_MS }: Looks,
  watch: Pick<ProbeWatch, 'warn'>,
  probe: { kind: string; look: () => Promise<void> },
): Running {
  const { kind } = probe;
  /** When the look began that has not come back; null where none is on its way. */
  let beganMs: number | null = null;
  let said = false;
  async function lookOnce(): Promise<void> {
    beganMs = performance.now();
    try {
      await probe.look();
    } catch (error) {
      const why = error instanceof Error ? error.name : 'unknown';
      watch.warn('a look of a probe failed', { kind, why });
    } finally {
      beganMs = null;
      said = false;
    }
  }
  // One timer, and not one more for each look: there are many looks.
  const timer = setInterval(() => {
    if (beganMs === null) return void lookOnce();
    if (said || performance.now() - beganMs < limitMs) return;
    said = true;
    watch.warn('a probe does not come back: it sees nothing until it does', { kind, limitMs });
  }, everyMs);
  return {
    stop: async () => {
      clearInterval(timer);
    },
  };
}
