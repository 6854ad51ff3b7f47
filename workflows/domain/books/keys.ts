/**
 * The keys under which the domain keeps what it knows: `venue|account|…`.
 *
 * Invariants: a key is a function of content; what it is made of holds no separator.
 */

export interface Account {
  venue: string;
  account: string;
}

export interface Listing extends Account {
  instrument: string;
}

export interface AssetAt extends Account {
  asset: string;
}

export function listingKey({ venue, account, instrument }: Listing): string {
  return `${venue}|${account}|${instrument}`;
}

export function balanceKey({ venue, account, asset }: AssetAt): string {
  return `${venue}|${account}|${asset}`;
}

/** Instruments are specified once for all accounts of a venue. */
export function specKey({ venue, instrument }: Omit<Listing, 'account'>): string {
  return `${venue}|${instrument}`;
}

/** As a configuration names inventory that belongs to a venue. */
export function baselineKey({ venue, asset }: Omit<AssetAt, 'account'>): string {
  return `${venue}|${asset}`;
}
