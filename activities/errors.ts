/** What may be said of an error: gateways have already removed secrets from failures of ours. */
import { ApplicationFailure } from '@temporalio/common';
import { readFault, ReadFault } from '../workflows/domain/books/read-fault.js';
import {
  FAILURES,
  type FailureKind,
  type SILENT,
  type UNCLEAR,
} from '../workflows/domain/failure.js';

export function isFailure(error: unknown, kind?: FailureKind): error is ApplicationFailure {
  if (!(error instanceof ApplicationFailure) || !error.type) return false;
  return kind === undefined ? error.type in FAILURES : error.type === kind;
}

/** Text of failures of ours; of anything else only its class, because it may hold a secret. */
export function describeError(error: unknown): string {
  if (isFailure(error)) return `${error.type}: ${error.message}`;
  return error instanceof Error ? error.name : 'unknown error';
}

/** Nobody is there: `SILENT` is among its details. */
export function isSilent(error: unknown): boolean {
  if (!isFailure(error, 'EngineUnreachable')) return false;
  const detail = error.details?.[0] as Partial<typeof SILENT> | undefined;
  return detail?.silent === true;
}

/** Whether somebody is there, it does not tell: `UNCLEAR` is among its details. */
export function isUnclear(error: unknown): boolean {
  if (!isFailure(error, 'EngineUnreachable')) return false;
  const detail = error.details?.[0] as Partial<typeof UNCLEAR> | undefined;
  return detail?.unclear === true;
}

/** Somebody is there, though what they said is of no use: a refusal, or an answer outside the contract. */
export function isAnswer(error: unknown): boolean {
  return isFailure(error) && !isFailure(error, 'EngineUnreachable');
}

/** Why this venue could not be read: as its gateway told it, or what may be said of anything else. */
export function faultOf(error: unknown, venue: string): ReadFault {
  const told = ReadFault.safeParse(isFailure(error) ? error.details?.[0] : undefined);
  if (told.success) return told.data;
  return isFailure(error)
    ? readFault({ kind: 'unexpected', venue, words: error.message })
    : readFault({ kind: 'unexpected', venue, code: describeError(error) });
}
