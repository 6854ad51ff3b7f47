// What clients asked of the venues. Invariant: every write is listed with its outcome, also the
// refused, the repeated and those a fault swallowed; reads are only counted.
import { VENUE_IDS, type VenueId } from '../instruments.js';
import type { Endpoint, WriteEndpoint } from './endpoints.js';
import type { FaultKind } from './faults.js';

export interface WriteIds {
  readonly clientOrderId?: string | undefined;
  readonly venueOrderId?: string | undefined;
}

/** `dropped`: a fault answered, or hung, before the venue did anything. */
export type WriteOutcome = 'accepted' | 'repeated' | 'refused' | 'dropped';

export interface WriteRecord extends WriteIds {
  readonly venue: VenueId;
  readonly endpoint: WriteEndpoint;
  readonly timeMs: number;
  readonly outcome: WriteOutcome;
  /** Why it was refused. */
  readonly reason?: string | undefined;
  readonly fault?: FaultKind | undefined;
}

export type ReadCounts = Partial<Record<Endpoint, number>>;

export class RequestLog {
  readonly writes: WriteRecord[] = [];
  readonly #reads = Object.fromEntries(VENUE_IDS.map((venue) => [venue, {}])) as Record<
    VenueId,
    ReadCounts
  >;

  get reads(): Readonly<Record<VenueId, ReadCounts>> {
    return this.#reads;
  }

  addWrite(record: WriteRecord): void {
    this.writes.push(record);
  }

  countRead(venue: VenueId, endpoint: Endpoint): void {
    const counts = this.#reads[venue];
    counts[endpoint] = (counts[endpoint] ?? 0) + 1;
  }
}
