/**
 * What became of every order that was alive at the crash.
 *
 * Invariants: each known order ends in exactly one resolution; an order that a venue could not be
 * asked about is `unknown`, never cancelled; an order that is not ours is never touched here.
 */
import { canonical } from './decimal.js';
import { orderKey, type EngineState, type Order } from './state.js';
import { readableVenues, type Snapshot } from './snapshot.js';

export const RESOLUTIONS = [
  'still_open',
  'partly_filled',
  'filled',
  'cancelled',
  'expired',
  'rejected',
  'never_arrived',
  'adopted',
  'foreign',
  'unknown',
] as const;
export type ResolutionKind = (typeof RESOLUTIONS)[number];

/** The venue's answer about one order that is not open any more. `absent`: it has no such order. */
export type LookUp =
  | { outcome: 'found'; order: Order }
  | { outcome: 'closed'; status: 'filled' | 'cancelled' | 'expired' | 'rejected'; filled: string }
  | { outcome: 'absent' }
  | { outcome: 'unreadable'; why: string };

export interface Resolution {
  kind: ResolutionKind;
  venue: string;
  account: string;
  instrument: string;
  clientOrderId: string;
  venueOrderId: string | null;
  quantity: string;
  filledBefore: string;
  filledNow: string;
  note: string;
}

export interface OrderRecovery {
  resolutions: Resolution[];
  orders: Order[];
}

export interface OrderOptions {
  orderIdPrefix: string;
  foreign: 'leave' | 'adopt';
}

/** Orders of the internal state that the venue no longer lists as open: these must be looked up. */
export function ordersToLookUp(internal: EngineState, snapshot: Snapshot): Order[] {
  const open = openOrders(snapshot);
  const readable = new Set(readableVenues(snapshot).map((v) => `${v.venue}|${v.account}`));
  return internal.orders.filter(
    (order) => !open.has(orderKey(order)) && readable.has(`${order.venue}|${order.account}`),
  );
}

export function recoverOrders(
  internal: EngineState,
  snapshot: Snapshot,
  lookUps: ReadonlyMap<string, LookUp>,
  options: OrderOptions,
): OrderRecovery {
  const open = openOrders(snapshot);
  const known = new Set(internal.orders.map(orderKey));
  const recovered = internal.orders.map((order) =>
    resolveKnown(order, open.get(orderKey(order)), lookUps.get(orderKey(order))),
  );
  const others = [...open.values()].filter((order) => !known.has(orderKey(order)));
  const found = others.map((order) => resolveStranger(order, options));
  const all = [...recovered, ...found];
  return {
    resolutions: all.map(({ resolution }) => resolution),
    orders: all.flatMap(({ order }) => (order === null ? [] : [order])),
  };
}

export function countResolutions(
  resolutions: readonly Resolution[],
): Record<ResolutionKind, number> {
  const counts = Object.fromEntries(RESOLUTIONS.map((kind) => [kind, 0]));
  for (const { kind } of resolutions) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts as Record<ResolutionKind, number>;
}

function openOrders(snapshot: Snapshot): Map<string, Order> {
  const orders = readableVenues(snapshot).flatMap((venue) => venue.orders);
  return new Map(orders.map((order) => [orderKey(order), order]));
}

interface Resolved {
  resolution: Resolution;
  order: Order | null;
}

function resolveKnown(
  before: Order,
  open: Order | undefined,
  lookUp: LookUp | undefined,
): Resolved {
  if (open !== undefined) return stillOpen(before, open);
  switch (lookUp?.outcome) {
    case 'found':
      return stillOpen(before, lookUp.order);
    case 'closed':
      return resolved(before, lookUp.status, { filledNow: lookUp.filled, note: '' });
    case 'absent':
      return absent(before);
    case 'unreadable':
      return unknown(before, lookUp.why);
    case undefined:
      return unknown(before, 'the venue could not be read');
  }
}

function stillOpen(before: Order, now: Order): Resolved {
  const kind = canonical(now.filled) === canonical(before.filled) ? 'still_open' : 'partly_filled';
  const note = before.state === 'in_flight' ? 'was in flight: it had arrived' : '';
  const { resolution } = resolved(before, kind, { filledNow: now.filled, note });
  return { resolution: { ...resolution, venueOrderId: now.venueOrderId }, order: now };
}

/** Only an order never acknowledged may be absent; one the venue knew cannot vanish. */
function absent(before: Order): Resolved {
  if (before.state === 'in_flight' && before.venueOrderId === null) {
    return resolved(before, 'never_arrived', {
      filledNow: '0',
      note: 'the venue has no such order',
    });
  }
  return unknown(before, 'acknowledged before the crash, yet the venue has no such order');
}

function unknown(before: Order, why: string): Resolved {
  return {
    ...resolved(before, 'unknown', { filledNow: before.filled, note: why }),
    order: before,
  };
}

function resolveStranger(order: Order, options: OrderOptions): Resolved {
  const ours = order.clientOrderId.startsWith(options.orderIdPrefix);
  if (ours || options.foreign === 'adopt') {
    const note = ours
      ? 'ours by its client id, unknown to the state'
      : 'not ours: adopted by policy';
    const { resolution } = resolved(order, 'adopted', { filledNow: order.filled, note });
    return { resolution, order };
  }
  return resolved(order, 'foreign', { filledNow: order.filled, note: 'not ours: left alone' });
}

function resolved(
  order: Order,
  kind: ResolutionKind,
  outcome: { filledNow: string; note: string },
): Resolved {
  const { venue, account, instrument, clientOrderId, venueOrderId, quantity } = order;
  return {
    resolution: {
      kind,
      venue,
      account,
      instrument,
      clientOrderId,
      venueOrderId,
      quantity,
      filledBefore: order.filled,
      ...outcome,
    },
    order: null,
  };
}
