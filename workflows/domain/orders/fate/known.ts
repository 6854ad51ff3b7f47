/**
 * The fate of an order that the state knows, by what the venue lists and answers.
 *
 * Invariants: what contradicts the state or the fills in hand is believed only as the answer to a look-up
 * by the venue's id, and where that contradicts them too the order is `unknown`; an order that could
 * not be asked about is `unknown`, never cancelled; an order is measured by the venue's quantity; none is
 * handed on as filled further than the fills that are handed on with it.
 */
import { canonical } from '../../numbers/decimal.js';
import { plain } from '../../content/plain.js';
import { whyWords } from '../../books/fault-words.js';
import type { Order } from '../../books/state.js';
import {
  filledByThen,
  filledNote,
  isOutOfDate,
  isOutOfDateForSure,
  isUnmoved,
  joinNotes,
  type FilledByOrder,
  type FilledClaim,
} from '../filled.js';
import type { Match } from '../matching.js';
import { resolutionOf, type Outcome, type Resolution } from '../resolution.js';
import { amendedNote, differsBy, isAsWritten, withKnownTerms, type UnitsOf } from '../terms.js';
import type { LookUp } from '../look-up.js';

export interface Context {
  filled: FilledByOrder | null;
  /** All fills in hand, those too that the state holds. */
  filledInAll: () => FilledByOrder | null;
  expectedCancel: ReadonlySet<string>;
  unitsOf: UnitsOf;
  /** Whether the state names the fills that it holds of a venue. */
  namesFills: (venue: string) => boolean;
  disputed: ReadonlySet<Order>;
  /** That the state did not know: its fills may be older than the state. */
  noted: ReadonlySet<Order>;
}

export interface Resolved {
  resolution: Resolution;
  order: Order | null;
}

/** Not listed, or listed as it cannot be, or while a change of it was on its way. */
export function mustBeAsked({ order, open }: Match, context: Context): boolean {
  if (open === null || isUnderWay(order) || context.disputed.has(open)) return true;
  return !isUnmoved(order, open, context.filled) && isOutOfDate(claimOf(order, open, context));
}

export function resolveKnown(match: Match, answer: LookUp | undefined, context: Context): Resolved {
  const { order: before, open } = match;
  if (open === null || mustBeAsked(match, context)) return resolveAsked(match, answer, context);
  return stillOpen(before, open, context);
}

function isUnderWay({ state }: Order): boolean {
  return state === 'amend_in_flight' || state === 'cancel_in_flight';
}

function resolveAsked(match: Match, answer: LookUp | undefined, context: Context): Resolved {
  const { order: before, open } = match;
  switch (answer?.outcome) {
    case 'found':
      return (
        contradicted(before, answer.order, context) ??
        asOfThen(stillOpen(before, answer.order, context), match, context)
      );
    case 'closed':
      return resolveClosed(before, answer, context);
    case 'absent':
      return open === null ? absent(before) : unknown(before, LISTED_AND_ABSENT);
    case 'unreadable':
      return unknown(before, joinNotes(doubtOf(match, context), whyWords(answer.why)));
    case undefined:
      return listedAlone(match, context);
  }
}

/** The resolution is what the venue answered; the state that is handed on is as old as its fills. */
function asOfThen(found: Resolved, { order: before, open }: Match, context: Context): Resolved {
  const { order } = found;
  if (order === null || !context.namesFills(before.venue)) return found;
  const filled = filledByThen(claimOf(before, order, context), open?.filled ?? null);
  return { ...found, order: { ...order, filled } };
}

export const LISTED_AND_ABSENT =
  'the venue lists it as open, and has no such order when asked for it';
const DISPUTED = 'the venue lists it twice, and otherwise';

/** Of a venue that was not asked: the list counts where nothing contradicts it. */
function listedAlone(match: Match, context: Context): Resolved {
  const { order: before, open } = match;
  if (open === null) return unknown(before, 'the venue could not be read');
  const doubt = doubtOf(match, context);
  return doubt === '' ? stillOpen(before, open, context) : unknown(before, doubt);
}

function doubtOf({ order, open }: Match, context: Context): string {
  if (open === null) return '';
  if (context.disputed.has(open)) return DISPUTED;
  const claim = claimOf(order, open, context);
  return isOutOfDate(claim) ? filledNote(claim) : '';
}

/** Null where nothing in hand contradicts the answer. */
function contradicted(before: Order, now: Order, context: Context): Resolved | null {
  const claim = claimOf(before, now, context);
  const isWrong = context.namesFills(before.venue) ? isOutOfDate(claim) : isOutOfDateForSure(claim);
  return isWrong ? unknown(before, `${filledNote(claim)}, when asked for it too`) : null;
}

/** What replaced it at the venue has fills of its own. */
function claimOf(before: Order, now: Order, context: Context): FilledClaim {
  const { unitsOf } = context;
  const filled = context.noted.has(before) ? context.filledInAll() : context.filled;
  return { before: knownAs(before, now), now, filled, unitsOf };
}

function knownAs(before: Order, now: Order): Order {
  const { venueOrderId } = now;
  if (before.venueOrderId === venueOrderId) return before;
  return isReplaced(before, now)
    ? { ...before, venueOrderId, filled: '0' }
    : { ...before, venueOrderId };
}

function isReplaced(before: Order, now: Order): boolean {
  const { state, venueOrderId } = before;
  return state === 'amend_in_flight' && venueOrderId !== null && venueOrderId !== now.venueOrderId;
}

/** Nearly all orders of a large book rest as they did: there is nothing to say of them. */
function isAsBefore(before: Order, row: Order, { filled }: Context): boolean {
  return (
    before.state === 'open' &&
    before.links === undefined &&
    before.clientOrderId === row.clientOrderId &&
    before.venueOrderId === row.venueOrderId &&
    before.conditional === row.conditional &&
    isAsWritten(before, row) &&
    isUnmoved(before, row, filled)
  );
}

function stillOpen(before: Order, row: Order, context: Context): Resolved {
  if (isAsBefore(before, row, context)) {
    const kind = 'still_open';
    return { resolution: resolutionOf(row, { kind, before, note: '' }), order: row };
  }
  const { unitsOf } = context;
  const isFilled =
    row.filled !== before.filled &&
    differsBy(row.filled, before.filled, unitsOf(before).quantityStep);
  const { order: now, note: kept } = withKnownTerms(before, row);
  const fired = before.conditional === true && row.conditional !== true;
  const note = joinNotes(
    before.state === 'in_flight' ? ARRIVED : '',
    filledNote(claimOf(before, row, context)),
    fired ? TRIGGERED : changeNote(before, row, unitsOf),
    kept,
  );
  // The venue may tell no client id; the engine knows the order by ours.
  const { clientOrderId } = before;
  const order = now.clientOrderId === clientOrderId ? now : { ...now, clientOrderId };
  const kind = isFilled ? 'partly_filled' : 'still_open';
  return { resolution: resolutionOf(order, { kind, before, note }), order };
}

function changeNote(before: Order, row: Order, unitsOf: UnitsOf): string {
  const amended = amendedNote(before, row, unitsOf);
  const replaced = isReplaced(before, row)
    ? `replaced at the venue: ${before.venueOrderId} -> ${row.venueOrderId}`
    : '';
  const isChanged = amended !== '' || replaced !== '';
  return joinNotes(
    before.state === 'amend_in_flight' && !isChanged ? AMEND_NOT_THERE : '',
    before.state === 'cancel_in_flight' ? CANCEL_NOT_THERE : '',
    replaced,
    amended,
  );
}

const ARRIVED = 'was in flight: it had arrived';
const AMEND_NOT_THERE = 'an amend was on its way: nothing of it is seen';
const CANCEL_NOT_THERE = 'a cancel was on its way: it has not arrived';
const TRIGGERED = 'its trigger fired';
const TRIGGERED_FOR_NOTHING = 'its trigger fired, and it ended unfilled';
const SWITCH_MAY_HAVE_FIRED =
  'cancelled where a dead-man switch may have fired: by what is not known';
const LONGEST_REASON = 200;

type Closed = Extract<LookUp, { outcome: 'closed' }>;

function resolveClosed(before: Order, answer: Closed, context: Context): Resolved {
  const { filled, quantity = before.quantity } = answer;
  const now = { ...before, quantity, filled };
  return contradicted(before, now, context) ?? closed(before, now, { answer, context });
}

function closed(
  before: Order,
  now: Order,
  { answer, context }: { answer: Closed; context: Context },
): Resolved {
  const { status, reason = '' } = answer;
  const expected = status === 'cancelled' && context.expectedCancel.has(before.venue);
  const note = joinNotes(
    filledNote(claimOf(before, now, context)),
    amendedNote(before, now, context.unitsOf),
    triggerNote(before, answer),
    reason === '' ? '' : `the venue says: ${plain(reason, LONGEST_REASON)}`,
    expected ? SWITCH_MAY_HAVE_FIRED : '',
  );
  return gone(now, { kind: status, before, note });
}

function triggerNote({ conditional }: Order, { status, filled, triggered }: Closed): string {
  if (conditional !== true) return '';
  if (status === 'filled' || canonical(filled) !== '0') return TRIGGERED;
  return triggered === true ? TRIGGERED_FOR_NOTHING : '';
}

/** Only an order never acknowledged may be absent; one the venue knew cannot vanish. */
function absent(before: Order): Resolved {
  if (before.state === 'in_flight' && before.venueOrderId === null) {
    const note = 'the venue has no such order';
    return gone({ ...before, filled: '0' }, { kind: 'never_arrived', before, note });
  }
  return unknown(before, 'acknowledged before the crash, yet the venue has no such order');
}

export function unknown(before: Order, why: string): Resolved {
  const resolution = resolutionOf(before, { kind: 'unknown', before, note: why });
  return { resolution, order: before };
}

export function gone(now: Order, outcome: Outcome): Resolved {
  return { resolution: resolutionOf(now, outcome), order: null };
}
