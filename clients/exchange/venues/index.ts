/** Each venue by ccxt's id: its own folder where somebody has read it, else the generic one. */
import { generic } from './generic/adapter.js';
import { genericProfile } from './generic/profile.js';
import { OWN } from './own.js';
import type { Venue } from './profile.js';

export type { Reach, VenueAdapter } from './adapter.js';
export type { Venue, VenueProfile } from './profile.js';

const GENERIC: Venue = { profile: genericProfile, adapter: generic };

export function venueOf(ccxtId: string): Venue {
  return OWN[ccxtId] ?? GENERIC;
}

export function isGeneric(ccxtId: string): boolean {
  return venueOf(ccxtId) === GENERIC;
}
