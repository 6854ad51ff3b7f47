/** Looking again until something is there, for a bounded time. */
import type { Clock } from '../ports.js';

export interface Looking {
  withinMs: number;
  everyMs: number;
  clock: Clock;
  /** Fails where the work is cancelled, which ends the looking. */
  sleep: (ms: number) => Promise<unknown>;
}

/** What the look found; null where the time was over first. Looks once at least. */
export async function until<T>(
  look: () => Promise<T | null>,
  { withinMs, everyMs, clock, sleep }: Looking,
): Promise<T | null> {
  const began = clock.nowMs();
  for (;;) {
    const found = await look();
    if (found !== null || clock.nowMs() - began >= withinMs) return found;
    await sleep(everyMs);
  }
}
