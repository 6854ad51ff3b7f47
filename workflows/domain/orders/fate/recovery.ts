/**
 * What became of every order that was alive at the crash.
 *
 * Invariants: each known order, and each open one, ends in exactly one resolution; what contradicts what
 * is known is looked up, and asked about where it stays; an order that is not ours is never
 * touched here.
 */
import type { Resolution } from '../resolution.js';
import { matchOrders, type Matches } from '../matching.js';
import { filledByOrder, joinNotes, type FilledByOrder } from '../filled.js';
import { cutToUnit, unitsIn, type UnitsOf } from '../terms.js';
import { brokenLinks, type Ended } from './brackets.js';
import { mustBeAsked, resolveKnown, type Context, type Resolved } from './known.js';
import { answerOf, askedAs, type LookUps } from '../look-up.js';
import { resolveStranger, strangersToLookUp, type StrangerRules } from './strangers.js';
import { endedUnseen } from './unseen.js';
import { missingFills } from '../../books/fills.js';
import { accountKey, restingOrderKey } from '../../books/keys.js';
import type { EngineState, Fill, Order } from '../../books/state.js';
import { readableVenues, type Snapshot } from '../../books/snapshot.js';

export type { LookUp } from '../look-up.js';

export interface OrderRecovery {
  resolutions: Resolution[];
  /** What may still trade, for the recovered state. */
  orders: Order[];
  /** Orders that hang together and no longer rest as they should, one sentence each. */
  brokenLinks: string[];
}

/**
 * `fills`: those since the checkpoint (`missingFills` of its state), to check filled quantities
 * against; not checked where absent. `fillsInAll`: as the venues told them, those too that the state holds. `namesNoFills`: venues of which that state names none, so that it may
 * hold some of them. `expectedCancel`: venues whose dead-man switch may have fired. `noted`:
 * orders of the state that only the journal told of.
 */
export interface OrderOptions extends StrangerRules {
  fills?: readonly Fill[];
  fillsInAll?: readonly Fill[];
  namesNoFills?: ReadonlySet<string>;
  expectedCancel?: ReadonlySet<string>;
  noted?: ReadonlySet<Order>;
}

/**
 * Orders that must be looked up: of the state, those that the venue no longer lists, or lists as they
 * cannot be, or that were being changed; of the others, those that the engine is to take over.
 */
export function ordersToLookUp(
  internal: EngineState,
  snapshot: Snapshot,
  options: OrderOptions,
): Order[] {
  const readable = new Set(readableVenues(snapshot).map(accountKey));
  const matches = matchOrders(internal, snapshot);
  const context = contextOf(matches, snapshot, options);
  const known = matches.known.filter(
    (match) => readable.has(accountKey(match.order)) && mustBeAsked(match, context),
  );
  const strangers = strangersToLookUp(matches.strangers, options, context);
  return [...known.map((match) => asSent(askedAs(match), context.unitsOf)), ...strangers];
}

/** A venue is asked for what was on its way as it would hold it, so that it is not taken for another's. */
function asSent(order: Order, unitsOf: UnitsOf): Order {
  return order.state === 'in_flight' ? cutToUnit(order, unitsOf) : order;
}

/** An order without an answer, and not open, could not be asked about. */
export function recoverOrders(
  internal: EngineState,
  snapshot: Snapshot,
  lookUps: LookUps,
  options: OrderOptions,
): OrderRecovery {
  const matches = matchOrders(internal, snapshot);
  const context = contextOf(matches, snapshot, options);
  const ended: Ended[] = matches.known.map((match) => {
    const answer = answerOf(lookUps, askedAs(match));
    const { resolution, order } = resolveKnown(match, answer, context);
    return { before: match.order, resolution: asNoted(resolution, match.order, context), order };
  });
  for (const order of unresolved(matches.strangers, ended)) {
    const answer = answerOf(lookUps, order);
    ended.push({ before: order, ...resolveStranger(order, answer, { rules: options, context }) });
  }
  const resolutions = ended.map(({ resolution }) => resolution);
  resolutions.push(...endedUnseen(options.fills ?? [], seenIn(matches, ended)));
  const orders: Order[] = [];
  for (const { order } of ended) if (order !== null) orders.push(order);
  return { resolutions, orders, brokenLinks: brokenLinks(ended) };
}

function asNoted(resolution: Resolution, order: Order, { noted }: Context): Resolution {
  if (!noted.has(order)) return resolution;
  return { ...resolution, note: joinNotes(NOTED_ALONE, resolution.note), noted: true };
}

const NOTED_ALONE = 'known by the journal alone';

function contextOf({ disputed }: Matches, snapshot: Snapshot, options: OrderOptions): Context {
  const { fills, fillsInAll = fills, namesNoFills = NOWHERE } = options;
  const { expectedCancel = NOWHERE, noted = NONE } = options;
  let inAll: FilledByOrder | null | undefined;
  return {
    filled: filledByOrder(fills),
    filledInAll: () => (inAll ??= filledByOrder(fillsInAll && eachOnce(fillsInAll))),
    expectedCancel,
    unitsOf: unitsIn(snapshot),
    namesFills: (venue) => !namesNoFills.has(venue),
    disputed,
    noted,
  };
}

function eachOnce(fills: readonly Fill[]): Fill[] {
  return missingFills({ appliedFills: {} }, fills);
}

const NOWHERE: ReadonlySet<string> = new Set();
const NONE: ReadonlySet<Order> = new Set();

/** A trigger that fires may make another order of ours, under a name that the state does not know. */
function unresolved(strangers: Matches['strangers'], ended: readonly Resolved[]): Order[] {
  if (strangers.size === 0) return [];
  const resolved = new Set(
    ended.flatMap(({ order }) => (order === null ? [] : restingOrderKey(order))),
  );
  return [...strangers].filter(
    (order) => order.venueOrderId === null || !resolved.has(restingOrderKey(order)),
  );
}

/** Under every id that they have: that of before, that of the list, and that of an answer. */
function seenIn({ known, strangers }: Matches, ended: readonly Resolved[]): Order[] {
  const seen = [...strangers];
  for (const [index, { order, open }] of known.entries()) {
    const now = ended[index]?.order ?? null;
    const listed = open ?? order;
    seen.push(listed);
    if (order !== listed && isElsewhere(order, listed)) seen.push(order);
    if (now !== null && isElsewhere(now, listed)) seen.push(now);
  }
  return seen;
}

function isElsewhere({ venueOrderId }: Order, other: Order): boolean {
  return venueOrderId !== null && venueOrderId !== other.venueOrderId;
}
