/**
 * ccxt itself, pointed at the sandbox: the same class users run, with only its origins replaced.
 */
import type { Exchange } from 'ccxt';
import { ccxt } from '../../../clients/exchange/connection/ccxt.js';
import { risingNonce } from '../../../sandbox/engine/venue/exchange.js';
import type { Credentials, RunningVenues, VenueId } from '../../../sandbox/venues/index.js';
import { decimal } from '../../../sandbox/venues/decimal.js';

const { binance, binanceusdm, coinbase, kraken, krakenfutures } = ccxt;

const CLASSES = { binance, binanceusdm, coinbase, kraken, krakenfutures } as const;

const OPTIONS: Readonly<Record<VenueId, object>> = {
  binance: { fetchOpenOrders: { warnWithoutSymbol: false } },
  binanceusdm: { fetchOpenOrders: { warnWithoutSymbol: false } },
  // The older accounts API, ccxt's default, knows no holds.
  coinbase: { fetchBalance: 'v3PrivateGetBrokerageAccounts' },
  kraken: {},
  krakenfutures: {},
};

export const BTC: Readonly<Record<VenueId, string>> = {
  binance: 'BTC/USDT',
  binanceusdm: 'BTC/USDT:USDT',
  coinbase: 'BTC/USD',
  kraken: 'BTC/USD',
  krakenfutures: 'BTC/USD:USD',
};

export function connect(
  venues: RunningVenues,
  venue: VenueId,
  credentials: Credentials = venues.credentials[venue],
): Exchange {
  const exchange: Exchange = new CLASSES[venue]({
    ...credentials,
    number: String,
    enableRateLimit: false,
    timeout: 5_000,
    options: OPTIONS[venue],
  });
  exchange.urls.api = withOrigin(exchange.urls.api, venues.urls[venue]) as Nested;
  if (venue.startsWith('kraken')) exchange.nonce = nonce;
  return exchange;
}

/** Of all connections by one key: ccxt's own is the millisecond, in which a quick machine is answered twice. */
const nonce = risingNonce();

type Nested = Exclude<Exchange['urls']['api'], string | undefined>;
type Urls = string | { [name: string]: Urls };

function withOrigin(urls: Urls, origin: string): Urls {
  if (typeof urls === 'string') return urls.replace(/^https?:\/\/[^/]+/, origin);
  return Object.fromEntries(
    Object.entries(urls).map(([name, inner]) => [name, withOrigin(inner, origin)]),
  );
}

/** How each venue is told a client order id through ccxt. */
export function clientId(venue: VenueId, id: string): Record<string, string> {
  switch (venue) {
    case 'binance':
    case 'binanceusdm':
      return { newClientOrderId: id };
    case 'coinbase':
      return { client_order_id: id };
    case 'kraken':
      return { cl_ord_id: id };
    case 'krakenfutures':
      return { cliOrdId: id };
  }
}

/** ccxt's types say number; with `number: String` they are text. */
export function exact(value: unknown): string {
  return decimal(String(value)).toFixed();
}
