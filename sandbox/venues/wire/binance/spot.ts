/** Binance spot, REST API v3. */
import type { Credentials } from '../../credentials.js';
import { padded } from '../../decimal.js';
import type { Desk } from '../../desk.js';
import type { Route, VenueRequest, Wire } from '../../http/route.js';
import { balanceOf, isLive } from '../../ledger/state.js';
import { commonMarketRoutes, publicRead } from './market/routes.js';
import { averagePrice, perSymbol } from './market/tickers.js';
import { spotOrder, spotOrderAck, spotTrade } from './orders.js';
import { wordBinanceRateLimit, wordBinanceRefusal, wordBinanceServerError } from './refusals.js';
import { feeSettingRoutes, orderRoutes, walletRoutes, type OrderWording } from './shared-routes.js';
import { binanceAuthenticator } from './signature.js';
import { readSpotRequest } from './spot-requests.js';
import { transferRoutes } from './transfers.js';
import { weighed } from './weights.js';
import { DAY_MS, windowOf } from './windows.js';

/** Orders that ended without a trade are archived after that. */
const ARCHIVED_MS = 90 * DAY_MS;

export function binanceSpotWire(desk: Desk, credentials: Credentials): Wire {
  return weighed(desk, {
    venue: 'binance',
    routes: [
      ...marketRoutes(desk),
      ...walletRoutes(desk),
      ...transferRoutes(desk),
      ...orderRoutes(desk, spotWording(desk)),
      ...accountRoutes(desk),
      ...feeSettingRoutes(desk, {
        path: '/sapi/v1/bnbBurn',
        parameter: 'spotBNBBurn',
        told: burnSetting,
        done: burnSetting,
      }),
    ],
    authenticate: binanceAuthenticator(credentials, desk.nowMs),
    wordRefusal: wordBinanceRefusal('spot'),
    wordRateLimit: wordBinanceRateLimit,
    wordServerError: wordBinanceServerError,
  });
}

function burnSetting(spotBNBBurn: boolean) {
  return { spotBNBBurn, interestBNBBurn: false };
}

function spotWording(desk: Desk): OrderWording {
  return {
    prefix: '/api/v3',
    order: spotOrder,
    placed: spotOrderAck,
    read: readSpotRequest,
    window: { longestMs: DAY_MS },
    remembers: (order) =>
      isLive(order) || !order.filled.isZero() || order.acceptedAtMs >= desk.nowMs() - ARCHIVED_MS,
  };
}

function marketRoutes(desk: Desk): Route[] {
  // ccxt's `binance` loads futures markets too; this venue has none.
  const noMarkets = () => ({ symbols: [] });
  return [
    ...commonMarketRoutes(desk, {
      prefix: '/api/v3',
      mostCandles: 1000,
      depth: { usual: 100, most: 5000 },
    }),
    publicRead('/fapi/v1/exchangeInfo', 'markets', noMarkets),
    publicRead('/dapi/v1/exchangeInfo', 'markets', noMarkets),
    publicRead('/api/v3/avgPrice', 'ticker', ({ params }) =>
      averagePrice(desk, desk.instrument(params.get('symbol'))),
    ),
  ];
}

function accountRoutes(desk: Desk): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v3/account',
      endpoint: 'balance',
      signed: true,
      handle: () => ({ body: account(desk) }),
    },
    {
      method: 'GET',
      path: '/api/v3/myTrades',
      endpoint: 'fills',
      signed: true,
      handle: (request) => ({ body: trades(desk, request) }),
    },
    {
      method: 'GET',
      path: '/sapi/v1/asset/tradeFee',
      endpoint: 'markets',
      signed: true,
      handle: (request) => ({ body: tradeFees(desk, request) }),
    },
    {
      method: 'DELETE',
      path: '/api/v3/openOrders',
      endpoint: 'cancelOrder',
      signed: true,
      handle: ({ params }) => ({
        body: desk.cancelAll(desk.instrument(params.get('symbol'))).map(spotOrder),
      }),
    },
  ];
}

/** A list, also for one symbol. */
function tradeFees(desk: Desk, request: VenueRequest) {
  const rows = perSymbol(desk, request, ({ nativeId, makerFee, takerFee }) => ({
    symbol: nativeId,
    makerCommission: makerFee.toFixed(),
    takerCommission: takerFee.toFixed(),
  }));
  return [rows].flat();
}

function trades(desk: Desk, { params }: VenueRequest) {
  const { symbol } = desk.instrument(params.get('symbol'));
  const orderId = params.get('orderId');
  const rows = desk.state.fills.filter(
    (fill) => fill.instrument === symbol && (orderId === null || fill.venueOrderId === orderId),
  );
  return windowOf({
    rows,
    params,
    nowMs: desk.nowMs(),
    terms: { fromName: 'fromId', longestMs: DAY_MS },
    idOf: (fill) => fill.venueTradeId,
    timeOf: (fill) => fill.timeMs,
  }).map(spotTrade);
}

function account(desk: Desk) {
  return {
    makerCommission: 10,
    takerCommission: 10,
    buyerCommission: 0,
    sellerCommission: 0,
    canTrade: true,
    canWithdraw: true,
    canDeposit: true,
    brokered: false,
    updateTime: desk.ledger.state.timeMs,
    accountType: 'SPOT',
    balances: desk.ledger.assetsOf(desk.venue).map((asset) => {
      const { total, used } = balanceOf(desk.state, asset);
      return { asset, free: padded(total.minus(used), 8), locked: padded(used, 8) };
    }),
    permissions: ['SPOT'],
  };
}
