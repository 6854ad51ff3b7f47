/** Kraken Futures, derivatives API v3 and its charts and history. */
import type { Credentials } from '../../credentials.js';
import type { Desk } from '../../desk.js';
import type { Endpoint } from '../../http/endpoints.js';
import type { Reply, Route, VenueRequest, Wire } from '../../http/route.js';
import { accountLog } from './account-log.js';
import { accounts, openPositions } from './account.js';
import { executions, orderEvents, triggerEvents } from './events.js';
import { fills, historyPage, lookUpOrders } from './history.js';
import { candles, instruments, tickerOf } from './market-data.js';
import { openOrder } from './orders.js';
import { isConditional } from './place-order.js';
import {
  wordKrakenFuturesRateLimit,
  wordKrakenFuturesRefusal,
  wordKrakenFuturesServerError,
} from './refusals.js';
import { krakenFuturesAuthenticator } from './signature.js';
import {
  armTimer,
  cancelAllOrders,
  cancelOrder,
  identifyNamed,
  sendOrder,
  success,
} from './writes.js';

const API = '/derivatives/api/v3';
const CHARTS = '/api/charts/v1';
const HISTORY = ['/api/history/v2', '/api/history/v3'];

export function krakenFuturesWire(desk: Desk, credentials: Credentials): Wire {
  return {
    venue: 'krakenfutures',
    routes: [
      ...publicRoutes(desk),
      ...accountRoutes(desk),
      ...historyRoutes(desk),
      ...writeRoutes(desk),
    ],
    authenticate: krakenFuturesAuthenticator(credentials),
    wordRefusal: wordKrakenFuturesRefusal(desk.nowMs),
    wordRateLimit: wordKrakenFuturesRateLimit(desk.nowMs),
    wordServerError: wordKrakenFuturesServerError(desk.nowMs),
  };
}

type Handle = (request: VenueRequest) => Reply;

function publicGet(path: string, endpoint: Endpoint, handle: Handle): Route {
  return { method: 'GET', path, endpoint, signed: false, weight: 1, handle };
}

function privateGet(path: string, endpoint: Endpoint, weight: Route['weight'], handle: Handle) {
  return { ...publicGet(path, endpoint, handle), signed: true, weight: weight ?? 1 };
}

function publicRoutes(desk: Desk): Route[] {
  return [
    publicGet(`${API}/instruments`, 'markets', () =>
      success(desk, { instruments: instruments(desk) }),
    ),
    publicGet(`${API}/tickers`, 'ticker', () =>
      success(desk, { tickers: desk.instruments.map((row) => tickerOf(desk, row)) }),
    ),
    publicGet(`${API}/tickers/*`, 'ticker', ({ tail }) =>
      success(desk, { ticker: tickerOf(desk, desk.instrument(tail)) }),
    ),
    ...['trade', 'mark', 'spot'].map((prices) =>
      publicGet(`${CHARTS}/${prices}/*/1m`, 'candles', (request) => ({
        body: candles(desk, request),
      })),
    ),
  ];
}

function accountRoutes(desk: Desk): Route[] {
  const lookUp = privateGet(`${API}/orders/status`, 'order', 1, (request) =>
    success(desk, { orders: lookUpOrders(desk, request) }),
  );
  return [
    privateGet(`${API}/accounts`, 'balance', 2, () => success(desk, { accounts: accounts(desk) })),
    privateGet(`${API}/openpositions`, 'positions', 2, () =>
      success(desk, { openPositions: openPositions(desk) }),
    ),
    privateGet(`${API}/openorders`, 'openOrders', 2, () =>
      success(desk, { openOrders: desk.ledger.openOrders(desk.venue).map(openOrder) }),
    ),
    privateGet(`${API}/fills`, 'fills', fillsWeight, (request) =>
      success(desk, { fills: fills(desk, request) }),
    ),
    // The venue documents POST; ccxt's own methods send GET.
    lookUp,
    { ...lookUp, method: 'POST' },
  ];
}

function fillsWeight({ params }: VenueRequest): number {
  return params.has('lastFillTime') ? 25 : 2;
}

const LOG_WEIGHTS = [
  [25, 1],
  [50, 2],
  [1000, 3],
  [5000, 6],
] as const;

function logWeight({ params }: VenueRequest): number {
  const rows = Number(params.get('count') ?? 500);
  return LOG_WEIGHTS.find(([most]) => rows <= most)?.[1] ?? 10;
}

function historyRoutes(desk: Desk): Route[] {
  return HISTORY.flatMap((prefix) => [
    privateGet(`${prefix}/orders`, 'closedOrders', 1, (request) => ({
      body: historyPage(desk, orderEvents(desk), request),
    })),
    privateGet(`${prefix}/triggers`, 'conditionalOrders', 1, (request) => ({
      body: historyPage(desk, triggerEvents(desk), request),
    })),
    privateGet(`${prefix}/executions`, 'fills', 1, (request) => ({
      body: historyPage(desk, executions(desk), request),
    })),
    privateGet(`${prefix}/account-log`, 'cashFlows', logWeight, (request) => ({
      body: accountLog(desk, request),
    })),
  ]);
}

function privatePost(name: string, endpoint: Endpoint, weight: number, handle: Handle): Route {
  return { method: 'POST', path: `${API}/${name}`, endpoint, signed: true, weight, handle };
}

function writeRoutes(desk: Desk): Route[] {
  return [
    {
      ...privatePost('sendorder', 'placeOrder', 10, (request) => sendOrder(desk, request)),
      endpoint: (request) => (isConditional(request) ? 'placeConditional' : 'placeOrder'),
      identify: identifyNamed,
    },
    {
      ...privatePost('cancelorder', 'cancelOrder', 10, (request) => cancelOrder(desk, request)),
      identify: identifyNamed,
    },
    privatePost('cancelallorders', 'cancelOrder', 25, (request) => cancelAllOrders(desk, request)),
    privatePost('cancelallordersafter', 'deadManSwitch', 25, (request) => armTimer(desk, request)),
  ];
}
