/** What may be said of an error: gateways have already removed secrets from failures of ours. */
import { ApplicationFailure } from '@temporalio/common';
import { FAILURES, type FailureKind } from '../workflows/domain/failure.js';

export function isFailure(error: unknown, kind?: FailureKind): error is ApplicationFailure {
  if (!(error instanceof ApplicationFailure) || !error.type) return false;
  return kind === undefined ? error.type in FAILURES : error.type === kind;
}

/** Text of failures of ours; of anything else only its class, because it may hold a secret. */
export function describeError(error: unknown): string {
  if (isFailure(error)) return `${error.type}: ${error.message}`;
  return error instanceof Error ? error.name : 'unknown error';
}
