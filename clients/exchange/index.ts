/** All venue accounts of the configured engines. */
import type { VenueAccount, Venues } from '../../activities/ports.js';
import type { VenueSettings } from './settings.js';
import { createVenueAccount } from './venue-account.js';

export type { VenueSettings } from './settings.js';
export { SUPPORTED_VENUES } from './quirks.js';

/** One connection per account, shared by all engines that trade it, and made when first used. */
export function createVenues(
  venues: ReadonlyMap<string, VenueSettings>,
  venuesOfEngine: ReadonlyMap<string, readonly string[]>,
): Venues {
  const accounts = new Map<string, VenueAccount>();
  const accountOf = (name: string): VenueAccount => {
    const settings = venues.get(name);
    if (settings === undefined) throw new Error(`venue "${name}" is not configured`);
    const account = accounts.get(name) ?? createVenueAccount(settings);
    accounts.set(name, account);
    return account;
  };
  return {
    ofEngine: (engineId) => (venuesOfEngine.get(engineId) ?? []).map(accountOf),
  };
}
