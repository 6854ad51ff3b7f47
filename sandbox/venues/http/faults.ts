/**
 * Faults asked for by tests: what they are, and which one touches a request.
 *
 * Invariants: faults are offered each request in the order they were armed and the first to take it
 * is spent, so at most one touches a request; a counted fault is spent after as many; the same seed
 * hits the same requests.
 */
import type { VenueId } from '../instruments.js';
import { seededRandom } from '../market/random.js';
import type { Endpoint } from './endpoints.js';

export const FAULT_KINDS = [
  'timeout-before',
  'timeout-after',
  'connection-reset-before',
  'connection-reset-after',
  'rate-limit',
  'ban',
  'server-error',
  'server-error-after',
  'truncated-json',
  'html',
  'html-error',
  'empty-object',
  'empty-body',
  'duplicate-page',
  'shifting-page',
  'dropping-page',
  'stale',
  'clock-skew',
  'revoked-key',
  'maintenance',
  'slow',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export const EVERY_ENDPOINT = '*';

/** What `server-error` and `html-error` may answer with. */
export const FAULT_STATUSES = [403, 500, 502, 503, 504, 524] as const;
type FaultStatus = (typeof FAULT_STATUSES)[number];

export interface Fault {
  venue: VenueId;
  endpoint: Endpoint | typeof EVERY_ENDPOINT;
  kind: FaultKind;
  /** How many requests it touches; absent or zero means until cleared. */
  count?: number | undefined;
  /** How many requests it lets pass first. */
  after?: number | undefined;
  /** The chance that it touches a request; certain unless told. */
  probability?: number | undefined;
  seed?: string | undefined;
  /** Does what was asked before it answers in a way that tells nothing of it. */
  afterEffect?: boolean | undefined;
  retryAfterS?: number | undefined;
  status?: FaultStatus | undefined;
  /** How late the answer of `slow` is. */
  delayMs?: number | undefined;
  /** How old the answer of `stale` is. */
  ageMs?: number | undefined;
  /** How far the venue's clock of `clock-skew` is ahead; negative when it is behind. */
  skewMs?: number | undefined;
}

/** How many requests a fault has touched. */
export interface TouchedFault {
  fault: Fault;
  requests: number;
}

interface Armed {
  fault: Fault;
  random: () => number;
  toPass: number;
  left: number;
  touched: number;
}

export class Faults {
  #armed: Armed[] = [];
  #changes = 0;

  /** How often faults were armed or cleared. */
  get changes(): number {
    return this.#changes;
  }

  /** Those that would still touch a request. */
  get left(): readonly Fault[] {
    return this.#armed.filter(({ left }) => left > 0).map(({ fault }) => fault);
  }

  /** All since the last clearing, spent ones too. */
  get touched(): readonly TouchedFault[] {
    return this.#armed.map(({ fault, touched }) => ({ fault, requests: touched }));
  }

  set(fault: Fault): void {
    const { venue, endpoint, kind, seed = 'relight' } = fault;
    this.#changes += 1;
    this.#armed.push({
      fault,
      random: seededRandom(`${seed} ${venue} ${endpoint} ${kind}`),
      toPass: fault.after ?? 0,
      left: fault.count === undefined || fault.count === 0 ? Infinity : fault.count,
      touched: 0,
    });
  }

  clear(): void {
    this.#changes += 1;
    this.#armed = [];
  }

  /** A fault that cannot show on a request is not offered it. */
  spend(venue: VenueId, endpoint: Endpoint, applies: (fault: Fault) => boolean): Fault | undefined {
    for (const armed of this.#armed) {
      const { fault } = armed;
      const named = fault.endpoint === endpoint || fault.endpoint === EVERY_ENDPOINT;
      const offered = armed.left > 0 && fault.venue === venue && named;
      if (!offered || !applies(fault) || !takes(armed)) continue;
      armed.left -= 1;
      armed.touched += 1;
      return fault;
    }
    return undefined;
  }
}

function takes(armed: Armed): boolean {
  if (armed.toPass > 0) {
    armed.toPass -= 1;
    return false;
  }
  // Drawn for each request offered, so which are hit depends on their order alone.
  return armed.random() < (armed.fault.probability ?? 1);
}
