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
import { firstGroup, says, type Words } from './words.js';

/** `words`: the venue's own. */
export function readFailure(
  venue: string,
  what: FaultSubject | null,
  error: unknown,
  words: Words,
): ApplicationFailure {
  const fault = faultOf(venue, what, error, words);
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
  words: Words,
): ApplicationFailure {
  const fault = faultOf(venue, what, error, words);
  if (fault.kind === 'not_sent') return venueFailure('VenueUnreadable', fault);
  const isOpen = !isFinal(fault.kind) || isNameless(error) || isDuplicate(error, words);
  return venueFailure(isOpen ? 'OutcomeUnknown' : 'VenueRefused', fault);
}

function faultOf(
  venue: string,
  what: FaultSubject | null,
  error: unknown,
  words: Words,
): ReadFault {
  if (error instanceof OurWords) {
    return readFault({ kind: error.kind, venue, what, words: error.message });
  }
  if (!(error instanceof Error)) return readFault({ kind: 'unexpected', venue, what });
  const kind = kindOf(error, words);
  const isVague = kind === 'refused' || kind === 'unexpected';
  const code = codeIn(error.message, words) ?? (isVague ? error.constructor.name : null);
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

function kindOf(error: Error, { passing, tooMany }: Words): FaultKind {
  const isOf = ([Class]: Kinds[number]) => error instanceof Class;
  const mayPass = PASSING.find(isOf)?.[1];
  if (mayPass !== undefined) return mayPass;
  const lasting = LASTING.find(isOf)?.[1];
  if (lasting === undefined) return 'unexpected';
  const text = error.message;
  if (says([TOO_OFTEN, ...tooMany.map(([words]) => words)], text)) return 'too_many_requests';
  return says(passing, text) ? 'unavailable' : lasting;
}

/** What any venue says of itself in plain words, not of the request; to ccxt it is final. */
const TOO_OFTEN = /Throttled|Rate limit/i;

/** ccxt knows no meaning of what the venue said. */
function isNameless(error: unknown): boolean {
  return error instanceof ccxt.BaseError && error.constructor === ccxt.ExchangeError;
}

function isDuplicate(error: unknown, { duplicate }: Words): boolean {
  if (error instanceof ccxt.DuplicateOrderId) return true;
  return error instanceof ccxt.BaseError && says(duplicate, error.message);
}

/** Of any venue; its own codes are among its words. */
const NUMBER = /"code"\s*:\s*"?(-?\d{3,6})"?/;

function codeIn(text: string, { codes }: Words): string | undefined {
  return firstGroup([NUMBER, ...codes], text);
}
