/**
 * What a venue answers about one order, and under which key the answer is kept.
 *
 * Invariant: a key has both names of an order, so that two under one client id have an answer each.
 */
import { namedOrderKey } from '../books/keys.js';
import type { Why } from '../books/read-fault.js';
import type { Order } from '../books/state.js';
import type { Match } from './matching.js';

/**
 * `absent`: it has no such order. Of a closed one, where the venue tells it: `quantity` as it was at the
 * end, where that is another; `reason` in the venue's words; `triggered`: it had a trigger, and that fired.
 */
export type LookUp =
  | ({ outcome: 'found'; order: Order } & Paid)
  | ({
      outcome: 'closed';
      status: 'filled' | 'cancelled' | 'expired' | 'rejected';
      filled: string;
      quantity?: string;
      reason?: string;
      triggered?: true;
    } & Paid)
  | { outcome: 'absent' }
  | { outcome: 'unreadable'; why: Why };

/** What all that was filled of it came to, as the venue tells: in quote currency, or by its average price. */
interface Paid {
  cost?: string;
  average?: string;
}

/** By `namedOrderKey` of the order as it was asked about. */
export type LookUps = ReadonlyMap<string, LookUp>;

/** By the venue's own id, where it tells one. */
export function askedAs({ order, open }: Match): Order {
  const venueOrderId = open?.venueOrderId ?? null;
  const isNamed = order.venueOrderId !== null || venueOrderId === null;
  return isNamed ? order : { ...order, venueOrderId };
}

export function answerOf(lookUps: LookUps, order: Order): LookUp | undefined {
  return lookUps.size === 0 ? undefined : lookUps.get(namedOrderKey(order));
}
