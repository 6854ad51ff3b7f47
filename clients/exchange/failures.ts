/**
 * ccxt's errors into our closed list. Only the error's class and the venue's error code survive:
 * ccxt's texts contain signed URLs, and nothing signed may reach a history, a log or a report.
 */
import * as ccxt from 'ccxt';
import type { ApplicationFailure } from '@temporalio/common';
import { failure } from '../../workflows/failure.js';

const CODES = /"code"\s*:\s*"?(-?\d{3,6})"?|\b(E[A-Z][A-Za-z]+:[A-Za-z ]{3,40})/;

/** A reason in our own words, which hold no secret and may be shown as they are. */
export class NotSent extends Error {
  override name = 'NotSent';
}

export function readFailure(venue: string, what: string, error: unknown): ApplicationFailure {
  const kind = isTransient(error) ? 'VenueUnreadable' : 'VenueRefused';
  return failure(kind, `${venue}: ${what}: ${describe(error)}`);
}

/**
 * After a write, a transient error says nothing about the effect, and a duplicate says that the
 * first try may have had one. What was never sent had none, and may be tried again.
 */
export function writeFailure(venue: string, what: string, error: unknown): ApplicationFailure {
  if (error instanceof NotSent) return readFailure(venue, what, error);
  const kind = isTransient(error) || isDuplicate(error) ? 'OutcomeUnknown' : 'VenueRefused';
  return failure(kind, `${venue}: ${what}: ${describe(error)}`);
}

/** Kraken's deadline and throttle errors come as plain ExchangeError, yet may pass. */
function isTransient(error: unknown): boolean {
  if (error instanceof ccxt.OperationFailed) return true;
  if (!(error instanceof ccxt.BaseError)) return true;
  return /EService:|EGeneral:Temporary lockout|Throttled|Rate limit|Deadline elapsed/i.test(
    error.message,
  );
}

function isDuplicate(error: unknown): boolean {
  if (error instanceof ccxt.DuplicateOrderId) return true;
  return error instanceof ccxt.BaseError && /-4116|Duplicate order sent/i.test(error.message);
}

const OURS =
  /malformed answer from \S+|no JSON from \S+|[a-z ]+ row without a valid \w+|its books do not show its newest trades yet/;

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  if (error instanceof NotSent) return error.message;
  const match = CODES.exec(error.message);
  const code = match?.[1] ?? match?.[2];
  const own = OURS.exec(error.message)?.[0];
  return [error.constructor.name, code ?? own].filter(Boolean).join(' ');
}
