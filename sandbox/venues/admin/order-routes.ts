/** The admin API's orders: what a client could do by the wire, and what only a venue does. */
import { decimal } from '../decimal.js';
import type { Desk } from '../desk.js';
import type { VenueId } from '../instruments.js';
import type { Ledger } from '../ledger/ledger.js';
import type { PlaceRequest } from '../ledger/place-request.js';
import { remainingOf, type Order } from '../ledger/state.js';
import type { PricePath } from '../market/price-path.js';
import { CancelBody, EndBody, FillBody, LiquidationBody, OrderBody } from './admin-api.js';
import { orderOutcome } from './ledger-view.js';
import { parseBody, requireInstrument, type AdminRoute } from './read-body.js';

interface OrderParts {
  ledger: Ledger;
  prices: PricePath;
  desks: Readonly<Record<VenueId, Desk>>;
}

export function orderRoutes(parts: OrderParts): Record<string, AdminRoute> {
  const { ledger, prices } = parts;
  return {
    ...endRoutes(parts),
    'POST /orders': (ask) => {
      const { atMs, ...body } = parseBody(OrderBody, ask);
      const request = placeRequestOf(body);
      const price = prices.price(request.instrument.base);
      return orderOutcome(ledger.dated(atMs, () => ledger.place(request, price)));
    },
    'POST /fill': (ask) => {
      const body = parseBody(FillBody, ask);
      const order = findAny(parts, body);
      const quantity = body.quantity === undefined ? remainingOf(order) : decimal(body.quantity);
      ledger.dated(body.atMs, () => ledger.fillResting(order, quantity));
      return orderOutcome(order);
    },
    'POST /liquidate': (ask) => {
      const body = parseBody(LiquidationBody, ask);
      const instrument = requireInstrument(body.venue, body.instrument);
      const close = {
        instrument,
        positionSide: body.positionSide,
        cause: body.cause,
        quantity: optionalDecimal(body.quantity),
        price: optionalDecimal(body.price) ?? prices.price(instrument.base),
        fee: optionalDecimal(body.fee),
      };
      return orderOutcome(ledger.dated(body.atMs, () => ledger.forceClose(close)));
    },
  };
}

function endRoutes(parts: OrderParts): Record<string, AdminRoute> {
  const { ledger } = parts;
  return {
    'POST /cancel': (ask) => {
      const order = findAny(parts, parseBody(CancelBody, ask));
      ledger.cancel(order, 'venue');
      return orderOutcome(order);
    },
    'POST /expire': (ask) => {
      const { atMs, reason = 'expired', ...body } = parseBody(EndBody, ask);
      const order = findAny(parts, body);
      ledger.dated(atMs, () => ledger.expire(order, reason));
      return orderOutcome(order);
    },
    'POST /reject': (ask) => {
      const { atMs, reason = 'rejected by the venue', ...body } = parseBody(EndBody, ask);
      const order = findAny(parts, body);
      ledger.dated(atMs, () => ledger.reject(order, reason));
      return orderOutcome(order);
    },
  };
}

/** Conditional orders too, also where the venue keeps them apart. */
function findAny({ ledger, desks }: OrderParts, body: CancelBody): Order {
  const { venue, venueOrderId, clientOrderId } = body;
  if (venueOrderId !== undefined) return ledger.order(venue, venueOrderId);
  const conditional = ledger.state.venues[venue].conditionalByClientId.get(clientOrderId ?? '');
  return conditional?.status === 'untriggered' ? conditional : desks[venue].find({ clientOrderId });
}

function optionalDecimal(text: string | undefined) {
  return text === undefined ? undefined : decimal(text);
}

type ReadOrder = Omit<ReturnType<(typeof OrderBody)['parse']>, 'atMs'>;

function placeRequestOf({ venue, ...body }: ReadOrder): PlaceRequest {
  const { trigger } = body;
  return {
    ...body,
    instrument: requireInstrument(venue, body.instrument),
    clientOrderId: body.clientOrderId ?? null,
    price: body.price === undefined ? null : decimal(body.price),
    quantity: decimal(body.quantity),
    trigger: trigger && {
      kind: trigger.kind,
      price: optionalDecimal(trigger.price),
      activationPrice: optionalDecimal(trigger.activationPrice),
      trailPercent: optionalDecimal(trigger.trailPercent),
    },
  };
}
