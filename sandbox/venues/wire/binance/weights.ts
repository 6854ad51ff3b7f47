/**
 * What Binance counts each request as, and tells in a header.
 *
 * Invariant: the count starts anew with each minute of the venue's clock and never shrinks within
 * one.
 */
import type { Desk } from '../../desk.js';
import type { Reply, Route, VenueRequest, Wire } from '../../http/route.js';

type Weight = Route['weight'];

/** Costlier for all symbols together than for one. */
const bySymbol = (one: number, all: number) => (request: VenueRequest) =>
  request.params.has('symbol') || request.params.has('symbols') ? one : all;

/** Costlier the more rows are asked for. */
const byLimit =
  (...steps: readonly (readonly [most: number, weight: number])[]) =>
  ({ params }: VenueRequest) => {
    const limit = Number(params.get('limit') ?? 500);
    return steps.find(([most]) => limit <= most)?.[1] ?? 1;
  };

const WEIGHTS: Readonly<Record<string, NonNullable<Weight>>> = {
  'GET /api/v3/exchangeInfo': 20,
  'GET /api/v3/ticker/24hr': bySymbol(2, 80),
  'GET /api/v3/ticker/bookTicker': bySymbol(2, 4),
  'GET /api/v3/ticker/price': bySymbol(2, 4),
  'GET /api/v3/avgPrice': 2,
  'GET /api/v3/depth': byLimit([100, 5], [500, 25], [1000, 50], [Infinity, 250]),
  'GET /api/v3/trades': 25,
  'GET /api/v3/aggTrades': 4,
  'GET /api/v3/klines': 2,
  'GET /api/v3/order': 4,
  'GET /api/v3/openOrders': bySymbol(6, 80),
  'GET /api/v3/allOrders': 20,
  'GET /api/v3/account': 20,
  'GET /api/v3/myTrades': 20,
  'GET /fapi/v1/ticker/24hr': bySymbol(1, 40),
  'GET /fapi/v1/premiumIndex': bySymbol(1, 10),
  'GET /fapi/v1/ticker/bookTicker': bySymbol(2, 5),
  'GET /fapi/v1/ticker/price': bySymbol(1, 2),
  'GET /fapi/v1/depth': byLimit([50, 2], [100, 5], [500, 10], [Infinity, 20]),
  'GET /fapi/v1/trades': 5,
  'GET /fapi/v1/aggTrades': 20,
  'GET /fapi/v1/klines': byLimit([99, 1], [499, 2], [1000, 5], [Infinity, 10]),
  'GET /fapi/v1/multiAssetsMargin': 30,
  'GET /fapi/v1/openOrders': bySymbol(1, 40),
  'GET /fapi/v1/openAlgoOrders': bySymbol(1, 40),
  'GET /fapi/v1/allOrders': 5,
  'GET /fapi/v1/allAlgoOrders': 5,
  'GET /fapi/v1/userTrades': 5,
  'GET /fapi/v1/income': 30,
  'GET /fapi/v1/forceOrders': bySymbol(20, 50),
  'GET /fapi/v1/positionSide/dual': 30,
  'GET /fapi/v1/feeBurn': 30,
  'GET /fapi/v3/account': 5,
  'GET /fapi/v3/positionRisk': 5,
  'POST /fapi/v1/countdownCancelAll': 10,
};

const MINUTE_MS = 60_000;

const HEADER = 'x-mbx-used-weight-1m';

/** Refusals tell the count too. */
export function weighed(desk: Desk, wire: Wire): Wire {
  const used = { minute: 0, weight: 0 };
  const count = (weight: number): void => {
    const minute = Math.floor(desk.nowMs() / MINUTE_MS);
    used.weight = minute === used.minute ? used.weight + weight : weight;
    used.minute = minute;
  };
  const tell = (reply: Reply): Reply => {
    return { ...reply, headers: { ...reply.headers, [HEADER]: String(used.weight) } };
  };
  const routes = wire.routes.map((route) => {
    const weight = WEIGHTS[`${route.method} ${route.path}`] ?? 1;
    const handle = (request: VenueRequest): Reply => {
      count(typeof weight === 'function' ? weight(request) : weight);
      return tell(route.handle(request));
    };
    return { ...route, weight, handle };
  });
  return { ...wire, routes, wordRefusal: (refusal) => tell(wire.wordRefusal(refusal)) };
}
