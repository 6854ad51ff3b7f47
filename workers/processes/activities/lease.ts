/**
 * The lease of one attempt: Temporal has taken a beat of it so lately that it cannot have given it up.
 *
 * Invariants: it counts from when the beat was sent, by a clock that nobody sets and that goes on while
 * this process stands still; it begins with a beat of its own, because a task may have lain unread; a
 * write begins in the first half of it, which leaves the other half for the way to the venue.
 */
import type { Lease } from '../../../activities/ports.js';
import { failure } from '../../../workflows/failure.js';

/** For what is done between the last look and the wire, and for clocks that differ a little. */
const MARGIN = 0.05;
const FRESH = 0.5;
/** On a machine or a server that is busy, one may be taken too late to tell anything. */
const BEATS = 3;

interface Attempt {
  /** After so long without a beat Temporal gives it up. */
  timeoutMs: number;
  /** Resolves when Temporal has taken it; fails where it knows the attempt no more, or does not answer. */
  beat: () => Promise<void>;
  /** Of an attempt that is called off. */
  signal: AbortSignal;
  nowMs?: () => number;
}

export function createLease({
  timeoutMs,
  beat,
  signal,
  nowMs = () => performance.now(),
}: Attempt): Lease {
  let sentAtMs = -Infinity;
  let beating: Promise<void> | null = null;
  const leftMs = () => {
    if (signal.aborted) return 0;
    return Math.max(0, sentAtMs + timeoutMs * (1 - MARGIN) - nowMs());
  };
  const isFresh = () => leftMs() > timeoutMs * FRESH;
  async function beatOnce(): Promise<void> {
    const sendingAtMs = nowMs();
    await beat();
    sentAtMs = Math.max(sentAtMs, sendingAtMs);
  }
  return {
    leftMs,
    async beforeWrite() {
      for (let beats = 0; beats < BEATS && !isFresh(); beats += 1) {
        signal.throwIfAborted();
        beating ??= beatOnce().finally(() => (beating = null));
        await beating.catch(() => undefined); // what it left is looked at
      }
      signal.throwIfAborted();
      if (isFresh()) return;
      throw failure(
        'AttemptGivenUp',
        'Temporal may have given this attempt up: it does nothing more',
      );
    },
  };
}
