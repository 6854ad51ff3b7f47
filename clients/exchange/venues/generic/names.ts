/** A name that two orders of one instrument have names neither: each is then named by its venue's id. */
import { nameWithoutClientId } from '../../../../workflows/domain/orders/names.js';
import type { Order } from '../../../../workflows/domain/books/state.js';
import type { OpenRows } from '../../answers/open-rows.js';

export function namedApart(rows: OpenRows): OpenRows {
  const ids = new Map<string, Set<string | null>>();
  for (const order of rows.orders) {
    const key = keyOf(order);
    ids.set(key, (ids.get(key) ?? new Set()).add(order.venueOrderId));
  }
  const renamed = new Map(rows.orders.map((one) => [one, isShared(one) ? byVenue(one) : one]));
  return {
    ...rows,
    orders: [...renamed.values()],
    protective: new Set([...rows.protective].map((one) => renamed.get(one) ?? one)),
  };

  function isShared(order: Order): boolean {
    return (ids.get(keyOf(order))?.size ?? 0) > 1;
  }
}

const keyOf = ({ instrument, clientOrderId }: Order) => `${instrument}|${clientOrderId}`;

function byVenue(order: Order): Order {
  const { venueOrderId } = order;
  return venueOrderId === null
    ? order
    : { ...order, clientOrderId: nameWithoutClientId(venueOrderId) };
}
