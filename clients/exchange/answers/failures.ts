/**
 * ccxt's errors into our closed list. Only the error's class and the venue's error code survive:
 * ccxt's texts contain signed URLs, and nothing signed may reach a history, a log or a report.
 */
import { ccxt } from '../connection/ccxt.js';
import type { ApplicationFailure } from '@temporalio/common';
import { failure } from '../../../workflows/failure.js';
import { firstGroup, says, type Words } from './words.js';

/** Of any venue; its own codes are among its words. */
const NUMBER = /"code"\s*:\s*"?(-?\d{3,6})"?/;

/** A reason in our own words, which hold no secret and may be shown as they are. */
export class NotSent extends Error {
  override name = 'NotSent';
}

/** `words`: the venue's own. */
export function readFailure(
  venue: string,
  what: string,
  error: unknown,
  words: Words,
): ApplicationFailure {
  const kind = isTransient(error, words) ? 'VenueUnreadable' : 'VenueRefused';
  return failure(kind, `${venue}: ${what}: ${describe(error, words)}`);
}

/**
 * After a write, a transient error says nothing about the effect, nor does one that ccxt has no word
 * for, and a duplicate says that the first try may have had one. What was never sent had none, and may
 * be tried again.
 */
export function writeFailure(
  venue: string,
  what: string,
  error: unknown,
  words: Words,
): ApplicationFailure {
  if (error instanceof NotSent) return readFailure(venue, what, error, words);
  const isOpen = isTransient(error, words) || isNameless(error) || isDuplicate(error, words);
  const kind = isOpen ? 'OutcomeUnknown' : 'VenueRefused';
  return failure(kind, `${venue}: ${what}: ${describe(error, words)}`);
}

/** What any venue says of itself in plain words, not of the request; to ccxt it is final. */
const OF_THE_VENUE = /Throttled|Rate limit/i;

function isTransient(error: unknown, { passing }: Words): boolean {
  if (error instanceof ccxt.OperationFailed) return true;
  if (!(error instanceof ccxt.BaseError)) return true;
  return says([OF_THE_VENUE, ...passing], error.message);
}

/** ccxt knows no meaning of what the venue said. */
function isNameless(error: unknown): boolean {
  return error instanceof ccxt.BaseError && error.constructor === ccxt.ExchangeError;
}

function isDuplicate(error: unknown, { duplicate }: Words): boolean {
  if (error instanceof ccxt.DuplicateOrderId) return true;
  return error instanceof ccxt.BaseError && says(duplicate, error.message);
}

const OURS =
  /malformed answer from [^\s:]+|fetch\w+ may be cut at \d+ rows|it lists no \S+|no JSON from \S+|[a-z ]+ row without a valid \w+|its books do not show its newest (?:trades|orders) yet|cancel status [A-Za-z_]{1,40}|none cancelled|several positions of one side of \S+: use one margin mode/;

function describe(error: unknown, { codes }: Words): string {
  if (!(error instanceof Error)) return 'unknown error';
  if (error instanceof NotSent) return error.message;
  const code = firstGroup([NUMBER, ...codes], error.message);
  const own = OURS.exec(error.message)?.[0];
  return [error.constructor.name, code ?? own].filter(Boolean).join(' ');
}
