/**
 * ccxt's errors into our closed list. Only the error's class and the venue's error code survive:
 * ccxt's texts contain signed URLs, and nothing signed may reach a history, a log or a report.
 */
import { ccxt } from '../connection/ccxt.js';
import type { ApplicationFailure } from '@temporalio/common';
import { failure } from '../../../workflows/failure.js';

/** Binance's numbers, Kraken's words, and the words of Kraken Futures and Coinbase. */
const CODES = [
  /"code"\s*:\s*"?(-?\d{3,6})"?/,
  /\b(E[A-Z][A-Za-z]+:[A-Za-z_ ]{3,40})/,
  /"(?:error|errors"\s*:\s*\[\{\s*"id)"\s*:\s*"([A-Za-z_ ]{3,40})/,
];

/** A reason in our own words, which hold no secret and may be shown as they are. */
export class NotSent extends Error {
  override name = 'NotSent';
}

export function readFailure(venue: string, what: string, error: unknown): ApplicationFailure {
  const kind = isTransient(error) ? 'VenueUnreadable' : 'VenueRefused';
  return failure(kind, `${venue}: ${what}: ${describe(error)}`);
}

/**
 * After a write, a transient error says nothing about the effect, nor does one that ccxt has no word
 * for, and a duplicate says that the first try may have had one. What was never sent had none, and may
 * be tried again.
 */
export function writeFailure(venue: string, what: string, error: unknown): ApplicationFailure {
  if (error instanceof NotSent) return readFailure(venue, what, error);
  const isOpen = isTransient(error) || isNameless(error) || isDuplicate(error);
  const kind = isOpen ? 'OutcomeUnknown' : 'VenueRefused';
  return failure(kind, `${venue}: ${what}: ${describe(error)}`);
}

/** What venues say of themselves, not of the request; to ccxt it is final. */
const OF_THE_VENUE = [
  /EService:|EGeneral:(Temporary lockout|Internal error|Too many requests)|Deadline elapsed/,
  /Throttled|Rate limit|RESOURCE_EXHAUSTED/i,
  /"(Server Error|unknownError|marketUnavailable)"/,
  /"(internal_server_error|UNKNOWN|INTERNAL|UNAVAILABLE)"/,
];

function isTransient(error: unknown): boolean {
  if (error instanceof ccxt.OperationFailed) return true;
  if (!(error instanceof ccxt.BaseError)) return true;
  return OF_THE_VENUE.some((words) => words.test(error.message));
}

/** ccxt knows no meaning of what the venue said. */
function isNameless(error: unknown): boolean {
  return error instanceof ccxt.BaseError && error.constructor === ccxt.ExchangeError;
}

function isDuplicate(error: unknown): boolean {
  if (error instanceof ccxt.DuplicateOrderId) return true;
  return error instanceof ccxt.BaseError && /-4116|Duplicate order sent/i.test(error.message);
}

const OURS =
  /malformed answer from [^\s:]+|fetch\w+ may be cut at \d+ rows|it lists no \S+|no JSON from \S+|[a-z ]+ row without a valid \w+|its books do not show its newest (?:trades|orders) yet|cancel status [A-Za-z_]{1,40}|none cancelled|several positions of one side of \S+: use one margin mode/;

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  if (error instanceof NotSent) return error.message;
  const [code] = CODES.flatMap((words) => words.exec(error.message)?.[1] ?? []);
  const own = OURS.exec(error.message)?.[0];
  return [error.constructor.name, code ?? own].filter(Boolean).join(' ');
}
