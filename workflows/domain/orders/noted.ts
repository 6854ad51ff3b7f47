/**
 * Orders that an engine has noted before it sent them, as artifacts keep them, and as they join its books.
 *
 * Invariants: an order that the state knows keeps its place there; each other one joins it once, as one that was on
 * its way; where one name was noted for two orders, the newest is looked for, and of the others it is asked.
 */
import { z } from 'zod';
import type { ArtifactRef } from '../content/artifact.js';
import { namedOrderKey, orderKey } from '../books/keys.js';
import { DecimalText, OrderSide, type EngineState, type Order } from '../books/state.js';
import { canonical } from '../numbers/decimal.js';
import type { LookUp } from './look-up.js';
import { resolutionOf, type Resolution, type ResolutionKind } from './resolution.js';

export const NotedOrder = z.object({
  instanceId: z.string(),
  sequence: z.number().int().positive(),
  timeNs: z.string(),
  venue: z.string().min(1),
  account: z.string().min(1),
  instrument: z.string().min(1),
  clientOrderId: z.string().min(1),
  side: OrderSide,
  quantity: DecimalText,
  /** Null: at the market. */
  price: DecimalText.nullable(),
});
export type NotedOrder = z.infer<typeof NotedOrder>;

export interface WithNoted {
  state: EngineState;
  /** Those that the state did not know, as they joined it; the newest last. */
  joined: Order[];
  /** Of how many notes the state knew the order. */
  known: number;
  /** Notes that cannot be told apart from others of their name. */
  open: Resolution[];
}

/** `noted`: oldest first. */
export function withNoted(state: EngineState, noted: readonly NotedOrder[]): WithNoted {
  const inState = new Map(state.orders.map((order) => [orderKey(order), order]));
  const newest = new Map<string, NotedOrder>();
  const open: Resolution[] = [];
  let known = 0;
  for (const note of noted.toReversed()) {
    const key = orderKey(note);
    const order = inState.get(key);
    const later = newest.get(key);
    // An order of the state may have been amended since it was noted.
    if (order !== undefined && order.side === note.side) known += 1;
    else if (order !== undefined || (later !== undefined && !isAlike(note, later))) {
      open.push(untold(note));
    } else if (later === undefined) newest.set(key, note);
  }
  const joined = [...newest.values()].toReversed().map(onItsWay);
  return { state: { ...state, orders: [...state.orders, ...joined] }, joined, known, open };
}

function isAlike(one: NotedOrder, other: NotedOrder): boolean {
  return (
    one.side === other.side &&
    canonical(one.quantity) === canonical(other.quantity) &&
    figure(one.price) === figure(other.price)
  );
}

function figure(price: string | null): string | null {
  return price === null ? null : canonical(price);
}

function onItsWay(note: NotedOrder): Order {
  const { venue, account, instrument, clientOrderId, side, quantity, price } = note;
  return {
    venue,
    account,
    instrument,
    clientOrderId,
    side,
    quantity,
    price,
    venueOrderId: null,
    type: price === null ? 'market' : 'limit',
    filled: '0',
    state: 'in_flight',
  };
}

function untold(note: NotedOrder): Resolution {
  const before = onItsWay(note);
  const why =
    'noted in the journal under the name of another order: what became of which is not known';
  const outcome = { kind: 'unknown', before, note: why } as const;
  return { ...resolutionOf(before, outcome), noted: true };
}

export interface NotedCounts {
  /** Notes of orders that the state knew. */
  known: number;
  /** What became of the orders that only the journal told of. */
  fates: Partial<Record<ResolutionKind, number>>;
}

/** What the engine had noted before it sent it, and what became of that, as records tell it. */
export interface NotedRecord extends NotedCounts {
  count: number;
  /** Begun and not finished, so never sent. */
  unfinished: number;
  /** What of it is not known, a sentence each. */
  doubts: string[];
  /** Missing where nothing could be read. */
  orders?: ArtifactRef;
}

export function countsOf(known: number, resolutions: readonly Resolution[]): NotedCounts {
  const fates: NotedCounts['fates'] = {};
  for (const { kind, noted } of resolutions) {
    if (noted === true) fates[kind] = (fates[kind] ?? 0) + 1;
  }
  return { known, fates };
}

/** Each is a request of its own at a venue. */
const MOST_ASKED = 1_000;

export interface Asked {
  orders: Order[];
  answers: Map<string, LookUp>;
}

/** The newest of those that only the journal told of are asked about; of the others the answer is that none was. */
export function withinReason(orders: readonly Order[], joined: readonly Order[]): Asked {
  const names = new Set(joined.map(orderKey));
  const noted = orders.filter((order) => names.has(orderKey(order)));
  const left = new Set(noted.slice(0, Math.max(0, noted.length - MOST_ASKED)));
  const why = `not asked about: of the journal's orders the newest ${MOST_ASKED} are`;
  return {
    orders: orders.filter((order) => !left.has(order)),
    answers: new Map([...left].map((one) => [namedOrderKey(one), { outcome: 'unreadable', why }])),
  };
}
