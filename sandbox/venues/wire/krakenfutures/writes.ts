/**
 * Kraken Futures' writes.
 *
 * Invariant: an order or cancel the venue says no to is a successful answer with a status, and is
 * noted as refused all the same.
 */
import type { Desk, OrderName } from '../../desk.js';
import { decimal, ZERO } from '../../decimal.js';
import type { Reply, VenueRequest } from '../../http/route.js';
import type { Order } from '../../ledger/state.js';
import { Refusal } from '../../refusal.js';
import { optionalText, parseDecimal } from '../parameters.js';
import { eventOrder, eventTrigger } from './orders.js';
import { readPlaceRequest } from './place-order.js';
import { statusOf } from './refusals.js';
import { isoTime, jsonNumber } from './words.js';

export function success(desk: Desk, body: object): Reply {
  return { body: { result: 'success', ...body, serverTime: isoTime(desk.nowMs()) } };
}

export function identifyNamed({ params }: VenueRequest): OrderName {
  return {
    venueOrderId: optionalText(params, 'order_id'),
    clientOrderId: optionalText(params, 'cliOrdId'),
  };
}

export function sendOrder(desk: Desk, request: VenueRequest): Reply {
  const receivedTime = isoTime(desk.nowMs());
  const wanted = readPlaceRequest(desk, request);
  try {
    const order = desk.place(wanted);
    const sendStatus = {
      order_id: order.venueOrderId,
      status: isKilled(order) ? 'iocWouldNotExecute' : 'placed',
      receivedTime,
      orderEvents: placementEvents(order),
    };
    return { venueOrderId: order.venueOrderId, ...success(desk, { sendStatus }) };
  } catch (error) {
    return refused(desk, error, (status) => ({
      sendStatus: { status, receivedTime, orderEvents: [] },
    }));
  }
}

export function cancelOrder(desk: Desk, request: VenueRequest): Reply {
  refuseLate(desk, request);
  const receivedTime = isoTime(desk.nowMs());
  const name = identifyNamed(request);
  try {
    const order = desk.cancel(name);
    const cancelStatus = {
      status: 'cancelled',
      order_id: order.venueOrderId,
      cliOrdId: order.clientOrderId,
      receivedTime,
      orderEvents: [cancelEvent(order)],
    };
    return { venueOrderId: order.venueOrderId, ...success(desk, { cancelStatus }) };
  } catch (error) {
    return refused(desk, error, (status) => ({
      cancelStatus: {
        status: isFilled(desk, name) ? 'filled' : status,
        receivedTime,
        orderEvents: [],
      },
    }));
  }
}

/** `processBefore`: the sender's own deadline. */
function refuseLate(desk: Desk, { params }: VenueRequest): void {
  const before = optionalText(params, 'processBefore');
  if (before === undefined) return;
  const beforeMs = Date.parse(before);
  if (Number.isNaN(beforeMs)) throw new Refusal('invalid-argument', 'processBefore is no time');
  if (desk.nowMs() > beforeMs) throw new Refusal('invalid-argument', 'processBefore has passed');
}

export function cancelAllOrders(desk: Desk, { params }: VenueRequest): Reply {
  const symbol = params.get('symbol');
  const orders = desk.cancelAll(symbol === null ? undefined : desk.instrument(symbol));
  const cancelStatus = {
    receivedTime: isoTime(desk.nowMs()),
    cancelOnly: symbol ?? 'all',
    status: orders.length === 0 ? 'noOrdersToCancel' : 'cancelled',
    cancelledOrders: orders.map((order) => ({
      order_id: order.venueOrderId,
      cliOrdId: order.clientOrderId,
    })),
    orderEvents: orders.map(cancelEvent),
  };
  return success(desk, { cancelStatus });
}

export function armTimer(desk: Desk, { params }: VenueRequest): Reply {
  const timeoutMs = parseDecimal('timeout', params.get('timeout')).times(1000).toNumber();
  desk.armDeadManSwitch(timeoutMs);
  const nowMs = desk.nowMs();
  const status = {
    currentTime: isoTime(nowMs),
    triggerTime: timeoutMs === 0 ? '0' : isoTime(nowMs + timeoutMs),
  };
  return success(desk, { status });
}

/** What was done at once comes first, then what rests. */
function placementEvents(order: Order): object[] {
  let filled = ZERO;
  const executions = order.fills.map((fill) => {
    const prior = eventOrder(order, filled);
    filled = filled.plus(fill.quantity);
    return {
      type: 'EXECUTION',
      executionId: fill.venueTradeId,
      price: jsonNumber(decimal(fill.price)),
      amount: jsonNumber(decimal(fill.quantity)),
      orderPriorEdit: null,
      orderPriorExecution: prior,
      takerReducedQuantity: null,
    };
  });
  if (order.status === 'untriggered' && order.trigger !== null) {
    return [{ type: 'PLACE', orderTrigger: eventTrigger(order, order.trigger) }];
  }
  if (order.status !== 'open') return executions;
  const placed = { type: 'PLACE', order: eventOrder(order, filled), reducedQuantity: null };
  return [...executions, placed];
}

/** Accepted and at once cancelled, without a fill. */
function isKilled(order: Order): boolean {
  return order.cancelReason === 'immediate-or-cancel' && order.filled.isZero();
}

function cancelEvent(order: Order) {
  return { type: 'CANCEL', uid: order.venueOrderId, order: eventOrder(order, order.filled) };
}

function refused(desk: Desk, error: unknown, word: (status: string) => object): Reply {
  const status = error instanceof Refusal ? statusOf(error) : undefined;
  if (!(error instanceof Refusal) || status === undefined) throw error;
  return { refused: error.kind, ...success(desk, word(status)) };
}

function isFilled(desk: Desk, { venueOrderId, clientOrderId }: OrderName): boolean {
  const { orders, byClientOrderId } = desk.state;
  const order =
    venueOrderId === undefined
      ? byClientOrderId.get(clientOrderId ?? '')
      : orders.get(venueOrderId);
  return order?.status === 'filled';
}
