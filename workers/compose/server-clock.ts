/**
 * How far this process's clock is ahead of that of Temporal's server, as activities tell it: each carries
 * the server's time at which it was scheduled, and begins here some time after that.
 *
 * Invariants: a late activity only makes the difference look larger, so the smallest of the last ones
 * counts, and fewer than a few prove nothing; a clock that was set is measured anew; what reading allows
 * for anyway is no difference.
 */
const NOTABLE_MS = 5_000;
const FEWEST = 3;
const KEPT = 64;
const KEPT_FOR_MS = 10 * 60_000;
const SET_MS = 1_000;

interface Sample {
  /** By a clock that nobody sets. */
  atMs: number;
  aheadMs: number;
}

export interface ServerClock {
  /** `wallMs`: by this host's clock, when what the server scheduled at `serverMs` began here. */
  note(serverMs: number, wallMs: number): void;
  /** 0 where the two agree, or too little is known. */
  aheadMs(): number;
}

export function createServerClock(
  monotonicMs: () => number = () => performance.now(),
): ServerClock {
  let samples: Sample[] = [];
  let offset: number | null = null;
  return {
    note(serverMs, wallMs) {
      const atMs = monotonicMs();
      const wasSet = offset !== null && Math.abs(wallMs - atMs - offset) > SET_MS;
      offset = wallMs - atMs;
      const kept = wasSet ? [] : samples.filter((one) => atMs - one.atMs < KEPT_FOR_MS);
      samples = [...kept, { atMs, aheadMs: wallMs - serverMs }].slice(-KEPT);
    },
    aheadMs() {
      if (samples.length < FEWEST) return 0;
      const least = Math.round(Math.min(...samples.map(({ aheadMs }) => aheadMs)));
      return Math.abs(least) < NOTABLE_MS ? 0 : least;
    },
  };
}

/** Of this process: all its workers have one clock, and one server. */
export const serverClock = createServerClock();

export const hostClock = { nowMs: () => Date.now(), aheadMs: () => serverClock.aheadMs() };
