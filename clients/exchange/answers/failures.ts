/**
 * Errors of ccxt and of ours into our closed lists. Of ccxt's only the class and the venue's error code
 * survive: its texts contain signed URLs, and nothing signed may reach a history, a log or a report.
 *
 * Invariant: a text is cut before it is searched, because a page of any length may stand in it.
 */
import { ccxt } from '../connection/ccxt.js';
import type { ApplicationFailure } from '@temporalio/common';
import {
  isFinal,
  readFault,
  type FaultKind,
  type FaultSubject,
  type ReadFault,
} from '../../../workflows/domain/books/read-fault.js';
import { venueFailure } from '../../../workflows/failure.js';
import { OurWords } from './own-words.js';

export function readFailure(
  venue: string,
  what: FaultSubject | null,
  error: unknown,
): ApplicationFailure {
  const fault = faultOf(venue, what, error);
  return venueFailure(isFinal(fault.kind) ? 'VenueRefused' : 'VenueUnreadable', fault);
}

/**
 * After a write, a transient error says nothing about the effect, nor does one that ccxt has no word
 * for, and a duplicate says that the first try may have had one. What was never sent had none, and may
 * be tried again.
 */
export function writeFailure(
  venue: string,
  what: FaultSubject,
  error: unknown,
): ApplicationFailure {
  const fault = faultOf(venue, what, error);
  if (fault.kind === 'not_sent') return venueFailure('VenueUnreadable', fault);
  const isOpen = !isFinal(fault.kind) || isNameless(error) || isDuplicate(error);
  return venueFailure(isOpen ? 'OutcomeUnknown' : 'VenueRefused', fault);
}

function faultOf(venue: string, what: FaultSubject | null, error: unknown): ReadFault {
  if (error instanceof OurWords) {
    return readFault({ kind: error.kind, venue, what, words: error.message });
  }
  if (!(error instanceof Error)) return readFault({ kind: 'unexpected', venue, what });
  const kind = kindOf(error);
  const isVague = kind === 'refused' || kind === 'unexpected';
  const code = codeIn(textOf(error)) ?? (isVague ? error.constructor.name : null);
  return readFault({ kind, venue, what, code });
}

type Kinds = readonly (readonly [abstract new (...given: never[]) => Error, FaultKind])[];

/** Of ccxt's classes of what may pass, the more special ones first. */
const PASSING: Kinds = [
  [ccxt.RequestTimeout, 'no_answer'],
  [ccxt.InvalidNonce, 'clock_or_nonce'],
  [ccxt.RateLimitExceeded, 'too_many_requests'],
  [ccxt.DDoSProtection, 'too_many_requests'],
  [ccxt.ExchangeNotAvailable, 'unavailable'],
  [ccxt.NetworkError, 'no_answer'],
  [ccxt.BadResponse, 'malformed_answer'],
  [ccxt.OperationFailed, 'unavailable'],
];

const LASTING: Kinds = [
  [ccxt.PermissionDenied, 'not_permitted'],
  [ccxt.AccountSuspended, 'not_permitted'],
  [ccxt.AuthenticationError, 'key_refused'],
  [ccxt.NotSupported, 'not_supported'],
  [ccxt.BadSymbol, 'not_listed'],
  [ccxt.BaseError, 'refused'],
];

function kindOf(error: Error): FaultKind {
  const isOf = ([Class]: Kinds[number]) => error instanceof Class;
  const passing = PASSING.find(isOf)?.[1];
  if (passing !== undefined) return passing;
  const lasting = LASTING.find(isOf)?.[1];
  if (lasting === undefined) return 'unexpected';
  const text = textOf(error);
  if (!OF_THE_VENUE.some((words) => words.test(text))) return lasting;
  return TOO_MANY.test(text) ? 'too_many_requests' : 'unavailable';
}

/** What venues say of themselves, not of the request; to ccxt it is final. */
const OF_THE_VENUE = [
  /EService:|EGeneral:(Temporary lockout|Internal error|Too many requests)|Deadline elapsed/,
  /Throttled|Rate limit|RESOURCE_EXHAUSTED/i,
  /"(Server Error|unknownError|marketUnavailable)"/,
  /"(internal_server_error|UNKNOWN|INTERNAL|UNAVAILABLE)"/,
];
const TOO_MANY = /Throttled|Rate limit|RESOURCE_EXHAUSTED|Too many requests/i;

/** ccxt knows no meaning of what the venue said. */
function isNameless(error: unknown): boolean {
  return error instanceof ccxt.BaseError && error.constructor === ccxt.ExchangeError;
}

function isDuplicate(error: unknown): boolean {
  if (error instanceof ccxt.DuplicateOrderId) return true;
  return error instanceof ccxt.BaseError && /-4116|Duplicate order sent/i.test(textOf(error));
}

/** Binance's numbers, Kraken's words, and the words of Kraken Futures and Coinbase. */
const CODES = [
  /"code"\s*:\s*"?(-?\d{3,6})"?/,
  /\b(E[A-Z][A-Za-z]{1,20}:[A-Za-z_ ]{3,40})/,
  /"(?:error|errors"\s*:\s*\[\{\s*"id)"\s*:\s*"([A-Za-z_ ]{3,40})/,
];

function codeIn(text: string): string | undefined {
  return CODES.flatMap((words) => words.exec(text)?.[1] ?? [])[0];
}

/** The address of the request comes first, then what the venue said to it. */
const SEARCHED = 4_096;

function textOf({ message }: Error): string {
  return message.slice(0, SEARCHED);
}
