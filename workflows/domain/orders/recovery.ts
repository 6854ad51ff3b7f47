/**
 * What became of every order that was alive at the crash.
 *
 * Invariants: each known order, and each open one, ends in exactly one resolution; an order that a
 * venue could not be asked about is `unknown`, never cancelled; an order that is not ours is never
 * touched here; a filled quantity is the venue's, and where the fills say otherwise the note says so.
 */
import { canonical } from '../numbers/decimal.js';
import type { Resolution, ResolutionKind } from './resolution.js';
import { isOursByName } from './names.js';
import { matchOrders, type Matches } from './matching.js';
import { filledByOrder, filledNote, joinNotes, type FilledByOrder } from './filled.js';
import { orderKey, accountKey, restingOrderKey } from '../books/keys.js';
import type { EngineState, Fill, Order } from '../books/state.js';
import { whyWords } from '../books/fault-words.js';
import type { Why } from '../books/read-fault.js';
import { readableVenues, type Snapshot } from '../books/snapshot.js';

/** The venue's answer about one order that is not open any more. `absent`: it has no such order. */
export type LookUp =
  | { outcome: 'found'; order: Order }
  | { outcome: 'closed'; status: 'filled' | 'cancelled' | 'expired' | 'rejected'; filled: string }
  | { outcome: 'absent' }
  | { outcome: 'unreadable'; why: Why };

/** `orders`: what may still trade, for the recovered state. */
export interface OrderRecovery {
  resolutions: Resolution[];
  orders: Order[];
}

/**
 * `fills`: those since the checkpoint (`missingFills` of its state), to check filled quantities
 * against; not checked where absent. `expectedCancel`: venues whose dead-man switch may have fired.
 */
export interface OrderOptions {
  orderIdPrefix: string;
  foreign: 'leave' | 'adopt' | 'ask';
  /** `orderKey`s of foreign orders that a person has said to adopt. */
  adopted?: ReadonlySet<string>;
  fills?: readonly Fill[];
  expectedCancel?: ReadonlySet<string>;
}

/** Orders of the internal state that the venue no longer lists as open: these must be looked up. */
export function ordersToLookUp(internal: EngineState, snapshot: Snapshot): Order[] {
  const readable = new Set(readableVenues(snapshot).map(accountKey));
  return matchOrders(internal, snapshot).known.flatMap(({ order, open }) =>
    open === null && readable.has(accountKey(order)) ? [order] : [],
  );
}

/** `lookUps`: by `orderKey`; an order without one, and not open, could not be asked about. */
export function recoverOrders(
  internal: EngineState,
  snapshot: Snapshot,
  lookUps: ReadonlyMap<string, LookUp>,
  options: OrderOptions,
): OrderRecovery {
  const { known, strangers } = matchOrders(internal, snapshot);
  const context: Context = {
    filled: filledByOrder(options.fills),
    expectedCancel: options.expectedCancel ?? NOWHERE,
  };
  const recovery: OrderRecovery = { resolutions: [], orders: [] };
  const add = ({ resolution, order }: Resolved) => {
    recovery.resolutions.push(resolution);
    if (order !== null) recovery.orders.push(order);
  };
  for (const { order, open } of known) {
    add(
      open === null
        ? resolveClosed(order, lookUps.get(orderKey(order)), context)
        : stillOpen(order, open, context),
    );
  }
  for (const order of unresolved(strangers, recovery)) add(resolveStranger(order, options));
  return recovery;
}

const NOWHERE: ReadonlySet<string> = new Set();

interface Context {
  filled: FilledByOrder | null;
  expectedCancel: ReadonlySet<string>;
}

interface Resolved {
  resolution: Resolution;
  order: Order | null;
}

function resolveClosed(before: Order, answer: LookUp | undefined, context: Context): Resolved {
  switch (answer?.outcome) {
    case 'found':
      return stillOpen(before, answer.order, context);
    case 'closed':
      return closed(before, answer, context);
    case 'absent':
      return absent(before);
    case 'unreadable':
      return unknown(before, whyWords(answer.why));
    case undefined:
      return unknown(before, 'the venue could not be read');
  }
}

function stillOpen(before: Order, now: Order, { filled }: Context): Resolved {
  const kind = canonical(now.filled) === canonical(before.filled) ? 'still_open' : 'partly_filled';
  const { venueOrderId } = now;
  const known = before.venueOrderId === venueOrderId ? before : { ...before, venueOrderId };
  const arrived = before.state === 'in_flight' ? ARRIVED : '';
  const triggered = before.conditional === true && now.conditional !== true ? TRIGGERED : '';
  const odd = filledNote(known, now.filled, filled);
  const note = joinNotes(arrived, joinNotes(odd, triggered));
  // The venue may tell no client id; the engine knows the order by ours.
  const { clientOrderId } = before;
  const order = now.clientOrderId === clientOrderId ? now : { ...now, clientOrderId };
  return { resolution: resolutionOf(order, { kind, before, note }), order };
}

const ARRIVED = 'was in flight: it had arrived';
const TRIGGERED = 'its trigger fired';
const SWITCH_FIRED = "the venue's dead-man switch fired, as expected";

function closed(
  before: Order,
  { status, filled }: Extract<LookUp, { outcome: 'closed' }>,
  context: Context,
): Resolved {
  const traded = status === 'filled' || canonical(filled) !== '0';
  const triggered = before.conditional === true && traded ? TRIGGERED : '';
  const expected = status === 'cancelled' && context.expectedCancel.has(before.venue);
  const odd = filledNote(before, filled, context.filled);
  const note = joinNotes(odd, joinNotes(triggered, expected ? SWITCH_FIRED : ''));
  return gone({ ...before, filled }, { kind: status, before, note });
}

/** Only an order never acknowledged may be absent; one the venue knew cannot vanish. */
function absent(before: Order): Resolved {
  if (before.state === 'in_flight' && before.venueOrderId === null) {
    const note = 'the venue has no such order';
    return gone({ ...before, filled: '0' }, { kind: 'never_arrived', before, note });
  }
  return unknown(before, 'acknowledged before the crash, yet the venue has no such order');
}

function unknown(before: Order, why: string): Resolved {
  const resolution = resolutionOf(before, { kind: 'unknown', before, note: why });
  return { resolution, order: before };
}

/** A trigger that fires may make another order of ours, under a name that the state does not know. */
function unresolved(strangers: Matches['strangers'], { orders }: OrderRecovery): Order[] {
  if (strangers.size === 0) return [];
  const resolved = new Set(orders.map(restingOrderKey));
  return [...strangers].filter(
    (order) => order.venueOrderId === null || !resolved.has(restingOrderKey(order)),
  );
}

function resolveStranger(order: Order, options: OrderOptions): Resolved {
  const { foreign } = options;
  const note = whyAdopted(order, options);
  if (note !== null) {
    const resolution = resolutionOf(order, { kind: 'adopted', before: order, note });
    return { resolution, order };
  }
  const asks = foreign === 'ask';
  const left = gone(order, {
    kind: 'foreign',
    before: order,
    note: asks ? 'not ours: a person is to say' : 'not ours: left alone',
  });
  return asks ? { ...left, resolution: { ...left.resolution, asks } } : left;
}

function whyAdopted(
  order: Order,
  { orderIdPrefix, foreign, adopted }: OrderOptions,
): string | null {
  if (isOursByName(order, orderIdPrefix)) {
    return 'ours by its client id, unknown to the state';
  }
  if (foreign === 'adopt') return 'not ours: adopted by policy';
  return adopted?.has(orderKey(order)) === true ? 'not ours: adopted by a person' : null;
}

interface Outcome {
  kind: ResolutionKind;
  before: Order;
  note: string;
}

function gone(now: Order, outcome: Outcome): Resolved {
  return { resolution: resolutionOf(now, outcome), order: null };
}

function resolutionOf(now: Order, { kind, before, note }: Outcome): Resolution {
  return {
    kind,
    venue: before.venue,
    account: before.account,
    instrument: before.instrument,
    clientOrderId: before.clientOrderId,
    venueOrderId: now.venueOrderId,
    quantity: before.quantity,
    filledBefore: before.filled,
    filledNow: now.filled,
    note,
  };
}
