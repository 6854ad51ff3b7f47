/** Leases beside those of attempts, and what a throw of one means. */
import type { Lease } from '../ports.js';
import { isFailure } from '../errors.js';

/** Of who acts for a person, in no activity: nobody else begins the same. */
export const ALWAYS: Lease = {
  beforeWrite: async () => undefined,
  leftMs: () => Infinity,
};

/** The lease, and something else that must hold: it is asked first, because the lease knows the time. */
export function alsoIf(lease: Lease, holds: () => Promise<void>): Lease {
  return {
    async beforeWrite() {
      await holds();
      await lease.beforeWrite();
    },
    leftMs: () => lease.leftMs(),
  };
}

/** Another attempt, or another recovery, is at work: this one does nothing more. */
export function endsAttempt(error: unknown): boolean {
  return isFailure(error, 'AttemptGivenUp') || isFailure(error, 'StaleEpoch');
}
