/** The market data that spot and USD-M futures answer alike, but for the prefix and its bounds. */
import type { Desk } from '../../../desk.js';
import type { Endpoint } from '../../../http/endpoints.js';
import type { Route, VenueRequest } from '../../../http/route.js';
import type { Instrument } from '../../../instruments.js';
import { exchangeInfo } from './exchange-info.js';
import { klines } from './klines.js';
import { bookTicker, perSymbol, ticker24h, tickerPrice } from './tickers.js';
import { aggregateTrades, depth, trades, type DepthTerms } from './trades.js';

interface MarketTerms {
  prefix: string;
  mostCandles: number;
  depth: DepthTerms;
}

export function publicRead(
  path: string,
  endpoint: Endpoint,
  read: (request: VenueRequest) => unknown,
): Route {
  const handle = (request: VenueRequest) => ({ body: read(request) });
  return { method: 'GET', path, endpoint, signed: false, handle };
}

export function commonMarketRoutes(desk: Desk, terms: MarketTerms): Route[] {
  const { prefix, mostCandles } = terms;
  const each = (describe: (desk: Desk, row: Instrument) => unknown) => (request: VenueRequest) =>
    perSymbol(desk, request, (row) => describe(desk, row));
  const ticker = (name: string, read: (request: VenueRequest) => unknown) =>
    publicRead(`${prefix}/${name}`, 'ticker', read);
  return [
    publicRead(`${prefix}/ping`, 'time', () => ({})),
    publicRead(`${prefix}/time`, 'time', () => ({ serverTime: desk.nowMs() })),
    publicRead(`${prefix}/exchangeInfo`, 'markets', () => exchangeInfo(desk)),
    publicRead(`${prefix}/klines`, 'candles', (request) => klines(desk, request, mostCandles)),
    ticker('ticker/24hr', each(ticker24h)),
    ticker('ticker/bookTicker', each(bookTicker)),
    ticker('ticker/price', each(tickerPrice)),
    ticker('depth', (request) => depth(desk, request, terms.depth)),
    ticker('trades', (request) => trades(desk, request)),
    ticker('aggTrades', (request) => aggregateTrades(desk, request)),
  ];
}
