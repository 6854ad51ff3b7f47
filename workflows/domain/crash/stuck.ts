/**
 * When a workflow of ours is stuck on its code, and when it only waits.
 *
 * Invariant: one that waits, for people, a venue or a worker that is about to be back, is not stuck: what fails
 * must have failed again and again, and for a while.
 */

/** Its workflow task, which has failed: `attempt` counts the one that is tried now. */
export interface FailingTask {
  attempt: number;
  sinceMs: number;
  why: string;
}

/** A question that it did not answer. `nobody`: no worker took it, so nothing is said of its code. */
export interface Unanswered {
  nobody: boolean;
  why: string;
}

export interface Patience {
  /** So often its workflow task must have failed in a row, and for so long. */
  attempts: number;
  failingMs: number;
  /** So often in a row a question to it must have failed. */
  unanswered: number;
}

export const STUCK_AFTER: Patience = { attempts: 3, failingMs: 15_000, unanswered: 3 };

/** Why it is stuck, in words; null where it is not. */
export function stuckWords(
  { failing, unanswered }: { failing: FailingTask | null; unanswered: readonly Unanswered[] },
  nowMs: number,
  patience: Patience = STUCK_AFTER,
): string | null {
  const failed = failing === null ? null : failingWords(failing, nowMs, patience);
  if (failed !== null) return failed;
  const last = unanswered.at(-1);
  if (last === undefined || unanswered.length < patience.unanswered) return null;
  return `it can be asked nothing: ${last.why}`;
}

function failingWords(
  { attempt, sinceMs, why }: FailingTask,
  nowMs: number,
  patience: Patience,
): string | null {
  if (attempt < patience.attempts || nowMs - sinceMs < patience.failingMs) return null;
  return `its workflow task has failed ${attempt} times in a row: ${why}`;
}
