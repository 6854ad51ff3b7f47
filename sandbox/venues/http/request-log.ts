/**
 * What clients asked of the venues.
 *
 * Invariants: every write is listed with its outcome, also the refused, the repeated and those a
 * fault swallowed; reads are only counted; every request, also to a path nobody serves, is in its
 * venue's tally.
 */
import { VENUE_IDS, type VenueId } from '../instruments.js';
import type { Endpoint, WriteEndpoint } from './endpoints.js';
import type { FaultKind } from './faults.js';

export interface WriteIds {
  clientOrderId?: string | undefined;
  venueOrderId?: string | undefined;
}

/** `dropped`: a fault answered, or hung, before the venue did anything. */
export type WriteOutcome = 'accepted' | 'repeated' | 'refused' | 'dropped';

export interface WriteRecord extends WriteIds {
  venue: VenueId;
  endpoint: WriteEndpoint;
  timeMs: number;
  outcome: WriteOutcome;
  /** Why it was refused. */
  reason?: string | undefined;
  fault?: FaultKind | undefined;
}

export type ReadCounts = Partial<Record<Endpoint, number>>;

/** All that a venue was asked, and what that counts against its limits. */
export interface RequestTally {
  requests: number;
  weight: number;
}

/** A sandbox may run for days. */
const PROOFS_KEPT = 50_000;

export class RequestLog {
  readonly writes: WriteRecord[] = [];
  readonly #reads = byVenue<ReadCounts>(() => ({}));
  readonly #tallies = byVenue<RequestTally>(() => ({ requests: 0, weight: 0 }));
  #proofs: string[] = [];

  get reads(): Readonly<Record<VenueId, ReadCounts>> {
    return this.#reads;
  }

  get tallies(): Readonly<Record<VenueId, RequestTally>> {
    return this.#tallies;
  }

  /** The newest signatures and tokens that came with requests. */
  get proofs(): readonly string[] {
    return this.#proofs;
  }

  tally(venue: VenueId, weight: number): void {
    const before = this.#tallies[venue];
    this.#tallies[venue] = { requests: before.requests + 1, weight: before.weight + weight };
  }

  addProof(proof: string | undefined): void {
    if (proof === undefined) return;
    this.#proofs.push(proof);
    if (this.#proofs.length > 2 * PROOFS_KEPT) this.#proofs = this.#proofs.slice(-PROOFS_KEPT);
  }

  addWrite(record: WriteRecord): void {
    this.writes.push(record);
  }

  countRead(venue: VenueId, endpoint: Endpoint): void {
    const counts = this.#reads[venue];
    counts[endpoint] = (counts[endpoint] ?? 0) + 1;
  }
}

function byVenue<Value>(make: () => Value): Record<VenueId, Value> {
  const rows = VENUE_IDS.map((venue) => [venue, make()]);
  return Object.fromEntries(rows) as Record<VenueId, Value>;
}
