// Binance USD-M futures, one-way position mode.
import type { Credentials } from '../../credentials.js';
import type { Desk } from '../../desk.js';
import type { Endpoint } from '../../http/endpoints.js';
import type { Reply, Route, VenueRequest, Wire } from '../../http/route.js';
import { Refusal } from '../../refusal.js';
import { optionalInteger } from '../parameters.js';
import { exchangeInfo, klines, perSymbol, premiumIndex, ticker24h } from './market-data.js';
import { windowOf } from './order-requests.js';
import { futuresOrder, futuresTrade } from './orders.js';
import { wordBinanceRateLimit, wordBinanceRefusal, wordBinanceServerError } from './refusals.js';
import { orderRoutes, publicRoute, walletRoutes } from './shared-routes.js';
import { binanceAuthenticator } from './signature.js';
import { futuresAccount, leverageBrackets, positionRisk } from './usdm-account.js';

const WEEK_MS = 7 * 24 * 3_600_000;

export function binanceUsdmWire(desk: Desk, credentials: Credentials): Wire {
  return {
    venue: 'binanceusdm',
    routes: [
      ...marketRoutes(desk),
      ...walletRoutes(desk),
      ...orderRoutes(desk, { prefix: '/fapi/v1', order: futuresOrder, placed: futuresOrder }),
      ...accountRoutes(desk),
      ...cancelRoutes(desk),
    ],
    authenticate: binanceAuthenticator(credentials, desk.nowMs),
    wordRefusal: wordBinanceRefusal('futures'),
    wordRateLimit: wordBinanceRateLimit,
    wordServerError: wordBinanceServerError,
  };
}

function marketRoutes(desk: Desk): Route[] {
  return [
    {
      ...publicRoute('/fapi/v1/exchangeInfo'),
      endpoint: 'markets',
      handle: () => ({ body: exchangeInfo(desk) }),
    },
    {
      ...publicRoute('/fapi/v1/time'),
      endpoint: 'time',
      handle: () => ({ body: { serverTime: desk.nowMs() } }),
    },
    {
      ...publicRoute('/fapi/v1/ticker/24hr'),
      endpoint: 'ticker',
      handle: (request) => ({ body: perSymbol(desk, request, (row) => ticker24h(desk, row)) }),
    },
    {
      ...publicRoute('/fapi/v1/premiumIndex'),
      endpoint: 'ticker',
      handle: (request) => ({ body: perSymbol(desk, request, (row) => premiumIndex(desk, row)) }),
    },
    {
      ...publicRoute('/fapi/v1/klines'),
      endpoint: 'candles',
      handle: (request) => ({ body: klines(desk, request) }),
    },
  ];
}

function signedRead(
  path: string,
  endpoint: Endpoint,
  read: (request: VenueRequest) => unknown,
): Route {
  const handle = (request: VenueRequest) => ({ body: read(request) });
  return { method: 'GET', path, endpoint, signed: true, handle };
}

function accountRoutes(desk: Desk): Route[] {
  return [
    signedRead('/fapi/v3/account', 'balance', () => futuresAccount(desk)),
    signedRead('/fapi/v3/positionRisk', 'positions', ({ params }) =>
      positionRisk(desk, params.get('symbol')),
    ),
    // ccxt loads the brackets with its first positions; they are reference data, as markets are.
    signedRead('/fapi/v1/leverageBracket', 'markets', () => leverageBrackets(desk)),
    signedRead('/fapi/v1/positionSide/dual', 'positions', () => ({ dualSidePosition: false })),
    signedRead('/fapi/v1/openAlgoOrders', 'openOrders', () => []),
    signedRead('/fapi/v1/userTrades', 'fills', ({ params }) => trades(desk, params)),
  ];
}

function trades(desk: Desk, params: URLSearchParams) {
  const { symbol } = desk.instrument(params.get('symbol'));
  return windowOf({
    rows: desk.state.fills.filter((fill) => fill.instrument === symbol),
    params,
    fromName: 'fromId',
    longestMs: WEEK_MS,
    idOf: (fill) => fill.venueTradeId,
    timeOf: (fill) => fill.timeMs,
  }).map(futuresTrade);
}

function cancelRoutes(desk: Desk): Route[] {
  return [
    {
      method: 'DELETE',
      path: '/fapi/v1/allOpenOrders',
      endpoint: 'cancelOrder',
      signed: true,
      handle: ({ params }) => {
        desk.cancelAll(desk.instrument(params.get('symbol')));
        return { body: { code: 200, msg: 'The operation of cancel all open order is done.' } };
      },
    },
    {
      method: 'POST',
      path: '/fapi/v1/countdownCancelAll',
      endpoint: 'deadManSwitch',
      signed: true,
      handle: ({ params }) => armCountdown(desk, params),
    },
  ];
}

function armCountdown(desk: Desk, params: URLSearchParams): Reply {
  const instrument = desk.instrument(params.get('symbol'));
  const countdownMs = optionalInteger(params, 'countdownTime');
  if (countdownMs === undefined || countdownMs < 0) {
    throw new Refusal('invalid-argument', 'countdownTime must be milliseconds, zero to disarm');
  }
  desk.armDeadManSwitch(countdownMs, instrument);
  return { body: { symbol: instrument.nativeId, countdownTime: String(countdownMs) } };
}
