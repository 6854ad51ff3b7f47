/** Coinbase Advanced Trade, brokerage API v3. */
import { z } from 'zod';
import type { Credentials } from '../../credentials.js';
import type { Desk, OrderName } from '../../desk.js';
import type { Endpoint } from '../../http/endpoints.js';
import type { Reply, Route, VenueRequest, Wire } from '../../http/route.js';
import { Refusal } from '../../refusal.js';
import { accounts, olderAccounts, transactions } from './accounts.js';
import { listFills, listOrders } from './history.js';
import { coinbaseOrder, LIVE_STATUSES } from './orders.js';
import { identifyPlacement, placeOrder } from './place-order.js';
import { candles, currencies, listProducts, ticker } from './products.js';
import { wordCoinbaseRateLimit, wordCoinbaseRefusal, wordCoinbaseServerError } from './refusals.js';
import { coinbaseAuthenticator, parseJson } from './token.js';

const BROKERAGE = '/api/v3/brokerage';

export function coinbaseWire(desk: Desk, credentials: Credentials): Wire {
  return {
    venue: 'coinbase',
    routes: [
      ...publicRoutes(desk),
      ...productRoutes(desk),
      ...accountRoutes(desk),
      ...writes(desk),
    ],
    authenticate: coinbaseAuthenticator(credentials, desk.nowMs),
    wordRefusal: wordCoinbaseRefusal,
    wordRateLimit: wordCoinbaseRateLimit,
    wordServerError: wordCoinbaseServerError,
  };
}

function get(
  path: string,
  endpoint: Route['endpoint'],
  read: (request: VenueRequest) => unknown,
): Route {
  const handle = (request: VenueRequest) => ({ body: read(request) });
  return { method: 'GET', path, endpoint, signed: false, handle };
}

function signedGet(...row: Parameters<typeof get>): Route {
  return { ...get(...row), signed: true };
}

function publicRoutes(desk: Desk): Route[] {
  return [
    get('/v2/time', 'time', () => {
      const nowMs = desk.nowMs();
      return { data: { iso: new Date(nowMs).toISOString(), epoch: Math.floor(nowMs / 1000) } };
    }),
    get(`${BROKERAGE}/time`, 'time', () => {
      const nowMs = desk.nowMs();
      const epochSeconds = String(Math.floor(nowMs / 1000));
      return { iso: new Date(nowMs).toISOString(), epochSeconds, epochMillis: String(nowMs) };
    }),
    get('/v2/currencies', 'markets', () => currencies(desk, 'fiat')),
    get('/v2/currencies/crypto', 'markets', () => currencies(desk, 'crypto')),
    get('/v2/exchange-rates', 'markets', () => ({ data: { currency: 'USD', rates: {} } })),
  ];
}

/** Each is offered in public under `/market` and to key holders without it. */
function productRoutes(desk: Desk): Route[] {
  return [
    [`${BROKERAGE}/market/products`, get] as const,
    [`${BROKERAGE}/products`, signedGet] as const,
  ].flatMap(([path, offer]) => [
    offer(path, listedProducts, (request) => listProducts(desk, request)),
    offer(`${path}/*/ticker`, 'ticker', (request) => ticker(desk, request)),
    offer(`${path}/*/candles`, 'candles', (request) => candles(desk, request)),
  ]);
}

/** ccxt names products when it wants their prices, and none when it loads markets. */
function listedProducts({ params }: VenueRequest): Endpoint {
  return params.has('product_ids') ? 'ticker' : 'markets';
}

function listedOrders({ params }: VenueRequest): Endpoint {
  const wanted = params.getAll('order_status');
  const live = wanted.length > 0 && wanted.every((one) => LIVE_STATUSES.some((s) => s === one));
  return live ? 'openOrders' : 'closedOrders';
}

function accountRoutes(desk: Desk): Route[] {
  const orders = `${BROKERAGE}/orders/historical`;
  return [
    signedGet(`${BROKERAGE}/accounts`, 'balance', (request) => accounts(desk, request)),
    // Where ccxt reads balances by default: the older API, which knows no holds.
    signedGet('/v2/accounts', 'balance', () => olderAccounts(desk)),
    signedGet('/v2/accounts/*/transactions', 'cashFlows', (request) => transactions(desk, request)),
    signedGet(`${BROKERAGE}/key_permissions`, 'keyRights', () => keyPermissions(desk)),
    signedGet(`${BROKERAGE}/transaction_summary`, 'markets', () => feeSummary(desk)),
    // ccxt's list of futures positions; this account has none.
    signedGet(`${BROKERAGE}/cfm/positions`, 'positions', () => ({ positions: [] })),
    signedGet(`${orders}/batch`, listedOrders, (request) => listOrders(desk, request)),
    signedGet(`${orders}/fills`, 'fills', (request) => listFills(desk, request)),
    signedGet(`${orders}/*`, 'order', ({ tail }) => ({
      order: coinbaseOrder(desk.find({ venueOrderId: tail })),
    })),
  ];
}

function keyPermissions({ keyRights: { trade, withdraw } }: Desk) {
  return {
    can_view: true,
    can_trade: trade,
    can_transfer: withdraw,
    portfolio_uuid: '00000000-0000-4000-8000-000000000001',
    portfolio_type: 'DEFAULT',
  };
}

function feeSummary(desk: Desk) {
  const [first] = desk.instruments;
  return {
    total_volume: 0,
    total_fees: 0,
    fee_tier: {
      pricing_tier: 'sandbox',
      taker_fee_rate: first?.takerFee.toFixed(),
      maker_fee_rate: first?.makerFee.toFixed(),
    },
  };
}

const Cancellation = z.object({ order_ids: z.array(z.string()).min(1) });

function writes(desk: Desk): Route[] {
  return [
    {
      method: 'POST',
      path: `${BROKERAGE}/orders`,
      endpoint: 'placeOrder',
      signed: true,
      identify: identifyPlacement,
      handle: (request) => placeOrder(desk, request),
    },
    {
      method: 'POST',
      path: `${BROKERAGE}/orders/batch_cancel`,
      endpoint: 'cancelOrder',
      signed: true,
      identify: identifyCancellation,
      handle: (request) => cancelOrders(desk, request),
    },
  ];
}

function identifyCancellation(request: VenueRequest): OrderName {
  return { venueOrderId: Cancellation.safeParse(parseJson(request.body)).data?.order_ids[0] };
}

function cancelOrders(desk: Desk, request: VenueRequest): Reply {
  const parsed = Cancellation.safeParse(parseJson(request.body));
  if (!parsed.success) throw new Refusal('invalid-argument', z.prettifyError(parsed.error));
  const results = parsed.data.order_ids.map((id) => cancelOne(desk, id));
  const refused = results.every(({ success }) => !success);
  return { body: { results }, ...(refused ? { refused: 'not-cancellable' } : {}) };
}

function cancelOne(desk: Desk, venueOrderId: string) {
  try {
    desk.cancel({ venueOrderId });
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== 'not-cancellable') throw error;
    return { success: false, failure_reason: 'UNKNOWN_CANCEL_ORDER', order_id: venueOrderId };
  }
  const failure_reason = 'UNKNOWN_CANCEL_FAILURE_REASON';
  return { success: true, failure_reason, order_id: venueOrderId };
}
