/**
 * A write under a lease: asked again when the request has its place in the budget, which may take long,
 * and once more when it is signed.
 *
 * Invariants: what is sent was signed while the lease held, and nothing is sent once it is over, however
 * long this process stood still in between; what stands still on its way is for the venue's own deadline.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Lease } from '../../../activities/ports.js';
import { failure } from '../../../workflows/failure.js';
import type { Exchange } from './ccxt.js';

const held = new AsyncLocalStorage<Lease>();

/** All requests of `act` are sent under this lease. */
export async function underLease<T>(
  lease: Lease | undefined,
  act: () => T | Promise<T>,
): Promise<T> {
  return lease === undefined ? act() : held.run(lease, async () => act());
}

/** For how long what is signed now may arrive; null where nothing bounds it. */
export function leftToArriveMs(): number | null {
  const leftMs = held.getStore()?.leftMs() ?? Infinity;
  return Number.isFinite(leftMs) ? Math.max(0, Math.floor(leftMs)) : null;
}

/** Between the place in the budget and the signature. */
export async function askLease(): Promise<void> {
  await held.getStore()?.beforeWrite();
}

/** Between the signature and the wire. */
export function refuseLate(exchange: Exchange): void {
  const send = exchange.fetch.bind(exchange);
  exchange.fetch = async (...request: Parameters<Exchange['fetch']>) => {
    if (leftToArriveMs() === 0) {
      throw failure('AttemptGivenUp', 'this attempt may have been given up: nothing was sent');
    }
    return send(...request);
  };
}
