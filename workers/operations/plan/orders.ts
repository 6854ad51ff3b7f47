/** Each order that rests or was alive by the state, with the fate that a recovery would give it. */
import type { PlanOrder } from '../../../clients/cli/answers/plan.js';
import { readableVenues } from '../../../workflows/domain/books/snapshot.js';
import type { Order } from '../../../workflows/domain/books/state.js';
import type { Resolution } from '../../../workflows/domain/orders/resolution.js';
import type { Books } from './books.js';

export function ordersIn({ snapshot, compared, orders }: Books): PlanOrder[] {
  const resting = readableVenues(snapshot).flatMap((venue) => venue.orders);
  if (orders === null) return resting.map(withoutFate);
  const known = [...(compared?.before.orders ?? []), ...orders.orders, ...resting];
  const byKey = new Map(known.map((order) => [keyOf(order), order]));
  return orders.resolutions.map((one) => withFate(one, byKey.get(keyOf(one))));
}

function keyOf({
  clientOrderId,
  ...place
}: Pick<Order, 'venue' | 'account' | 'instrument' | 'clientOrderId'>): string {
  return [place.venue, place.account, place.instrument, clientOrderId].join('|');
}

function withFate(resolution: Resolution, order: Order | undefined): PlanOrder {
  const { kind, filledNow, note, venue, account, instrument, clientOrderId } = resolution;
  return {
    venue,
    account,
    instrument,
    side: order?.side ?? null,
    price: order?.price ?? order?.triggerPrice ?? null,
    quantity: resolution.quantity,
    filled: filledNow,
    clientOrderId,
    venueOrderId: resolution.venueOrderId,
    fate: kind,
    note,
  };
}

function withoutFate(order: Order): PlanOrder {
  const { venue, account, instrument, side, quantity, filled, clientOrderId } = order;
  return {
    venue,
    account,
    instrument,
    side,
    price: order.price ?? order.triggerPrice ?? null,
    quantity,
    filled,
    clientOrderId,
    venueOrderId: order.venueOrderId,
    fate: null,
    note: 'there is no state to tell its fate by',
  };
}
