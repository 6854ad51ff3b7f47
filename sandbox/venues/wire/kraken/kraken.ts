/** Kraken spot, REST API 0. */
import type { Credentials } from '../../credentials.js';
import { padded } from '../../decimal.js';
import type { Desk, OrderName } from '../../desk.js';
import type { Endpoint } from '../../http/endpoints.js';
import type { Reply, Route, VenueRequest, Wire } from '../../http/route.js';
import { balanceOf } from '../../ledger/state.js';
import { optionalText, parseDecimal } from '../parameters.js';
import { closedOrders, openOrders, queryOrders, tradesHistory } from './history.js';
import { ledgers } from './ledgers.js';
import { assetPairs, assets, depth, ohlc, publicTrades, tickers } from './market-data.js';
import { assetNames } from './names.js';
import { describe } from './orders.js';
import { isConditional, readPlaceRequest } from './place-order.js';
import { openPositions } from './positions.js';
import {
  wordKrakenBan,
  wordKrakenRateLimit,
  wordKrakenRefusal,
  wordKrakenServerError,
} from './refusals.js';
import { krakenAuthenticator } from './signature.js';

export function krakenWire(desk: Desk, credentials: Credentials): Wire {
  return {
    venue: 'kraken',
    routes: [...publicRoutes(desk), ...privateReads(desk), ...privateWrites(desk)],
    authenticate: krakenAuthenticator(credentials),
    wordRefusal: wordKrakenRefusal,
    wordRateLimit: wordKrakenRateLimit,
    wordBan: wordKrakenBan,
    wordServerError: wordKrakenServerError,
  };
}

function result(value: unknown): Reply {
  return { body: { error: [], result: value } };
}

type Read = (request: VenueRequest) => unknown;

function publicGet(method: string, endpoint: Endpoint, read: Read): Route {
  const handle = (request: VenueRequest) => result(read(request));
  return { method: 'GET', path: `/0/public/${method}`, endpoint, signed: false, handle };
}

function privatePost(method: string, endpoint: Endpoint, read: Read): Route {
  const handle = (request: VenueRequest) => result(read(request));
  return { method: 'POST', path: `/0/private/${method}`, endpoint, signed: true, handle };
}

/** Rows keyed by id under a name of their own. Histories count double against the limits. */
function privateList(method: string, endpoint: Endpoint, name: string, read: Read): Route {
  const weight = name === 'trades' || name === 'ledger' ? 2 : 1;
  const rows = { at: ['result', name], keyed: true };
  return { ...privatePost(method, endpoint, read), weight, rows };
}

function publicRoutes(desk: Desk): Route[] {
  return [
    publicGet('Time', 'time', () => {
      const nowMs = desk.nowMs();
      return { unixtime: Math.floor(nowMs / 1000), rfc1123: new Date(nowMs).toUTCString() };
    }),
    publicGet('SystemStatus', 'status', () => ({
      status: desk.status === 'ok' ? 'online' : desk.status,
      timestamp: new Date(desk.nowMs()).toISOString(),
    })),
    publicGet('Assets', 'markets', () => assets(desk)),
    publicGet('AssetPairs', 'markets', () => assetPairs(desk)),
    publicGet('Ticker', 'ticker', (request) => tickers(desk, request)),
    publicGet('OHLC', 'candles', (request) => ohlc(desk, request)),
    publicGet('Depth', 'ticker', (request) => depth(desk, request)),
    publicGet('Trades', 'ticker', (request) => publicTrades(desk, request)),
  ];
}

function privateReads(desk: Desk): Route[] {
  return [
    privatePost('BalanceEx', 'balance', () => balances(desk)),
    privatePost('GetApiKeyInfo', 'keyRights', () => keyInfo(desk)),
    privatePost('OpenPositions', 'positions', (request) => openPositions(desk, request)),
    privateList('OpenOrders', 'openOrders', 'open', (request) => openOrders(desk, request)),
    privateList('ClosedOrders', 'closedOrders', 'closed', (request) => closedOrders(desk, request)),
    privatePost('QueryOrders', 'order', (request) => queryOrders(desk, request)),
    privateList('TradesHistory', 'fills', 'trades', (request) => tradesHistory(desk, request)),
    privateList('Ledgers', 'cashFlows', 'ledger', (request) => ledgers(desk, request)),
  ];
}

function keyInfo({ keyRights: { trade, withdraw } }: Desk) {
  return {
    apiKeyName: 'sandbox',
    apiKey: 'sandbox-kraken-key',
    nonce: '0',
    nonceWindow: 0,
    permissions: [
      'query-funds',
      'query-open-trades',
      'query-closed-trades',
      'query-ledger',
      ...(trade ? ['modify-trades', 'close-trades'] : []),
      ...(withdraw ? ['withdraw-funds'] : []),
    ],
    iban: 'AA00 N84G SAND BOXX',
    validUntil: '0',
    queryFrom: '0',
    queryTo: '0',
    createdTime: '1772542900',
    modifiedTime: '1772543095',
    ipAllowlist: [],
    lastUsed: '1772627061',
  };
}

function balances(desk: Desk) {
  const rows = desk.ledger.assetsOf(desk.venue).map((asset) => {
    const { id, places } = assetNames(asset);
    const { total, used } = balanceOf(desk.state, asset);
    return [id, { balance: padded(total, places), hold_trade: padded(used, places) }] as const;
  });
  return Object.fromEntries(rows);
}

/** Writes have limits of their own, per pair and age of the order; they count nothing here. */
function privateWrites(desk: Desk): Route[] {
  const weight = 0;
  return [
    {
      ...privatePost('AddOrder', 'placeOrder', () => undefined),
      endpoint: (request) => (isConditional(request) ? 'placeConditional' : 'placeOrder'),
      weight,
      identify: ({ params }) => ({ clientOrderId: optionalText(params, 'cl_ord_id') }),
      handle: (request) => addOrder(desk, request),
    },
    {
      ...privatePost('CancelOrder', 'cancelOrder', (request) => {
        desk.cancel(identifyNamed(request));
        return { count: 1 };
      }),
      weight,
      identify: identifyNamed,
    },
    privatePost('CancelAll', 'cancelOrder', () => ({ count: desk.cancelAll().length })),
    privatePost('CancelAllOrdersAfter', 'deadManSwitch', ({ params }) => armTimer(desk, params)),
  ];
}

function identifyNamed({ params }: VenueRequest): OrderName {
  return {
    venueOrderId: optionalText(params, 'txid'),
    clientOrderId: optionalText(params, 'cl_ord_id'),
  };
}

function addOrder(desk: Desk, request: VenueRequest): Reply {
  const order = desk.place(readPlaceRequest(desk, request));
  return {
    venueOrderId: order.venueOrderId,
    ...result({ txid: [order.venueOrderId], descr: { order: describe(order) } }),
  };
}

function armTimer(desk: Desk, params: URLSearchParams) {
  const timeoutMs = parseDecimal('timeout', params.get('timeout')).times(1000).toNumber();
  desk.armDeadManSwitch(timeoutMs);
  const nowMs = desk.nowMs();
  return {
    currentTime: new Date(nowMs).toISOString(),
    triggerTime: timeoutMs === 0 ? '0' : new Date(nowMs + timeoutMs).toISOString(),
  };
}
