// Kraken spot, REST API 0.
import type { Credentials } from '../../credentials.js';
import { padded } from '../../decimal.js';
import type { Desk, OrderName } from '../../desk.js';
import type { Endpoint } from '../../http/endpoints.js';
import type { Reply, Route, VenueRequest, Wire } from '../../http/route.js';
import type { PlaceRequest } from '../../ledger/place-request.js';
import { balanceOf } from '../../ledger/state.js';
import { Refusal } from '../../refusal.js';
import { oneOf, optionalText, parseDecimal } from '../parameters.js';
import { closedOrders, openOrders, queryOrders, tradesHistory } from './history.js';
import { assetPairs, assets, findPair, ohlc, tickers } from './market-data.js';
import { assetNames } from './names.js';
import { describe } from './orders.js';
import { wordKrakenRateLimit, wordKrakenRefusal, wordKrakenServerError } from './refusals.js';
import { krakenAuthenticator } from './signature.js';

export function krakenWire(desk: Desk, credentials: Credentials): Wire {
  return {
    venue: 'kraken',
    routes: [...publicRoutes(desk), ...privateReads(desk), ...privateWrites(desk)],
    authenticate: krakenAuthenticator(credentials),
    wordRefusal: wordKrakenRefusal,
    wordRateLimit: wordKrakenRateLimit,
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
  ];
}

function privateReads(desk: Desk): Route[] {
  return [
    privatePost('BalanceEx', 'balance', () => balances(desk)),
    // Margin positions; this account has none.
    privatePost('OpenPositions', 'positions', () => []),
    privatePost('OpenOrders', 'openOrders', (request) => openOrders(desk, request)),
    privatePost('ClosedOrders', 'closedOrders', (request) => closedOrders(desk, request)),
    privatePost('QueryOrders', 'order', (request) => queryOrders(desk, request)),
    privatePost('TradesHistory', 'fills', (request) => tradesHistory(desk, request)),
  ];
}

function balances(desk: Desk) {
  const rows = desk.ledger.assetsOf(desk.venue).map((asset) => {
    const { id, places } = assetNames(asset);
    const { total, used } = balanceOf(desk.state, asset);
    return [id, { balance: padded(total, places), hold_trade: padded(used, places) }] as const;
  });
  return Object.fromEntries(rows);
}

function privateWrites(desk: Desk): Route[] {
  return [
    {
      ...privatePost('AddOrder', 'placeOrder', () => undefined),
      identify: ({ params }) => ({ clientOrderId: optionalText(params, 'cl_ord_id') }),
      handle: (request) => addOrder(desk, request),
    },
    {
      ...privatePost('CancelOrder', 'cancelOrder', (request) => {
        desk.cancel(identifyNamed(request));
        return { count: 1 };
      }),
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

function readPlaceRequest(desk: Desk, { params }: VenueRequest): PlaceRequest {
  const type = oneOf('ordertype', ['limit', 'market'], params.get('ordertype'));
  const flags = (params.get('oflags') ?? '').split(',');
  if (flags.includes('viqc')) {
    throw new Refusal('invalid-argument', 'volume in quote currency is not supported');
  }
  return {
    instrument: findPair(desk, params.get('pair')),
    clientOrderId: params.get('cl_ord_id'),
    side: oneOf('type', ['buy', 'sell'], params.get('type')),
    type,
    price: type === 'limit' ? parseDecimal('price', params.get('price')) : null,
    quantity: parseDecimal('volume', params.get('volume')),
    timeInForce: oneOf('timeinforce', ['GTC', 'IOC', 'FOK'], params.get('timeinforce') ?? 'GTC'),
    postOnly: flags.includes('post'),
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
