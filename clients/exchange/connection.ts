/**
 * A ccxt exchange with its markets loaded.
 *
 * Invariants: numbers stay text (`number: String`); every answer that ccxt does not take for a
 * refusal passes the envelope check before ccxt parses it, and only answers of status 2xx are
 * parsed; an instance whose markets failed to load is thrown away, because ccxt keeps the rejected
 * promise for ever.
 */
import * as ccxt from 'ccxt';
import { envelopeFault } from './envelopes.js';
import type { VenueSettings } from './settings.js';

export type Exchange = ccxt.Exchange;

const OPTIONS: Record<string, Record<string, unknown>> = {
  binance: { defaultType: 'spot', fetchMarkets: { types: ['spot'] } },
  binanceusdm: {},
  coinbase: { fetchBalance: 'v3PrivateGetBrokerageAccounts' },
  kraken: {},
};

export interface Connection {
  /** The exchange, ready; fails with ccxt's error where the markets cannot be loaded. */
  ready(): Promise<Exchange>;
}

export function connectVenue(settings: VenueSettings): Connection {
  let loading: Promise<Exchange> | null = null;
  return {
    ready() {
      loading ??= load(settings).catch((error: unknown) => {
        loading = null;
        throw error;
      });
      return loading;
    },
  };
}

async function load(settings: VenueSettings): Promise<Exchange> {
  const exchange = build(settings);
  await exchange.loadMarkets();
  return exchange;
}

function build(settings: VenueSettings): Exchange {
  const Class = (ccxt as unknown as Record<string, new (config: object) => Exchange>)[
    settings.ccxt
  ];
  if (Class === undefined) throw new ccxt.NotSupported(`ccxt has no exchange "${settings.ccxt}"`);
  const exchange = new Class({
    apiKey: settings.apiKey,
    secret: settings.secret,
    ...(settings.password === null ? {} : { password: settings.password }),
    timeout: settings.timeoutMs,
    enableRateLimit: needsRateLimit(settings.url),
    number: String,
    options: {
      ...OPTIONS[settings.ccxt],
      fetchCurrencies: false,
      warnOnFetchOpenOrdersWithoutSymbol: false,
      fetchOpenOrders: { warnWithoutSymbol: false },
    },
  });
  exchange.has['fetchCurrencies'] = false;
  if (settings.ccxt === 'kraken') exchange.nonce = risingNonce();
  if (settings.url !== null) replaceOrigins(exchange, settings.url);
  checkEnvelopes(exchange, settings.ccxt);
  return exchange;
}

/** ccxt's own is the millisecond, which concurrent requests share and Kraken refuses. */
function risingNonce(): () => number {
  let last = 0;
  return () => {
    last = Math.max(last + 1, Date.now());
    return last;
  };
}

function checkEnvelopes(exchange: Exchange, ccxtId: string): void {
  const original = exchange.handleErrors.bind(exchange);
  exchange.handleErrors = (...answer: Parameters<Exchange['handleErrors']>) => {
    const [status, reason, url, method, , text] = answer;
    const body: unknown = answer[6];
    const handled = original(...answer);
    if (status >= 200 && status < 300) {
      const fault = envelopeFault(ccxtId, url, body);
      if (fault !== null) throw new ccxt.BadResponse(fault);
      return handled;
    }
    // ccxt parses the page of a status it has no word for, such as Cloudflare's 524.
    exchange.handleHttpStatusCode(status, reason, url, method, text);
    throw new ccxt.ExchangeNotAvailable(`HTTP ${status}`);
  };
}

/** A gateway may lead to the real venue: only this machine and containers go without a limit. */
export function needsRateLimit(url: string | null): boolean {
  if (url === null) return true;
  const { hostname } = new URL(url);
  if (['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) return false;
  return /[.:]/.test(hostname);
}

function replaceOrigins(exchange: Exchange, url: string): void {
  const { origin } = new URL(url);
  const replace = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replace(/^https?:\/\/[^/]+/, origin);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, replace(part)]));
  };
  exchange.urls['api'] = replace(exchange.urls['api']) as (typeof exchange.urls)['api'];
}
