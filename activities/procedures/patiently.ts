/**
 * How often a venue is asked again, and after how long: by no other number. Around it stand the retries of
 * the activity that asks (`workflows/calls.ts`).
 *
 * Invariants: only failures that asking again may mend are tried again (`VenueRefused`, what ends the
 * attempt and what is not a failure of ours are final); a wait ends at once when its signal says so; every failed try
 * shows progress, so that a patient activity is not taken for a dead one.
 */
import pRetry from 'p-retry';
import { isFailure } from '../errors.js';
import type { Lease } from '../ports.js';
import { endsAttempt } from './lease.js';

/** How often in all, and the waits between: the first, doubled each time, up to the longest. */
export interface Patience {
  tries: number;
  firstWaitMs: number;
  longestWaitMs: number;
}

export const PATIENCE = {
  /** Reading, looking up, arming: 0.5, 1, 2 and 4 s between. */
  asking: { tries: 5, firstWaitMs: 500, longestWaitMs: 4_000 },
  /** Reading for somebody who waits at the screen, or at an engine to be stopped: 0.5, 1 and 2 s. */
  looking: { tries: 4, firstWaitMs: 500, longestWaitMs: 2_000 },
  /** Before it is said that orders may be left in the market: 19.5 s in all. */
  stopping: { tries: 8, firstWaitMs: 500, longestWaitMs: 4_000 },
  /** Figures that a reading is worth having without. */
  optional: { tries: 2, firstWaitMs: 0, longestWaitMs: 0 },
} as const satisfies Record<string, Patience>;

/** How to show progress, and what ends the waiting: an activity and a command line differ here. */
export interface Pace {
  beat: () => void;
  signal?: AbortSignal;
  /** Told of each failure, the last and the final ones too. */
  onFailure?: (failure: Error) => void;
}

/** Of work that also waits between what it does. */
export interface WaitingPace extends Pace {
  /** Fails where the work is called off. */
  sleep: (ms: number) => Promise<unknown>;
}

/** Of work that writes. */
export interface WritingPace extends WaitingPace {
  lease: Lease;
}

/** Fails with what the last try failed with, or with the signal's reason. */
export async function patiently<T>(
  act: () => Promise<T>,
  { tries, firstWaitMs, longestWaitMs }: Patience,
  { beat, signal, onFailure }: Pace,
): Promise<T> {
  return pRetry(act, {
    retries: tries - 1,
    minTimeout: firstWaitMs,
    maxTimeout: longestWaitMs,
    factor: 2,
    shouldRetry: ({ error }) =>
      isFailure(error) && !isFailure(error, 'VenueRefused') && !endsAttempt(error),
    onFailedAttempt: ({ error }) => {
      onFailure?.(error);
      beat();
    },
    ...(signal === undefined ? {} : { signal }),
  });
}
