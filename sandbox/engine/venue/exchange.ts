/**
 * A ccxt exchange set up for one venue of ours.
 *
 * Invariants: unified figures are exact text, every request goes to the configured origin, and none
 * goes to another place.
 */
import type { Exchange } from 'ccxt';
import { ccxt } from '../../../clients/exchange/connection/ccxt.js';
import type { VenueConfig, VenueName } from '../config.js';

const { binance, binanceusdm, coinbase, kraken } = ccxt;

const REQUEST_TIMEOUT_MS = 10_000;
const CLASSES = { binance, binanceusdm, coinbase, kraken } as const;

const OPTIONS: Readonly<Record<VenueName, Record<string, unknown>>> = {
  binance: { fetchMarkets: { types: ['spot'] }, defaultType: 'spot' },
  binanceusdm: { fetchMarkets: { types: ['linear'] } },
  // The default is the retail API, which knows no holds.
  coinbase: { fetchBalance: 'v3PrivateGetBrokerageAccounts' },
  kraken: {},
};

export function createExchange(name: VenueName, config: VenueConfig): Exchange {
  const exchange = new CLASSES[name]({
    apiKey: config.apiKey,
    secret: config.secret,
    number: String,
    enableRateLimit: false,
    timeout: REQUEST_TIMEOUT_MS,
    options: { warnOnFetchOpenOrdersWithoutSymbol: false, ...OPTIONS[name] },
  });
  exchange.options['fetchOpenOrders'] = { warnWithoutSymbol: false };
  exchange.has['fetchCurrencies'] = false;
  const api = exchange.urls['api'] as unknown;
  exchange.urls['api'] = withOrigin(api, new URL(config.url).origin) as typeof exchange.urls.api;
  if (name === 'kraken') exchange.nonce = risingNonce();
  return exchange;
}

function withOrigin(urls: unknown, origin: string): unknown {
  if (typeof urls === 'string') return urls.replace(/^https?:\/\/[^/]+/, origin);
  if (urls === null || typeof urls !== 'object') return urls;
  return Object.fromEntries(
    Object.entries(urls).map(([key, value]) => [key, withOrigin(value, origin)]),
  );
}

/** Milliseconds, as other clients of the key use, but never the same one twice. */
export function risingNonce(): () => number {
  let last = 0;
  return () => {
    last = Math.max(last + 1, Date.now());
    return last;
  };
}
