/** Between the guardian and a recovery, and what both floors of activities share. */
import type { ArtifactRef } from '../domain/content/artifact.js';
import type { CrashReport } from '../domain/crash/report.js';
import type { Approver, RecoveryPolicy } from '../domain/policy/policy.js';
import type { RecoveryOutcome } from '../domain/record.js';

export interface RecoveryInput {
  incidentId: string;
  engineId: string;
  guardianId: string;
  epoch: number;
  crashCount: number;
  report: CrashReport;
  policy: RecoveryPolicy;
  approvers: Approver[];
}

export interface RecoveryResult {
  outcome: RecoveryOutcome;
  epoch: number;
  /** Instances that the recovery stopped itself. */
  stopped: string[];
  /** A crash that came when the recovery was already over: it is the guardian's again. */
  unhandled: CrashReport | null;
}

/** From a checkpoint, or from the venues alone. */
export interface LoadedState {
  state: ArtifactRef;
  sequence: number;
  /** Where fills must be read from; 0 where nothing is known. */
  takenAtMs: number;
  unknowns: string[];
}
