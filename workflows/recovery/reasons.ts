/** Why a recovery cannot go on by itself: the errors that hand it to people, and any error in words. */
import { ActivityFailure, ApplicationFailure, CancelledFailure } from '@temporalio/workflow';

export class ManualRecoveryNeeded extends Error {
  override name = 'ManualRecoveryNeeded';
}

/** What the engine holds is not what the venues have; `isOvertaken`: orders of it have moved since it was told of them. */
export class BooksDiffer extends ManualRecoveryNeeded {
  override name = 'BooksDiffer';
  readonly isOvertaken: boolean;

  constructor(message: string, isOvertaken: boolean) {
    super(message);
    this.isOvertaken = isOvertaken;
  }
}

/** Trading went wrong after it had begun: the orders must not stay in the market unattended. */
export class EmergencyShutdown extends ManualRecoveryNeeded {
  override name = 'EmergencyShutdown';
}

/** What made a step fail, in words; failures of ours are already free of secrets. */
export function reasonOf(error: unknown): string {
  if (error instanceof ActivityFailure) {
    const cause = error.cause;
    if (cause instanceof ApplicationFailure) return `${cause.type ?? 'Error'}: ${cause.message}`;
    return `${error.activityType}: ${cause?.name ?? 'failed'}`;
  }
  if (error instanceof CancelledFailure) return 'interrupted';
  return error instanceof Error ? error.message : String(error);
}
