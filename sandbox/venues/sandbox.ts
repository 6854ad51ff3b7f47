/**
 * All venues over one ledger, whether anybody listens for them or not: each takes a request as plain data, and
 * answers at once.
 *
 * Invariant: nothing of it is listened for, and no time passes in it but that of `Date.now` and of its own tick.
 */
import { adminHandler } from './admin/admin-server.js';
import { createCredentials, type Credentials } from './credentials.js';
import { Desk } from './desk.js';
import { Faults } from './http/faults.js';
import type { HttpAsk, HttpHandler } from './http/http-server.js';
import { RequestLog } from './http/request-log.js';
import type { Wire } from './http/route.js';
import { VenueClock } from './http/venue-clock.js';
import { venueHandler } from './http/venue-server.js';
import { UNDERLYINGS, VENUE_IDS, type VenueId } from './instruments.js';
import { Ledger } from './ledger/ledger.js';
import { PricePath } from './market/price-path.js';
import { binanceSpotWire } from './wire/binance/spot.js';
import { binanceUsdmWire } from './wire/binance/usdm.js';
import { coinbaseWire } from './wire/coinbase/coinbase.js';
import { krakenWire } from './wire/kraken/kraken.js';
import { krakenFuturesWire } from './wire/krakenfutures/krakenfutures.js';

export interface SandboxOptions {
  seed?: string;
  tickMs?: number;
  /** Binance as it is: its spot origin answers for USD-M futures too, with the key of spot. */
  oneBinance?: boolean;
}

export interface Sandbox {
  core: SandboxCore;
  credentials: Readonly<Record<VenueId, Credentials>>;
  handlers: Record<VenueId | 'admin', HttpHandler>;
  /** Prices move from now on. */
  start(): void;
  stop(): void;
}

export type SandboxCore = ReturnType<typeof createCore>;

const DEPOSITS = { BTC: '1000', ETH: '10000', USDT: '100000000', USD: '100000000' };

const WIRES: Readonly<Record<VenueId, (desk: Desk, credentials: Credentials) => Wire>> = {
  binance: binanceSpotWire,
  binanceusdm: binanceUsdmWire,
  coinbase: coinbaseWire,
  kraken: krakenWire,
  krakenfutures: krakenFuturesWire,
};

export function openSandbox(options: SandboxOptions = {}): Sandbox {
  const credentials = createCredentials();
  const core = createCore(options);
  return {
    core,
    credentials,
    handlers: createHandlers(core, credentials, options.oneBinance ?? false),
    start: () => core.prices.start(),
    stop() {
      core.prices.stop();
      for (const desk of Object.values(core.desks)) desk.stop();
    },
  };
}

export function byVenue<Value>(make: (venue: VenueId) => Value): Record<VenueId, Value> {
  const rows = VENUE_IDS.map((venue) => [venue, make(venue)]);
  return Object.fromEntries(rows) as Record<VenueId, Value>;
}

function createCore(options: SandboxOptions) {
  const nowMs = Date.now;
  const ledger = new Ledger({ nowMs, deposits: DEPOSITS });
  const prices = new PricePath({
    seed: options.seed ?? 'relight',
    tickMs: options.tickMs ?? 250,
    nowMs,
    onPrice: (underlying, price) => ledger.movePrice(underlying, price),
  });
  // A coin that pays fees has a price before the first tick.
  for (const one of UNDERLYINGS) ledger.movePrice(one, prices.price(one));
  const clocks = byVenue(() => new VenueClock(nowMs));
  const desks = byVenue((venue) => new Desk({ venue, ledger, prices, nowMs: clocks[venue].nowMs }));
  return { nowMs, ledger, prices, clocks, desks, faults: new Faults(), log: new RequestLog() };
}

function createHandlers(
  core: SandboxCore,
  credentials: Readonly<Record<VenueId, Credentials>>,
  oneBinance: boolean,
): Record<VenueId | 'admin', HttpHandler> {
  const handlerOf = (venue: VenueId, key: Credentials) => {
    const wire = WIRES[venue](core.desks[venue], key);
    return venueHandler({ wire, clock: core.clocks[venue], ...core });
  };
  const venues = byVenue((venue) => handlerOf(venue, credentials[venue]));
  const all = { ...venues, admin: adminHandler(core) };
  if (!oneBinance) return all;
  const futures = handlerOf('binanceusdm', credentials.binance);
  const isFutures = ({ url }: HttpAsk) => url.pathname.startsWith('/fapi/');
  return { ...all, binance: (ask) => (isFutures(ask) ? futures(ask) : venues.binance(ask)) };
}
