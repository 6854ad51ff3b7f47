/** Real venues in this process and our accounts at them. The oracle is the venues' own ledger. */
import { multiply } from '../../../workflows/domain/numbers/decimal.js';
import assert from 'node:assert/strict';
import { createVenueAccount } from '../../../clients/exchange/account/venue-account.js';
import type { VenueSettings } from '../../../clients/exchange/index.js';
import type { VenueAccount } from '../../../activities/ports.js';
import { isFailure } from '../../../activities/errors.js';
import type { FailureKind } from '../../../workflows/domain/failure.js';
import type { Order } from '../../../workflows/domain/books/state.js';
import { createVenueAdmin, type VenueAdmin } from '../../../sandbox/venues/admin-client.js';
import {
  startVenues,
  type JournalEntry,
  type OrderBody,
  type OrderView,
  type RunningVenues,
  type VenueId,
} from '../../../sandbox/venues/index.js';

export const INSTRUMENTS: Readonly<Record<VenueId, { btc: string; eth: string }>> = {
  binance: { btc: 'BTC/USDT', eth: 'ETH/USDT' },
  binanceusdm: { btc: 'BTC/USDT:USDT', eth: 'ETH/USDT:USDT' },
  coinbase: { btc: 'BTC/USD', eth: 'ETH/USD' },
  kraken: { btc: 'BTC/USD', eth: 'ETH/USD' },
  krakenfutures: { btc: 'BTC/USD:USD', eth: 'ETH/USD:USD' },
};

/** Without the time that a venue gives of a row, which no ledger has. */
export function undated<Row extends object>(rows: readonly (Row & { toldAtMs?: number })[]) {
  return rows.map(({ toldAtMs: _toldAtMs, ...row }) => row);
}

export interface Bench {
  venues: RunningVenues;
  admin: VenueAdmin;
  account: (venue: VenueId, overrides?: Partial<VenueSettings>) => VenueAccount;
  settings: (venue: VenueId, overrides?: Partial<VenueSettings>) => VenueSettings;
  /** Rests far below the market unless told otherwise. */
  place: (venue: VenueId, order?: PlacedOrder) => Promise<Order>;
  fills: (venue: VenueId) => Promise<Extract<JournalEntry, { kind: 'fill' }>[]>;
}

export interface PlacedOrder extends Partial<Omit<OrderBody, 'venue' | 'clientOrderId'>> {
  id?: string;
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
    budget: null,
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
  const { side = 'buy', quantity = '0.125', type = 'limit' } = terms;
  const price = type === 'limit' ? { price: terms.price ?? '40123.4' } : {};
  const name = id === undefined ? {} : { clientOrderId: id };
  const placed = await admin.placeOrder({
    venue,
    instrument,
    ...terms,
    side,
    quantity,
    ...price,
    ...name,
  });
  return orderOf(venue, placed);
}

/** By the venue's own word. */
const TRAILING: Partial<Record<VenueId, string>> = {
  binanceusdm: 'trailing_stop_market',
  kraken: 'trailing-stop',
};

/** An order of the ledger in our words, as a state would hold it. */
export function orderOf(venue: VenueId, row: OrderView): Order {
  const { side, type, price, quantity, filled, venueOrderId, trigger, positionSide } = row;
  const instrument = row.instrument.replace('@margin', '');
  const clientOrderId = row.clientOrderId ?? `venue:${venueOrderId}`;
  const terms = { instrument, side, type, price, quantity, filled };
  const waits = row.status === 'untriggered';
  const trails = waits && trigger?.kind === 'trailing-stop';
  const at = trigger === null || trigger.kind === 'trailing-stop' ? null : trigger.price;
  return {
    venue,
    account: 'main',
    clientOrderId,
    venueOrderId,
    ...terms,
    ...(trails ? { type: TRAILING[venue] ?? type } : {}),
    state: 'open',
    ...(waits ? { conditional: true } : {}),
    ...(waits && at !== null ? { triggerPrice: at } : {}),
    ...(row.reduceOnly || row.closePosition ? { reduceOnly: true } : {}),
    ...(positionSide === 'net' ? {} : { positionSide }),
  };
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

/** With what each venue tells what was paid for an order; Kraken Futures with neither. */
const TELLS: Partial<Record<VenueId, readonly ('average' | 'cost')[]>> = {
  binance: ['cost'],
  binanceusdm: ['average'],
  coinbase: ['average', 'cost'],
  kraken: ['cost'],
};

/** What a look-up tells beside the quantity of an order that was filled at one price. */
export function paidAs(venue: VenueId, price: string | null, filled: string) {
  if (price === null) return {};
  const paid = { average: price, cost: multiply(price, filled) };
  return Object.fromEntries((TELLS[venue] ?? []).map((name) => [name, paid[name]]));
}
