// Faults asked for by tests. Invariant: a counted fault is spent once per request it touches and
// then gone; at most one fault is in force per venue and endpoint.
import type { VenueId } from '../instruments.js';
import type { Endpoint } from './endpoints.js';

export const FAULT_KINDS = [
  'timeout-before',
  'timeout-after',
  'rate-limit',
  'server-error',
  'empty-object',
  'html',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  readonly venue: VenueId;
  readonly endpoint: Endpoint;
  readonly kind: FaultKind;
  /** How many requests it touches; absent or zero means until cleared. */
  readonly count?: number | undefined;
  readonly retryAfterS?: number | undefined;
}

export class Faults {
  readonly #faults = new Map<string, { fault: Fault; left: number }>();

  set(fault: Fault): void {
    const left = fault.count === undefined || fault.count === 0 ? Infinity : fault.count;
    this.#faults.set(keyOf(fault.venue, fault.endpoint), { fault, left });
  }

  clear(): void {
    this.#faults.clear();
  }

  spend(venue: VenueId, endpoint: Endpoint): Fault | undefined {
    const key = keyOf(venue, endpoint);
    const armed = this.#faults.get(key);
    if (!armed) return undefined;
    armed.left -= 1;
    if (armed.left <= 0) this.#faults.delete(key);
    return armed.fault;
  }
}

function keyOf(venue: VenueId, endpoint: Endpoint): string {
  return `${venue} ${endpoint}`;
}
