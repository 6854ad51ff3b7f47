/**
 * USD-M conditional orders: a service of its own beside the order book, with ids, lists and cancels
 * of its own.
 *
 * Invariant: a conditional order is listed here and nowhere else, and the order it becomes is
 * listed there and not here.
 */
import type { Desk, OrderName } from '../../desk.js';
import { padded, ZERO } from '../../decimal.js';
import type { Reply, Route, VenueRequest } from '../../http/route.js';
import type { PlaceRequest } from '../../ledger/place-request.js';
import { averagePriceOf, type Order } from '../../ledger/state.js';
import type { TriggerRequest } from '../../ledger/triggers.js';
import { oneOf, optionalText, parseDecimal } from '../parameters.js';
import { readSides, readTimeInForce } from './order-requests.js';
import { positionSideOf, statusOf } from './orders.js';
import { DAY_MS, WEEK_MS, windowOf } from './windows.js';

const KEPT_MS = 90 * DAY_MS;
const TYPES = {
  STOP: ['stop', 'limit'],
  STOP_MARKET: ['stop', 'market'],
  TAKE_PROFIT: ['take-profit', 'limit'],
  TAKE_PROFIT_MARKET: ['take-profit', 'market'],
  TRAILING_STOP_MARKET: ['trailing-stop', 'market'],
} as const;
const TYPE_NAMES = Object.keys(TYPES) as (keyof typeof TYPES)[];

export function algoRoutes(desk: Desk): Route[] {
  return [...algoReads(desk), ...algoWrites(desk)];
}

function algoReads(desk: Desk): Route[] {
  const read = { method: 'GET', signed: true } as const;
  return [
    {
      ...read,
      path: '/fapi/v1/openAlgoOrders',
      endpoint: 'conditionalOrders',
      handle: ({ params }) => {
        const symbol = params.get('symbol');
        const instrument = symbol === null ? undefined : desk.instrument(symbol);
        const orders = desk.ledger.untriggeredOrders(desk.venue, instrument);
        return { body: orders.map((order) => algoOrder(desk, order)) };
      },
    },
    {
      ...read,
      path: '/fapi/v1/allAlgoOrders',
      endpoint: 'conditionalOrders',
      handle: ({ params }) => ({
        body: allAlgoOrders(desk, params).map((order) => algoOrder(desk, order)),
      }),
    },
    {
      ...read,
      path: '/fapi/v1/algoOrder',
      endpoint: 'conditionalOrder',
      handle: (request) => ({
        body: algoOrder(desk, desk.findConditional(identifyNamed(request))),
      }),
    },
  ];
}

function algoWrites(desk: Desk): Route[] {
  return [
    {
      method: 'POST',
      path: '/fapi/v1/algoOrder',
      endpoint: 'placeConditional',
      signed: true,
      identify: ({ params }) => ({ clientOrderId: optionalText(params, 'clientAlgoId') }),
      handle: (request) => {
        const order = desk.place(readAlgoRequest(desk, request));
        return { venueOrderId: order.venueOrderId, body: algoOrder(desk, order) };
      },
    },
    {
      method: 'DELETE',
      path: '/fapi/v1/algoOrder',
      endpoint: 'cancelConditional',
      signed: true,
      identify: identifyNamed,
      handle: (request) => cancelledReply(desk.cancelConditional(identifyNamed(request))),
    },
    {
      method: 'DELETE',
      path: '/fapi/v1/algoOpenOrders',
      endpoint: 'cancelConditional',
      signed: true,
      handle: ({ params }) => {
        desk.cancelAllConditional(desk.instrument(params.get('symbol')));
        return { body: { code: 200, msg: 'The operation of cancel all open order is done.' } };
      },
    },
  ];
}

function identifyNamed({ params }: VenueRequest): OrderName {
  return {
    venueOrderId: optionalText(params, 'algoId'),
    clientOrderId: optionalText(params, 'clientAlgoId'),
  };
}

function cancelledReply({ venueOrderId, clientOrderId }: Order): Reply {
  const body = { algoId: Number(venueOrderId), clientAlgoId: clientOrderId };
  return { venueOrderId, body: { ...body, code: '200', msg: 'success' } };
}

function readAlgoRequest(desk: Desk, { params }: VenueRequest): PlaceRequest {
  oneOf('algoType', ['CONDITIONAL'], params.get('algoType'));
  const [kind, type] = TYPES[oneOf('type', TYPE_NAMES, params.get('type'))];
  const closePosition = params.get('closePosition') === 'true';
  return {
    instrument: desk.instrument(params.get('symbol')),
    clientOrderId: params.get('clientAlgoId'),
    ...readSides(desk, params),
    type,
    price: type === 'limit' ? parseDecimal('price', params.get('price')) : null,
    quantity: closePosition ? ZERO : parseDecimal('quantity', params.get('quantity')),
    ...(type === 'limit' && params.has('timeInForce') ? readTimeInForce(params) : {}),
    closePosition,
    trigger: readTrigger(kind, params),
  };
}

function readTrigger(kind: TriggerRequest['kind'], params: URLSearchParams): TriggerRequest {
  if (kind !== 'trailing-stop') {
    return { kind, price: parseDecimal('triggerPrice', params.get('triggerPrice')) };
  }
  const activation = params.get('activatePrice') ?? params.get('activationPrice');
  return {
    kind,
    trailPercent: parseDecimal('callbackRate', params.get('callbackRate')),
    activationPrice: activation === null ? undefined : parseDecimal('activatePrice', activation),
  };
}

function allAlgoOrders(desk: Desk, params: URLSearchParams): Order[] {
  const instrument = desk.instrument(params.get('symbol'));
  const orders = [...desk.state.orders.values()];
  return windowOf({
    rows: orders.filter((order) => order.instrument === instrument && desk.isApart(order)),
    params,
    nowMs: desk.nowMs(),
    terms: { fromName: 'algoId', longestMs: WEEK_MS, bounded: true, keptMs: KEPT_MS },
    idOf: (order) => order.venueOrderId,
    timeOf: (order) => order.acceptedAtMs,
  });
}

function algoStatusOf(order: Order, child: Order | undefined): string {
  if (order.status !== 'triggered') return statusOf(order);
  return child?.status === 'open' ? 'TRIGGERED' : 'FINISHED';
}

function typeOf({ trigger, type }: Order): string | undefined {
  return TYPE_NAMES.find((name) => TYPES[name][0] === trigger?.kind && TYPES[name][1] === type);
}

function algoOrder(desk: Desk, order: Order) {
  const { trigger } = order;
  const child = desk.state.orders.get(trigger?.childOrderId ?? '');
  return {
    algoId: Number(order.venueOrderId),
    clientAlgoId: order.clientOrderId,
    algoType: 'CONDITIONAL',
    orderType: typeOf(order),
    symbol: order.instrument.nativeId,
    side: order.side.toUpperCase(),
    positionSide: positionSideOf(order.positionSide),
    timeInForce: order.postOnly ? 'GTX' : order.timeInForce,
    quantity: padded(order.quantity, 3),
    algoStatus: algoStatusOf(order, child),
    ...childFields(child),
    triggerPrice: padded(trigger?.price ?? ZERO, 2),
    price: padded(order.price ?? ZERO, 2),
    icebergQuantity: null,
    selfTradePreventionMode: 'NONE',
    workingType: 'CONTRACT_PRICE',
    priceMatch: 'NONE',
    closePosition: order.closePosition,
    priceProtect: false,
    reduceOnly: order.reduceOnly,
    ...trailFields(order),
    createTime: order.acceptedAtMs,
    updateTime: order.updatedAtMs,
    triggerTime: trigger?.triggeredAtMs ?? 0,
    goodTillDate: 0,
  };
}

/** Of the plain order that the trigger set off. */
function childFields(child: Order | undefined) {
  return {
    actualOrderId: child?.venueOrderId ?? '',
    actualPrice: padded(child ? averagePriceOf(child) : ZERO, 5),
  };
}

function trailFields({ trigger }: Order) {
  if (trigger === null || trigger.trailPercent === null) return {};
  return {
    callbackRate: trigger.trailPercent.toFixed(),
    activatePrice: padded(trigger.activationPrice ?? ZERO, 2),
  };
}
