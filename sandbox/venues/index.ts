/**
 * Entry point: starts all venues and their admin server in this process.
 *
 * Invariant: what was started is closed again, also when a later part of the start fails.
 */
import { adminHandler } from './admin/admin-server.js';
import { createCredentials, type Credentials } from './credentials.js';
import { Desk } from './desk.js';
import { Faults } from './http/faults.js';
import {
  startHttpServer,
  type HttpAsk,
  type HttpHandler,
  type RunningServer,
} from './http/http-server.js';
import { RequestLog } from './http/request-log.js';
import type { Wire } from './http/route.js';
import type { Streams } from './http/streams.js';
import { VenueClock } from './http/venue-clock.js';
import { venueHandler } from './http/venue-server.js';
import { UNDERLYINGS, VENUE_IDS, type VenueId } from './instruments.js';
import { Ledger } from './ledger/ledger.js';
import { PricePath } from './market/price-path.js';
import { klineStreams } from './wire/binance/market/kline-streams.js';
import { binanceSpotWire } from './wire/binance/spot.js';
import { binanceUsdmWire } from './wire/binance/usdm.js';
import { coinbaseWire } from './wire/coinbase/coinbase.js';
import { krakenWire } from './wire/kraken/kraken.js';
import { krakenFuturesWire } from './wire/krakenfutures/krakenfutures.js';

export type * from './admin/admin-api.js';
export type { Credentials } from './credentials.js';
export type { Endpoint } from './http/endpoints.js';
export type { FaultKind } from './http/faults.js';
export type { JournalEntry } from './ledger/journal.js';
export { ENGINE_VENUE_IDS, VENUE_IDS, type EngineVenueId, type VenueId } from './instruments.js';

export interface VenuesOptions {
  seed?: string;
  tickMs?: number;
  /** Where to listen (default loopback), and the host name that the returned addresses carry. */
  listen?: { host: string; advertised: string };
  /** Free ports are taken where none is named. */
  ports?: Partial<Record<VenueId | 'admin', number>>;
  /** Binance as it is: its spot origin answers for USD-M futures too, with the key of spot. */
  oneBinance?: boolean;
}

export interface RunningVenues {
  urls: Readonly<Record<VenueId, string>>;
  adminUrl: string;
  credentials: Readonly<Record<VenueId, Credentials>>;
  close: () => Promise<void>;
}

const DEPOSITS = { BTC: '1000', ETH: '10000', USDT: '100000000', USD: '100000000' };

const WIRES: Readonly<Record<VenueId, (desk: Desk, credentials: Credentials) => Wire>> = {
  binance: binanceSpotWire,
  binanceusdm: binanceUsdmWire,
  coinbase: coinbaseWire,
  kraken: krakenWire,
  krakenfutures: krakenFuturesWire,
};

export async function startVenues(options: VenuesOptions = {}): Promise<RunningVenues> {
  const credentials = createCredentials();
  const core = createCore(options);
  const handlers = createHandlers(core, credentials, options.oneBinance ?? false);
  const servers = new Map<string, RunningServer>();
  const close = async () => {
    core.prices.stop();
    for (const desk of Object.values(core.desks)) desk.stop();
    await Promise.all([...servers.values()].map((server) => server.close()));
  };
  try {
    for (const [name, handler] of Object.entries(handlers)) {
      const port = options.ports?.[name as VenueId | 'admin'] ?? 0;
      const streams = streamsOf(core, name);
      servers.set(name, await startHttpServer(port, handler, { listen: options.listen, streams }));
    }
  } catch (error) {
    await close();
    throw error;
  }
  core.prices.start();
  const urlOf = (name: string) => servers.get(name)?.url ?? '';
  return { urls: byVenue(urlOf), adminUrl: urlOf('admin'), credentials, close };
}

function streamsOf({ desks }: ReturnType<typeof createCore>, name: string): Streams | undefined {
  if (name !== 'binance' && name !== 'binanceusdm') return undefined;
  return klineStreams(desks[name]);
}

function byVenue<Value>(make: (venue: VenueId) => Value): Record<VenueId, Value> {
  const rows = VENUE_IDS.map((venue) => [venue, make(venue)]);
  return Object.fromEntries(rows) as Record<VenueId, Value>;
}

function createCore(options: VenuesOptions) {
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
  core: ReturnType<typeof createCore>,
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
