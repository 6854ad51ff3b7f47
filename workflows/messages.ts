/** Signals, queries and updates: everything that reaches a workflow from outside. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CrashReport } from './domain/crash/report.js';
import type { GateRequest, SignedDecision } from './domain/gates/gate.js';
import type { Approver } from './domain/gates/approver.js';
import type { RecoveryPolicy } from './domain/policy/policy.js';
import type { RecoveryOutcome, RecoveryRecord } from './domain/record.js';

export const GUARDIAN_WORKFLOW = 'engineGuardian';
export const RECOVERY_WORKFLOW = 'recoverEngine';

/** The policy travels with the report, so that the guardian judges by the newest configuration. */
export interface CrashNotice {
  report: CrashReport;
  policy: RecoveryPolicy;
  approvers: Approver[];
}

export type CrashReceipt =
  | { disposition: 'opened'; incidentId: string; workflowId: string }
  | { disposition: 'joined'; incidentId: string; workflowId: string }
  | { disposition: 'duplicate'; incidentId: string; workflowId: string }
  | { disposition: 'held'; reason: string };

export const reportCrash = defineUpdate<CrashReceipt, [CrashNotice]>('reportCrash');

export interface Hold {
  reason: string;
  by: string;
}
export const holdEngine = defineUpdate<void, [Hold]>('holdEngine');
export const releaseHold = defineUpdate<void, [Hold]>('releaseHold');

export interface GuardianStatus {
  engineId: string;
  epoch: number;
  crashTimesMs: number[];
  hold: Hold | null;
  openIncident: { incidentId: string; workflowId: string } | null;
  past: { incidentId: string; workflowId: string; outcome: RecoveryOutcome | 'failed' }[];
}
/** What the guardian carries from run to run. */
export interface GuardianState extends GuardianStatus {
  /** Instances whose death is known already, newest last. */
  handled: string[];
}

export function newGuardian(engineId: string): GuardianState {
  return {
    engineId,
    epoch: 0,
    crashTimesMs: [],
    hold: null,
    openIncident: null,
    past: [],
    handled: [],
  };
}

export const guardianStatus = defineQuery<GuardianStatus>('guardianStatus');

/** A crash of the engine that this very recovery started. */
export interface CrashAgain {
  report: CrashReport;
  crashCount: number;
}
export const crashedAgain = defineSignal<[CrashAgain]>('crashedAgain');

/** From a recovery to its guardian: how far the epoch has come, and what it stopped itself. */
export interface RecoveryProgress {
  epoch: number;
  stopped: string[];
}
export const recoveryProgress = defineSignal<[RecoveryProgress]>('recoveryProgress');

export type DecisionReceipt =
  | { status: 'approved' | 'rejected'; gateId: string }
  | { status: 'counted'; gateId: string; approvals: number; quorum: number };

/** Refused with a reason where it does not count; the same decision may come by signal. */
export const decide = defineUpdate<DecisionReceipt, [SignedDecision]>('decide');
export const decideBySignal = defineSignal<[SignedDecision]>('decideBySignal');

export const openGate = defineQuery<GateRequest | null>('openGate');
export const recoveryRecord = defineQuery<RecoveryRecord>('recoveryRecord');
