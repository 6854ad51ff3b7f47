/** Real venues in this process and our accounts at them. The oracle is the venues' own ledger. */
import assert from 'node:assert/strict';
import { createVenueAccount } from '../../../clients/exchange/venue-account.js';
import type { VenueSettings } from '../../../clients/exchange/index.js';
import type { VenueAccount } from '../../../activities/ports.js';
import { isFailure } from '../../../activities/errors.js';
import type { FailureKind } from '../../../workflows/domain/failure.js';
import type { Order } from '../../../workflows/domain/state.js';
import { createVenueAdmin, type VenueAdmin } from '../../../sandbox/venues/admin-client.js';
import {
  startVenues,
  type JournalEntry,
  type RunningVenues,
  type VenueId,
} from '../../../sandbox/venues/index.js';

export const INSTRUMENTS: Readonly<Record<VenueId, { btc: string; eth: string }>> = {
  binance: { btc: 'BTC/USDT', eth: 'ETH/USDT' },
  binanceusdm: { btc: 'BTC/USDT:USDT', eth: 'ETH/USDT:USDT' },
  coinbase: { btc: 'BTC/USD', eth: 'ETH/USD' },
  kraken: { btc: 'BTC/USD', eth: 'ETH/USD' },
};

export interface Bench {
  readonly venues: RunningVenues;
  readonly admin: VenueAdmin;
  readonly account: (venue: VenueId, overrides?: Partial<VenueSettings>) => VenueAccount;
  readonly settings: (venue: VenueId, overrides?: Partial<VenueSettings>) => VenueSettings;
  /** Rests far below the market unless told otherwise. */
  readonly place: (venue: VenueId, order?: PlacedOrder) => Promise<Order>;
  readonly fills: (venue: VenueId) => Promise<Extract<JournalEntry, { kind: 'fill' }>[]>;
}

export interface PlacedOrder {
  readonly id?: string;
  readonly instrument?: string;
  readonly side?: 'buy' | 'sell';
  readonly price?: string;
  readonly quantity?: string;
}

/** Prices stand still, so that the ledger moves only when a test moves it. */
export async function openBench(): Promise<Bench> {
  const venues = await startVenues({ seed: 'accounts' });
  const admin = createVenueAdmin(venues.adminUrl);
  await admin.holdPrice();
  const settings: Bench['settings'] = (venue, overrides = {}) => ({
    venue,
    account: 'main',
    ccxt: venue,
    url: venues.urls[venue],
    ...venues.credentials[venue],
    password: null,
    instruments: Object.values(INSTRUMENTS[venue]),
    timeoutMs: 400,
    ...overrides,
  });
  return {
    venues,
    admin,
    settings,
    account: (venue, overrides) => createVenueAccount(settings(venue, overrides)),
    place: (venue, order = {}) => place(admin, venue, order),
    fills: async (venue) => {
      const { entries } = await admin.journal();
      return entries.flatMap((row) => (row.kind === 'fill' && row.venue === venue ? [row] : []));
    },
  };
}

async function place(admin: VenueAdmin, venue: VenueId, order: PlacedOrder): Promise<Order> {
  const { id, instrument = INSTRUMENTS[venue].btc, ...terms } = order;
  const { side = 'buy', price = '40123.4', quantity = '0.125' } = terms;
  const name = id === undefined ? {} : { clientOrderId: id };
  const placed = await admin.placeOrder({ venue, instrument, side, price, quantity, ...name });
  return orderOf(venue, placed);
}

/** An order of the ledger in our words, as a state would hold it. */
export function orderOf(
  venue: VenueId,
  row: Pick<Order, 'instrument' | 'side' | 'type' | 'price' | 'quantity' | 'filled'> & {
    venueOrderId: string;
    clientOrderId: string | null;
  },
): Order {
  const { instrument, side, type, price, quantity, filled, venueOrderId } = row;
  const clientOrderId = row.clientOrderId ?? `venue:${venueOrderId}`;
  const terms = { instrument, side, type, price, quantity, filled };
  return { venue, account: 'main', clientOrderId, venueOrderId, ...terms, state: 'open' };
}

export async function rejectsAs(
  act: Promise<unknown>,
  kinds: readonly FailureKind[],
): Promise<string> {
  const error: unknown = await act.then(
    (answer) => assert.fail(`answered ${JSON.stringify(answer)} instead of failing`),
    (reason: unknown) => reason,
  );
  assert.ok(isFailure(error), String(error));
  assert.ok(kinds.includes(error.type as FailureKind), `${error.type}: ${error.message}`);
  return JSON.stringify([error.message, error.stack, error.cause, error.details]);
}
