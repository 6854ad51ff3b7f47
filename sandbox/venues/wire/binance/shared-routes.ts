/**
 * Routes that spot and USD-M futures share but for their prefix, and those of Binance's wallet API
 * that ccxt asks of either.
 */
import type { Desk, OrderName } from '../../desk.js';
import type { Reply, Route, VenueRequest } from '../../http/route.js';
import type { PlaceRequest } from '../../ledger/place-request.js';
import type { Order } from '../../ledger/state.js';
import { Refusal } from '../../refusal.js';
import { oneOf } from '../parameters.js';
import { findOpen, identifyNamed, identifyPlaced } from './order-requests.js';
import { windowOf, type WindowTerms } from './windows.js';

export interface OrderWording {
  prefix: string;
  order: (order: Order) => unknown;
  placed: (order: Order) => unknown;
  read: (desk: Desk, request: VenueRequest) => PlaceRequest;
  /** What `allOrders` may be asked. */
  window: WindowTerms;
  /** Whether the venue still knows of a done order. */
  remembers: (order: Order) => boolean;
}

export function orderRoutes(desk: Desk, wording: OrderWording): Route[] {
  const { prefix, order } = wording;
  const signed = true;
  return [
    {
      method: 'POST',
      path: `${prefix}/order`,
      endpoint: 'placeOrder',
      signed,
      identify: identifyPlaced,
      handle: (request) => {
        const placed = desk.place(wording.read(desk, request));
        return { venueOrderId: placed.venueOrderId, body: wording.placed(placed) };
      },
    },
    {
      method: 'DELETE',
      path: `${prefix}/order`,
      endpoint: 'cancelOrder',
      signed,
      identify: identifyNamed,
      handle: (request) => {
        const cancelled = desk.cancel(identifyNamed(request));
        return { venueOrderId: cancelled.venueOrderId, body: order(cancelled) };
      },
    },
    {
      method: 'GET',
      path: `${prefix}/order`,
      endpoint: 'order',
      signed,
      handle: (request) => ({ body: order(findKnown(desk, wording, identifyNamed(request))) }),
    },
    {
      method: 'GET',
      path: `${prefix}/openOrders`,
      endpoint: 'openOrders',
      signed,
      handle: (request) => ({ body: findOpen(desk, request).map(order) }),
    },
    {
      method: 'GET',
      path: `${prefix}/allOrders`,
      endpoint: 'closedOrders',
      signed,
      handle: (request) => ({ body: allOrders(desk, wording, request.params).map(order) }),
    },
  ];
}

function findKnown(desk: Desk, { remembers }: OrderWording, name: OrderName): Order {
  const order = desk.find(name);
  if (!remembers(order)) throw new Refusal('unknown-order', 'it is too old');
  return order;
}

function allOrders(desk: Desk, wording: OrderWording, params: URLSearchParams): Order[] {
  const instrument = desk.instrument(params.get('symbol'));
  return windowOf({
    rows: [...desk.state.orders.values()].filter(
      (order) =>
        order.instrument === instrument && !desk.isApart(order) && wording.remembers(order),
    ),
    params,
    nowMs: desk.nowMs(),
    terms: { ...wording.window, fromName: 'orderId' },
    idOf: (order) => order.venueOrderId,
    timeOf: (order) => order.acceptedAtMs,
  });
}

export function walletRoutes(desk: Desk): Route[] {
  return [
    { ...publicRoute('/sapi/v1/system/status'), endpoint: 'status', handle: () => status(desk) },
    { ...walletRoute('/sapi/v1/capital/config/getall'), handle: () => ({ body: coins(desk) }) },
    {
      ...walletRoute('/sapi/v1/account/apiRestrictions'),
      endpoint: 'keyRights',
      handle: () => ({ body: apiRestrictions(desk) }),
    },
    { ...walletRoute('/sapi/v1/margin/allPairs'), handle: () => ({ body: [] }) },
    { ...walletRoute('/sapi/v1/margin/isolated/allPairs'), handle: () => ({ body: [] }) },
  ];
}

function publicRoute(path: string) {
  return { method: 'GET', path, signed: false } as const;
}

/** Whether fees are paid in BNB: read, and switched by the word of the venue's own parameter. */
export function feeSettingRoutes(
  desk: Desk,
  { path, parameter, told, done }: FeeSettingWording,
): Route[] {
  return [
    {
      method: 'GET',
      path,
      endpoint: 'feeSetting',
      signed: true,
      handle: () => ({ body: told(desk.state.feesInCoin) }),
    },
    {
      method: 'POST',
      path,
      endpoint: 'setFeeSetting',
      signed: true,
      handle: ({ params }) => {
        const inCoin = oneOf(parameter, ['true', 'false'], params.get(parameter)) === 'true';
        desk.setFeeSetting(inCoin);
        return { body: done(inCoin) };
      },
    },
  ];
}

interface FeeSettingWording {
  path: string;
  parameter: string;
  told: (inCoin: boolean) => object;
  done: (inCoin: boolean) => object;
}

function walletRoute(path: string) {
  return { method: 'GET', path, signed: true, endpoint: 'markets' } as const;
}

function status(desk: Desk): Reply {
  const down = desk.status === 'maintenance';
  return { body: { status: down ? 1 : 0, msg: down ? 'system_maintenance' : 'normal' } };
}

function apiRestrictions({ keyRights: { trade, withdraw } }: Desk) {
  return {
    ipRestrict: false,
    createTime: 1623840271000,
    enableReading: true,
    enableWithdrawals: withdraw,
    enableInternalTransfer: false,
    enableMargin: false,
    enableFutures: trade,
    permitsUniversalTransfer: false,
    enableVanillaOptions: false,
    enableFixApiTrade: false,
    enableFixReadOnly: false,
    enableSpotAndMarginTrading: trade,
    enablePortfolioMarginTrading: false,
  };
}

function coins(desk: Desk) {
  return desk.ledger.assetsOf(desk.venue).map((asset) => ({
    coin: asset,
    name: asset,
    depositAllEnable: true,
    withdrawAllEnable: true,
    trading: true,
    isLegalMoney: false,
    networkList: [],
  }));
}
