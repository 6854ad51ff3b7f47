/** Binance USD-M futures, in one-way and in hedge mode. */
import type { Credentials } from '../../credentials.js';
import type { Desk, OrderName } from '../../desk.js';
import type { Endpoint } from '../../http/endpoints.js';
import type { Reply, Route, VenueRequest, Wire } from '../../http/route.js';
import { isLive } from '../../ledger/state.js';
import { Refusal } from '../../refusal.js';
import { oneOf, optionalInteger } from '../parameters.js';
import { commonMarketRoutes, publicRead } from './market/routes.js';
import { perSymbol, premiumIndex } from './market/tickers.js';
import { algoRoutes } from './algo-orders.js';
import { forcedOrders, income } from './income.js';
import { readPlaceRequest } from './order-requests.js';
import { futuresOrder, futuresTrade } from './orders.js';
import { wordBinanceRateLimit, wordBinanceRefusal, wordBinanceServerError } from './refusals.js';
import { feeSettingRoutes, orderRoutes, walletRoutes, type OrderWording } from './shared-routes.js';
import { binanceAuthenticator } from './signature.js';
import { futuresAccount, leverageBrackets, positionRisk } from './usdm-account.js';
import { marginRoutes } from './usdm-margin.js';
import { weighed } from './weights.js';
import { DAY_MS, WEEK_MS, windowOf } from './windows.js';

/** Trades of half a year are to be had, and orders of three months. */
const TRADES_KEPT_MS = 183 * DAY_MS;
const ORDERS_KEPT_MS = 90 * DAY_MS;
/** Orders that ended without a trade are gone after that. */
const UNTRADED_KEPT_MS = 3 * DAY_MS;

export function binanceUsdmWire(desk: Desk, credentials: Credentials): Wire {
  return weighed(desk, {
    venue: 'binanceusdm',
    routes: [
      ...marketRoutes(desk),
      ...walletRoutes(desk),
      ...orderRoutes(desk, futuresWording(desk)),
      ...algoRoutes(desk),
      ...accountRoutes(desk),
      ...modeRoutes(desk),
      ...marginRoutes(desk),
      ...feeSettingRoutes(desk, {
        path: '/fapi/v1/feeBurn',
        parameter: 'feeBurn',
        told: (feeBurn) => ({ feeBurn }),
        done: () => ({ code: 200, msg: 'success' }),
      }),
      ...cancelRoutes(desk),
    ],
    authenticate: binanceAuthenticator(credentials, desk.nowMs),
    wordRefusal: wordBinanceRefusal('futures'),
    wordRateLimit: wordBinanceRateLimit,
    wordServerError: wordBinanceServerError,
  });
}

function futuresWording(desk: Desk): OrderWording {
  return {
    prefix: '/fapi/v1',
    order: futuresOrder,
    placed: futuresOrder,
    read: readPlaceRequest,
    window: { longestMs: WEEK_MS, bounded: true, keptMs: ORDERS_KEPT_MS },
    remembers: (order) => {
      const ageMs = desk.nowMs() - order.acceptedAtMs;
      const untraded = !isLive(order) && order.filled.isZero();
      return isLive(order) || ageMs < (untraded ? UNTRADED_KEPT_MS : ORDERS_KEPT_MS);
    },
  };
}

function marketRoutes(desk: Desk): Route[] {
  return [
    ...commonMarketRoutes(desk, {
      prefix: '/fapi/v1',
      mostCandles: 1500,
      depth: { usual: 500, most: 1000, choices: ['5', '10', '20', '50', '100', '500', '1000'] },
    }),
    publicRead('/fapi/v1/premiumIndex', 'ticker', (request) =>
      perSymbol(desk, request, (row) => premiumIndex(desk, row)),
    ),
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
    signedRead('/fapi/v1/userTrades', 'fills', ({ params }) => trades(desk, params)),
    signedRead('/fapi/v1/income', 'cashFlows', ({ params }) => income(desk, params)),
    signedRead('/fapi/v1/forceOrders', 'forcedOrders', ({ params }) => forcedOrders(desk, params)),
  ];
}

function modeRoutes(desk: Desk): Route[] {
  const path = '/fapi/v1/positionSide/dual';
  return [
    signedRead(path, 'positionMode', () => ({
      dualSidePosition: desk.state.positionMode === 'hedge',
    })),
    {
      method: 'POST',
      path,
      endpoint: 'setPositionMode',
      signed: true,
      handle: ({ params }) => {
        const dual = oneOf('dualSidePosition', ['true', 'false'], params.get('dualSidePosition'));
        desk.setPositionMode(dual === 'true' ? 'hedge' : 'one_way');
        return { body: { code: 200, msg: 'success' } };
      },
    },
  ];
}

function trades(desk: Desk, params: URLSearchParams) {
  const { symbol } = desk.instrument(params.get('symbol'));
  return windowOf({
    rows: desk.state.fills.filter((fill) => fill.instrument === symbol),
    params,
    nowMs: desk.nowMs(),
    terms: { fromName: 'fromId', longestMs: WEEK_MS, bounded: true, keptMs: TRADES_KEPT_MS },
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
      method: 'DELETE',
      path: '/fapi/v1/batchOrders',
      endpoint: 'cancelOrder',
      signed: true,
      handle: ({ params }) => cancelBatch(desk, params),
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

/** A list of order ids, or one of client ids, as JSON. */
function cancelBatch(desk: Desk, params: URLSearchParams): Reply {
  desk.instrument(params.get('symbol'));
  const ids = jsonList(params.get('orderIdList') ?? params.get('orderidlist'));
  const clientIds = jsonList(params.get('origClientOrderIdList'));
  const names = [
    ...ids.map((id) => ({ venueOrderId: id })),
    ...clientIds.map((id) => ({ clientOrderId: id })),
  ];
  return { body: names.map((name) => cancelOne(desk, name)) };
}

function cancelOne(desk: Desk, name: OrderName): unknown {
  try {
    return futuresOrder(desk.cancel(name));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return wordBinanceRefusal('futures')(error).body;
  }
}

function jsonList(text: string | null): string[] {
  if (text === null) return [];
  const [, list] = /^\[(.*)\]$/.exec(text) ?? [];
  if (list === undefined) throw new Refusal('invalid-argument', `${text} is no JSON list`);
  // Ids exceed what JSON numbers hold exactly, so they are read as text.
  return list.split(',').map((item) => item.replaceAll(/["\s]/g, ''));
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
