/**
 * What a request counts, of which limits. The limits themselves stand with each venue, as its
 * documentation gives them.
 *
 * Invariants: what a bucket lets through at once and what drains from it in the venue's own window
 * are together within the venue's limit; a request that is not known counts as ccxt's table says.
 */
import type { Limit } from './bucket.js';

export interface RequestFacts {
  /** ccxt's section of the API, such as `fapiPrivate`. */
  api: string;
  path: string;
  params: Record<string, unknown>;
  /** By ccxt's table. */
  cost: number;
  signed: boolean;
  /** It stops something: reads leave it some room, so that it never waits behind them. */
  urgent: boolean;
}

export interface Charge {
  bucket: string;
  /** Whom the venue counts: who asks, or from where. */
  scope: 'key' | 'ip';
  limit: Limit;
  cost: number;
}

interface ChargeTerms {
  /** The venue's own word for how much this account may ask; most venues have none. */
  tier: string;
  /** ccxt's pace. */
  msPerCost: number;
}

export type Charges = (request: RequestFacts, terms: ChargeTerms) => Charge[];

export interface Limits {
  charges: Charges;
  /** What is closed when the venue says to stay away; where left out, what the request counts of. */
  bans?: Charges;
}

/** Half at once and half drained in the window: never more than the limit in any such window. */
export function perWindow(limit: number, windowS: number): Limit {
  return { capacity: limit / 2, perSecond: limit / 2 / windowS };
}
