/**
 * The lease of the attempt that this is part of, wherever it is asked for.
 *
 * Invariant: who is in no attempt has none, and is told so, instead of writing without one.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Lease } from '../../activities/ports.js';

const held = new AsyncLocalStorage<Lease>();

export function holding<T>(lease: Lease, act: () => T): T {
  return held.run(lease, act);
}

export function currentLease(): Lease {
  const lease = held.getStore();
  if (lease === undefined) throw new Error('only an activity that beats may write by a lease');
  return lease;
}
