/**
 * Every way in which an activity can fail, and whether trying again can help. The list is closed:
 * a failure outside it is a bug. `unknown outcome` is retryable only because each activity looks
 * before it repeats.
 */
export const FAILURES = {
  VenueUnreadable: { retryable: true },
  VenueRefused: { retryable: false },
  OutcomeUnknown: { retryable: true },
  EngineUnreachable: { retryable: true },
  EngineRefused: { retryable: false },
  EngineStillAlive: { retryable: true },
  AnotherEngineAlive: { retryable: false },
  StaleEpoch: { retryable: false },
  CheckpointUnusable: { retryable: false },
  ArtifactMissing: { retryable: false },
  ArtifactInvalid: { retryable: false },
  KillSwitchEngaged: { retryable: false },
  ReportFailed: { retryable: true },
  NotificationFailed: { retryable: true },
  DecisionRefused: { retryable: false },
  ConfigurationInvalid: { retryable: false },
} as const satisfies Record<string, { retryable: boolean }>;

export type FailureKind = keyof typeof FAILURES;

export function isRetryable(kind: FailureKind): boolean {
  return FAILURES[kind].retryable;
}

/** The detail of `EngineUnreachable` where nothing answered at all, rather than with an error. */
export const SILENT = { silent: true };
