/**
 * All venue accounts of the configured engines.
 *
 * Invariant: ccxt is loaded when an account is first used, and not before: it costs half a second
 * and 80 MB, which a command that reaches no venue must not pay.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { VenueAccount, Venues } from '../../activities/ports.js';
import { readFault } from '../../workflows/domain/books/read-fault.js';
import { venueFailure } from '../../workflows/failure.js';
import type { VenueSettings } from './settings.js';

export type { Fetch, VenueSettings } from './settings.js';
export { isLocal } from './settings.js';
export { HAVE_DEAD_MAN_SWITCH, KNOWN_VENUES } from './known-venues.js';

/** Settings whose secrets are looked up when the account is first used, and not before. */
export interface DeferredSettings {
  account: string;
  instruments: readonly string[];
  /** May throw where a secret is missing; its message must be free of secrets. */
  settings(): VenueSettings;
}

/** One connection per account, shared by all engines that trade it, and made when first used. */
export function createVenues(
  venues: ReadonlyMap<string, VenueSettings | DeferredSettings>,
  venuesOfEngine: ReadonlyMap<string, readonly string[]>,
): Venues {
  const accounts = new Map<string, VenueAccount>();
  const accountOf = (name: string): VenueAccount => {
    const settings = venues.get(name);
    if (settings === undefined) throw new Error(`venue "${name}" is not configured`);
    const deferred = 'settings' in settings ? settings : { ...settings, settings: () => settings };
    const account = accounts.get(name) ?? deferredAccount(name, deferred);
    accounts.set(name, account);
    return account;
  };
  return {
    ofEngine: (engineId) => (venuesOfEngine.get(engineId) ?? []).map(accountOf),
  };
}

/** A missing secret fails the calls of this account alone, and is looked for again by the next. */
function deferredAccount(venue: string, deferred: DeferredSettings): VenueAccount {
  let made: VenueAccount | null = null;
  const account = async (): Promise<VenueAccount> => {
    const { createVenueAccount } = await import('./account/venue-account.js');
    try {
      return (made ??= createVenueAccount(deferred.settings()));
    } catch (error) {
      if (error instanceof ApplicationFailure) throw error;
      const words = error instanceof Error ? error.message : 'it has no settings';
      throw venueFailure('VenueRefused', readFault({ kind: 'not_configured', venue, words }));
    }
  };
  return {
    venue,
    account: deferred.account,
    instruments: deferred.instruments,
    get blindSpots() {
      return made?.blindSpots ?? [];
    },
    openOrders: async (mayLeave) => (await account()).openOrders(mayLeave),
    readOpenOrders: async () => (await account()).readOpenOrders(),
    fillsSince: async (sinceMs, others) => (await account()).fillsSince(sinceMs, others),
    cashFlowsSince: async (sinceMs) => (await account()).cashFlowsSince(sinceMs),
    positions: async (mayLeave) => (await account()).positions(mayLeave),
    balances: async () => (await account()).balances(),
    keyRights: async () => (await (await account()).keyRights?.()) ?? null,
    spareInMs: async () => (await made?.spareInMs?.()) ?? 0,
    clockAheadMs: () => made?.clockAheadMs?.() ?? null,
    sameAs: async (assets) => (await account()).sameAs?.(assets) ?? {},
    instrumentSpecs: async (others) => (await account()).instrumentSpecs(others),
    lookUp: async (order) => (await account()).lookUp(order),
    cancel: async (order, lease) => (await account()).cancel(order, lease),
    armDeadManSwitch: async (timeoutMs, lease) =>
      (await account()).armDeadManSwitch(timeoutMs, lease),
    marks: async (others) => (await account()).marks(others),
    closes: async (instrument, windowMs) => (await account()).closes(instrument, windowMs),
    status: async () => (await account()).status(),
  };
}
