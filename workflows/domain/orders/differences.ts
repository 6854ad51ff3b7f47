/**
 * Which orders differ between a live engine's book and the open orders of its venues, and how.
 *
 * Invariants: only orders that are ours are compared, and only where the venue could be read: where
 * it could not, its name says so; orders are paired as everywhere (`matching.ts`); what was looked up is
 * as the answer has it, not the list; one reading proves nothing, because an order may be on its way
 * between the two. A venue that goes on filling makes no other difference of it: only where the
 * engine books meanwhile is a fill on its way.
 */
import { isOursByName, type OrderIdPrefix } from './names.js';
import { canonical, subtract } from '../numbers/decimal.js';
import { readableVenues, unreadableVenues, type Snapshot } from '../books/snapshot.js';
import { orderKey, accountKey, kindKey } from '../books/keys.js';
import type { Order } from '../books/state.js';
import { answerOf, askedAs, type LookUp, type LookUps } from './look-up.js';
import { matchOrders } from './matching.js';
import { differsBy, termDifferences, unitsIn, type TermDifference, type UnitsOf } from './terms.js';

export const ORDER_DIFFERENCES = [
  'missing_at_venue',
  'unknown_to_engine',
  'filled_differs',
  'terms_differ',
] as const;

export interface OrderDifference extends Pick<
  Order,
  'venue' | 'account' | 'clientOrderId' | 'instrument' | 'side' | 'price'
> {
  kind: (typeof ORDER_DIFFERENCES)[number];
  triggerPrice: string | null;
  /** As the venue has it; as the engine has it where it is not open there. */
  quantity: string;
  remaining: string;
  /** Null: not in the engine's book. */
  internal: OrderSeen | null;
  /** Null: not open at the venue. */
  exchange: OrderSeen | null;
  /** Where these differ. */
  terms?: TermDifference[] | undefined;
  /** Of one that is not open: how it ended, where the venue says so. */
  ended?: Ended | undefined;
}

type OrderSeen = Pick<Order, 'state' | 'filled'>;
type Ended = Pick<Extract<LookUp, { outcome: 'closed' }>, 'status' | 'filled'>;

export interface OrderDifferences {
  /** By kind, then by key. */
  differing: OrderDifference[];
  /** Venues of which a reading lacks the orders, or whose list is proved wrong: nothing is said of theirs. */
  uncompared: string[];
}

const NO_ANSWERS: LookUps = new Map();

/**
 * `orders`: the engine's book. `orderIdPrefix`: how the client ids of its orders begin. `lookUps`: answers
 * about those that `ordersInDoubt` names, as far as the venues were asked.
 */
export function compareOrders(
  orders: readonly Order[],
  snapshot: Snapshot,
  orderIdPrefix: OrderIdPrefix,
  lookUps: LookUps = NO_ANSWERS,
): OrderDifferences {
  const { pairs, unread } = pairsOf(orders, snapshot, orderIdPrefix);
  const unitsOf = unitsIn(snapshot);
  const doubted = venuesInDoubt(pairs, lookUps, unitsOf);
  const differing = pairs
    .filter(({ asked }) => !doubted.has(asked.venue))
    .flatMap((pair) => differencesOf(asAnswered(pair, answerOf(lookUps, pair.asked)), unitsOf));
  return {
    differing: ORDER_DIFFERENCES.flatMap((kind) =>
      differing.filter((each) => each.kind === kind).sort(inOrder),
    ),
    uncompared: [...new Set([...unread, ...doubted])].sort(),
  };
}

/** Orders of which the two books say different things: the venue is asked before anything is called so. */
export function ordersInDoubt(
  orders: readonly Order[],
  snapshot: Snapshot,
  orderIdPrefix: OrderIdPrefix,
): Order[] {
  const unitsOf = unitsIn(snapshot);
  return pairsOf(orders, snapshot, orderIdPrefix)
    .pairs.filter((pair) => differencesOf(pair, unitsOf).length > 0)
    .map(({ asked }) => asked);
}

interface Pair {
  ours: Order | null;
  theirs: Order | null;
  /** As the venue is asked about it. */
  asked: Order;
  ended?: Ended;
}

function pairsOf(
  orders: readonly Order[],
  snapshot: Snapshot,
  orderIdPrefix: OrderIdPrefix,
): { pairs: Pair[]; unread: string[] } {
  const read = new Set(readableVenues(snapshot).map(accountKey));
  const ours = orders.filter((order) => read.has(accountKey(order)));
  const unread = [...unreadableVenues(snapshot), ...orders.filter((o) => !read.has(accountKey(o)))];
  const { known, strangers } = matchOrders({ orders: ours }, snapshot);
  const own = [...strangers].filter((order) => isOursByName(order, orderIdPrefix));
  const pairs = [
    ...known.map((match) => ({ ours: match.order, theirs: match.open, asked: askedAs(match) })),
    ...own.map((order) => ({ ours: null, theirs: order, asked: order })),
  ];
  return { pairs, unread: unread.map(({ venue }) => venue) };
}

/**
 * Venues that did not answer, and those of which one answer proved the list wrong while others of its
 * orders were not asked about.
 */
function venuesInDoubt(
  pairs: readonly Pair[],
  lookUps: LookUps,
  unitsOf: UnitsOf,
): ReadonlySet<string> {
  if (lookUps.size === 0) return new Set();
  const outcomeOf = ({ asked }: Pair) => answerOf(lookUps, asked)?.outcome;
  const venues = (of: readonly Pair[]) => new Set(of.map(({ asked }) => asked.venue));
  const wrong = venues(pairs.filter((p) => p.theirs === null && outcomeOf(p) === 'found'));
  const isUnasked = (pair: Pair) =>
    wrong.has(pair.asked.venue) &&
    outcomeOf(pair) === undefined &&
    differencesOf(pair, unitsOf).length > 0;
  return venues(pairs.filter((p) => outcomeOf(p) === 'unreadable' || isUnasked(p)));
}

function asAnswered(pair: Pair, answer: LookUp | undefined): Pair {
  switch (answer?.outcome) {
    case 'found':
      return { ...pair, theirs: { ...answer.order, clientOrderId: pair.asked.clientOrderId } };
    case 'closed':
      return { ...pair, theirs: null, ended: { status: answer.status, filled: answer.filled } };
    case 'absent':
      return { ...pair, theirs: null };
    case 'unreadable':
    case undefined:
      return pair;
  }
}

function differencesOf({ ours, theirs, ended }: Pair, unitsOf: UnitsOf): OrderDifference[] {
  if (ours === null) {
    const sides = { internal: null, exchange: theirs && seenOf(theirs) };
    return theirs === null ? [] : [{ kind: 'unknown_to_engine', ...termsOf(theirs), ...sides }];
  }
  if (theirs !== null)
    return [...otherwiseFilled(ours, theirs, unitsOf), ...otherTerms(ours, theirs, unitsOf)];
  const sides = { internal: seenOf(ours), exchange: null };
  const how = ended === undefined ? {} : { ended };
  return [{ kind: 'missing_at_venue', ...termsOf(ours), ...sides, ...how }];
}

function otherwiseFilled(ours: Order, theirs: Order, unitsOf: UnitsOf): OrderDifference[] {
  if (canonical(ours.filled) === canonical(theirs.filled)) return [];
  if (!differsBy(ours.filled, theirs.filled, unitsOf(ours).quantityStep)) return [];
  return [{ kind: 'filled_differs', ...pairOf(ours, theirs) }];
}

/** What a trigger made of an order has terms of its own. */
function otherTerms(ours: Order, theirs: Order, unitsOf: UnitsOf): OrderDifference[] {
  if ((ours.conditional === true) !== (theirs.conditional === true)) return [];
  const terms = termDifferences(ours, theirs, unitsOf);
  return terms.length === 0 ? [] : [{ kind: 'terms_differ', ...pairOf(ours, theirs), terms }];
}

/** The venue may know it by its own id alone; the engine's name of it stays. */
function pairOf(ours: Order, theirs: Order) {
  const { clientOrderId } = ours;
  const sides = { internal: seenOf(ours), exchange: seenOf(theirs) };
  return { ...termsOf({ ...theirs, clientOrderId }), ...sides };
}

function inOrder(a: OrderDifference, b: OrderDifference): number {
  return orderKey(a) < orderKey(b) ? -1 : 1;
}

function termsOf(order: Order) {
  const { venue, account, clientOrderId, instrument, side, price, quantity, filled } = order;
  return {
    venue,
    account,
    clientOrderId,
    instrument,
    side,
    price,
    triggerPrice: order.triggerPrice ?? null,
    quantity,
    remaining: subtract(quantity, filled),
  };
}

function seenOf({ state, filled }: Order): OrderSeen {
  return { state, filled: canonical(filled) };
}

/** The same while the difference lasts, however much is filled meanwhile. */
export function differenceId(difference: OrderDifference): string {
  return kindKey(difference.kind, orderKey(difference));
}

/**
 * Whether two looks found one difference under one id: not where the engine has booked meanwhile, or changed
 * the order, because what it lacks may be on its way.
 */
export function isSameDifference(before: OrderDifference, now: OrderDifference): boolean {
  return before.internal?.filled === now.internal?.filled && oursIn(before) === oursIn(now);
}

function oursIn({ terms = [] }: OrderDifference): string {
  return terms.map(({ term, ours }) => `${term} ${ours}`).join();
}

/** One line for people: venue, account and client id, and what differs. */
export function differenceText(difference: OrderDifference): string {
  const { venue, account, clientOrderId } = difference;
  return `${venue} ${account} ${clientOrderId}: ${whatDiffers(difference)}`;
}

function whatDiffers({ internal, exchange, terms = [], ended }: OrderDifference): string {
  if (internal === null) return 'open, unknown to the engine';
  if (exchange === null) return `${missingWords(ended)}${onItsWay(internal)}`;
  if (terms.length > 0) return `${termWords(terms)}${onItsWay(internal)}`;
  return `filled ${internal.filled} in the book, ${exchange.filled} at the venue`;
}

function missingWords(ended: Ended | undefined): string {
  return ended === undefined
    ? 'not open at the venue'
    : `not open at the venue: ${ended.status} there, filled ${ended.filled}`;
}

export function termWords(terms: readonly TermDifference[]): string {
  return terms
    .map(({ term, ours, theirs }) => `${WORDS[term]} ${ours} in the book, ${theirs} at the venue`)
    .join(', ');
}

const WORDS = { price: 'price', quantity: 'quantity', triggerPrice: 'trigger' } as const;

function onItsWay({ state }: OrderSeen): string {
  if (state === 'in_flight') return ', in flight in the book';
  return state === 'amend_in_flight' ? ', an amend of it in flight in the book' : '';
}
