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
  ProcessesUnreadable: { retryable: true },
  DeathNotProven: { retryable: false },
  AnotherEngineAlive: { retryable: false },
  EngineDied: { retryable: false },
  StartsUnreadable: { retryable: false },
  StaleEpoch: { retryable: false },
  EpochOutOfBounds: { retryable: false },
  NotOurs: { retryable: false },
  CheckpointUnusable: { retryable: false },
  ArtifactMissing: { retryable: false },
  ArtifactsUnreachable: { retryable: true },
  ArtifactInvalid: { retryable: false },
  KillSwitchEngaged: { retryable: false },
  ReportFailed: { retryable: true },
  NotificationFailed: { retryable: true },
  AttemptGivenUp: { retryable: true },
  DecisionRefused: { retryable: false },
  InstructionRefused: { retryable: false },
  Unauthenticated: { retryable: false },
  MessageInvalid: { retryable: false },
  IncidentNotOpened: { retryable: true },
  ConfigurationInvalid: { retryable: false },
} as const satisfies Record<string, { retryable: boolean }>;

export type FailureKind = keyof typeof FAILURES;

export function isRetryable(kind: FailureKind): boolean {
  return FAILURES[kind].retryable;
}

/**
 * The detail of `EngineUnreachable` where nobody is there: the connection was refused. An error, a late
 * answer or half of one, a name or a way that is not found leave it open.
 */
export const SILENT = { silent: true };
/** And where it is left open: something took the connection, or answers in its place. */
export const UNCLEAR = { unclear: true };
