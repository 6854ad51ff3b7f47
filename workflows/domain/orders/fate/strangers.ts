/**
 * The fate of an order that a venue lists and the state does not know.
 *
 * Invariants: one that is not ours is never touched; one that the engine is to take over is looked up
 * first, because a list that is older than the state shows what ended before it; so many of a venue at
 * most, since of a state that knows nothing every order is a stranger. Beyond them only a contradiction counts.
 */
import { whyWords } from '../../books/fault-words.js';
import { orderKey } from '../../books/keys.js';
import type { Order } from '../../books/state.js';
import { filledByThen, filledNote, isOutOfDate, type FilledClaim } from '../filled.js';
import { isOursByName, type OrderIdPrefix } from '../names.js';
import { resolutionOf } from '../resolution.js';
import { LISTED_AND_ABSENT, gone, unknown, type Context, type Resolved } from './known.js';
import type { LookUp } from '../look-up.js';

export interface StrangerRules {
  orderIdPrefix: OrderIdPrefix;
  foreign: 'leave' | 'adopt' | 'ask';
  /** `orderKey`s of foreign orders that a person has said to adopt. */
  adopted?: ReadonlySet<string>;
}

const MOST_OF_A_VENUE = 20;

export function strangersToLookUp(
  strangers: Iterable<Order>,
  rules: StrangerRules,
  context: Context,
): Order[] {
  const counts = new Map<string, number>();
  return [...strangers].filter((order) => {
    if (whyAdopted(order, rules) === null) return false;
    const count = (counts.get(order.venue) ?? 0) + 1;
    counts.set(order.venue, count);
    return count <= MOST_OF_A_VENUE || isDoubtful(order, context);
  });
}

function isDoubtful(order: Order, context: Context): boolean {
  return context.disputed.has(order) || isOutOfDate(claimOf(order, context));
}

export function resolveStranger(
  order: Order,
  answer: LookUp | undefined,
  { rules, context }: { rules: StrangerRules; context: Context },
): Resolved {
  const note = whyAdopted(order, rules);
  if (note === null) return left(order, rules);
  return resolveOurs(order, answer, { note, context });
}

/** `note`: why the engine takes it over. */
function resolveOurs(
  order: Order,
  answer: LookUp | undefined,
  { note, context }: { note: string; context: Context },
): Resolved {
  switch (answer?.outcome) {
    case 'found': {
      const now = { ...answer.order, clientOrderId: order.clientOrderId };
      return contradicted(now, context) ?? adoptedAsOfThen(order, now, { note, context });
    }
    case 'closed': {
      const now = { ...order, ...endOf(answer) };
      const outcome = { kind: answer.status, before: order, note };
      return contradicted(now, context) ?? gone(now, outcome);
    }
    case 'absent':
      return unknown(order, LISTED_AND_ABSENT);
    case 'unreadable':
      return unknown(order, whyWords(answer.why));
    case undefined:
      return listedAlone(order, { note, context });
  }
}

function endOf({ filled, quantity }: Extract<LookUp, { outcome: 'closed' }>) {
  return quantity === undefined ? { filled } : { filled, quantity };
}

function listedAlone(
  order: Order,
  { note, context }: { note: string; context: Context },
): Resolved {
  return isDoubtful(order, context) ? doubtful(order, context) : adopted(order, note);
}

function contradicted(now: Order, context: Context): Resolved | null {
  return isOutOfDate(claimOf(now, context)) ? doubtful(now, context) : null;
}

/** Nothing is known of it but its fills, which may be older than the state: so may be a list. */
function claimOf(order: Order, { filledInAll, unitsOf }: Context): FilledClaim {
  return { before: { ...order, filled: '0' }, now: order, filled: filledInAll(), unitsOf };
}

function doubtful(order: Order, context: Context): Resolved {
  const why = filledNote(claimOf(order, context));
  return unknown(order, why === '' ? 'the venue lists it twice, and otherwise' : why);
}

function adopted(order: Order, note: string): Resolved {
  return { resolution: resolutionOf(order, { kind: 'adopted', before: order, note }), order };
}

/** With no more of its fills than are in hand, or were listed with them: the rest is still to come. */
function adoptedAsOfThen(
  listed: Order,
  now: Order,
  { note, context }: { note: string; context: Context },
): Resolved {
  const filled = filledByThen(claimOf(now, context), listed.filled);
  return { ...adopted(now, note), order: { ...now, filled } };
}

function left(order: Order, { foreign }: StrangerRules): Resolved {
  const asks = foreign === 'ask';
  const note = asks ? 'not ours: a person is to say' : 'not ours: left alone';
  const resolved = gone(order, { kind: 'foreign', before: order, note });
  return asks ? { ...resolved, resolution: { ...resolved.resolution, asks } } : resolved;
}

function whyAdopted(
  order: Order,
  { orderIdPrefix, foreign, adopted: chosen }: StrangerRules,
): string | null {
  if (isOursByName(order, orderIdPrefix)) {
    return 'ours by its client id, unknown to the state';
  }
  if (foreign === 'adopt') return 'not ours: adopted by policy';
  return chosen?.has(orderKey(order)) === true ? 'not ours: adopted by a person' : null;
}
