/** From the closed list of failures to Temporal's failure, with its retryability decided once. */
import { ApplicationFailure } from '@temporalio/common';
import { faultWords } from './domain/books/fault-words.js';
import type { ReadFault } from './domain/books/read-fault.js';
import { isRetryable, type FailureKind } from './domain/failure.js';

/** The message must already be free of secrets: it goes to the history as it stands. */
export function failure(kind: FailureKind, message: string, details?: unknown): ApplicationFailure {
  return ApplicationFailure.create({
    type: kind,
    message,
    nonRetryable: !isRetryable(kind),
    ...(details === undefined ? {} : { details: [details] }),
  });
}

/** The fault itself is its detail, for whoever decides by it. */
export function venueFailure(
  kind: Extract<FailureKind, 'VenueUnreadable' | 'VenueRefused' | 'OutcomeUnknown'>,
  fault: ReadFault,
): ApplicationFailure {
  return failure(kind, `${fault.venue}: ${faultWords(fault)}`, fault);
}

/** Of a service that has said when it wants to be asked again. */
export function failureToRetry(
  kind: FailureKind,
  message: string,
  afterMs: number,
): ApplicationFailure {
  const nextRetryDelay = Math.max(1, Math.ceil(afterMs));
  return ApplicationFailure.create({ type: kind, message, nonRetryable: false, nextRetryDelay });
}
