/**
 * ccxt's errors into our closed list. Only the error's class and the venue's error code survive:
 * ccxt's texts contain signed URLs, and nothing signed may reach a history, a log or a report.
 */
import * as ccxt from 'ccxt';
import type { ApplicationFailure } from '@temporalio/common';
import { failure } from '../../workflows/failure.js';

const CODES = /"code"\s*:\s*"?(-?\d{3,6})"?|\b(E[A-Z][A-Za-z]+:[A-Za-z ]{3,40})/;

export function readFailure(venue: string, what: string, error: unknown): ApplicationFailure {
  const kind = isTransient(error) ? 'VenueUnreadable' : 'VenueRefused';
  return failure(kind, `${venue}: ${what}: ${describe(error)}`);
}

/** After a write, a transient error says nothing about the effect. */
export function writeFailure(venue: string, what: string, error: unknown): ApplicationFailure {
  const kind = isTransient(error) ? 'OutcomeUnknown' : 'VenueRefused';
  return failure(kind, `${venue}: ${what}: ${describe(error)}`);
}

/** Kraken's deadline and throttle errors come as plain ExchangeError, yet may pass. */
function isTransient(error: unknown): boolean {
  if (error instanceof ccxt.OperationFailed) return true;
  const text = error instanceof Error ? error.message : '';
  return /EService:|Throttled|Rate limit/i.test(text) || !(error instanceof ccxt.BaseError);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const match = CODES.exec(error.message);
  const code = match?.[1] ?? match?.[2];
  const envelope = /malformed answer from \S+|no JSON from \S+|\w+ row without a valid \w+/.exec(
    error.message,
  )?.[0];
  return [error.constructor.name, code ?? envelope].filter(Boolean).join(' ');
}
