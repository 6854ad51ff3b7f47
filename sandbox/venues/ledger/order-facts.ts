/** What the journal says of an order that is accepted. Pure. */
import { toText, type Decimal } from '../decimal.js';
import type { OrderAcceptedFact } from './journal.js';
import { assignedClientOrderId } from './order-ids.js';
import type { PlaceRequest } from './place-request.js';
import type { Order } from './state.js';
import { startingPrice } from './triggers.js';
import { feeLegOf } from './venue-customs.js';

/** An order as a client asked for it. */
export function acceptedFact(
  request: PlaceRequest,
  id: string,
  market: Decimal,
): OrderAcceptedFact {
  const { instrument, side } = request;
  return {
    kind: 'order-accepted',
    venue: instrument.venue,
    venueOrderId: id,
    clientOrderId: request.clientOrderId ?? assignedClientOrderId(instrument.venue, id),
    instrument: instrument.symbol,
    side,
    positionSide: request.positionSide ?? 'net',
    type: request.type,
    price: request.price === null ? null : toText(request.price),
    quantity: toText(request.quantity),
    timeInForce: request.timeInForce ?? 'GTC',
    postOnly: request.postOnly ?? false,
    reduceOnly: request.reduceOnly ?? false,
    closePosition: request.closePosition ?? false,
    feeLeg: feeLegOf(instrument, { side, asked: request.feeLeg }),
    trigger: triggerTerms(request, market),
    origin: 'client',
    parentOrderId: null,
  };
}

function triggerTerms({ side, trigger }: PlaceRequest, market: Decimal) {
  if (trigger === undefined) return null;
  const { kind, activationPrice, trailPercent } = trigger;
  const price = startingPrice(side, trigger, market);
  return {
    kind,
    price: price && toText(price),
    activationPrice: activationPrice ? toText(activationPrice) : null,
    trailPercent: trailPercent ? toText(trailPercent) : null,
  };
}

/** It keeps the client's id: the venue's own ids tell the two apart. */
export function childFact(
  parent: Order,
  venueOrderId: string,
  quantity: Decimal,
): OrderAcceptedFact {
  return {
    kind: 'order-accepted',
    venue: parent.instrument.venue,
    venueOrderId,
    clientOrderId: parent.clientOrderId,
    instrument: parent.instrument.symbol,
    side: parent.side,
    positionSide: parent.positionSide,
    type: parent.type,
    price: parent.price === null ? null : toText(parent.price),
    quantity: toText(quantity),
    timeInForce: parent.timeInForce,
    postOnly: parent.postOnly,
    reduceOnly: parent.reduceOnly || parent.closePosition,
    closePosition: parent.closePosition,
    feeLeg: parent.feeLeg,
    trigger: null,
    origin: parent.origin,
    parentOrderId: parent.venueOrderId,
  };
}
