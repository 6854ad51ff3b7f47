/** From the closed list of failures to Temporal's failure, with its retryability decided once. */
import { ApplicationFailure } from '@temporalio/common';
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
