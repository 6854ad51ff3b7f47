/** Signals, queries and updates: everything that reaches a workflow from outside. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ContainmentRules } from './domain/policy/handed-down.js';
import type { GuardianState, GuardianStatus, Hold, KillSwitchOrder } from './contract/guardian.js';
import type { KnownDeath } from './domain/crash/repeats.js';
import type { CrashReport } from './domain/crash/report.js';
import type { RecoveryOutcome } from './domain/record.js';
import type { AnyDecision } from './domain/gates/any-decision.js';
import type { GateRequest } from './domain/gates/gate.js';
import type { Approver } from './domain/gates/approver.js';
import type { RecoveryPolicy } from './domain/policy/policy.js';
import type { RecoveryRecord } from './domain/record.js';
import type { Instruction } from './domain/steering/instruction.js';

export type { GuardianState, GuardianStatus, Hold, KillSwitchOrder };

export const GUARDIAN_WORKFLOW = 'engineGuardian';
export const RECOVERY_WORKFLOW = 'recoverEngine';

/**
 * The validator of updates that need no other: who sent it and what it holds is judged before
 * (`trust/interceptors.ts`), which the SDK does for handlers with a validator only.
 */
export const judgedBefore = (_message: unknown): void => undefined;

/**
 * Which instance died, on which host, and how it was seen. The rules by which it is judged are the
 * control plane's own; those that an earlier version sent along are read in its histories alone.
 */
export interface CrashNotice {
  report: CrashReport;
  policy?: RecoveryPolicy;
  approvers?: Approver[];
}

export type CrashReceipt =
  | { disposition: 'opened'; incidentId: string; workflowId: string }
  | { disposition: 'joined'; incidentId: string; workflowId: string }
  | { disposition: 'duplicate'; incidentId: string; workflowId: string }
  | { disposition: 'held'; reason: string }
  /** A report of another host. */
  | { disposition: 'refused'; reason: string };

export const reportCrash = defineUpdate<CrashReceipt, [CrashNotice]>('reportCrash');

/** From the agent of its host, ahead of any crash: by which rules it may contain one itself. */
export interface ContainmentAsked {
  engineId: string;
  host: string;
}
export const handDownContainment = defineUpdate<ContainmentRules, [ContainmentAsked]>(
  'handDownContainment',
);

export const holdEngine = defineUpdate<void, [Hold]>('holdEngine');
export const releaseHold = defineUpdate<void, [Hold]>('releaseHold');

/** What became of it on the engine's host. */
export interface KillSwitchReceipt {
  /** The recovery that it ended; null where none was open. */
  recovery: string | null;
  host: string;
  /** Null where the host has latched; why not otherwise. */
  unlatched: string | null;
  /** Null where the host could not be asked to stop the engine. */
  engine: { result: string; failed: boolean } | null;
  /** Recoveries have ended before, whose engines may know orders by other names. */
  mayHaveAdopted: boolean;
}

/** `host`: where the engine lives. */
export const engageKillSwitch = defineUpdate<
  KillSwitchReceipt,
  [KillSwitchOrder & { host: string }]
>('engageKillSwitch');
export const releaseKillSwitch = defineUpdate<
  { unlatched: string | null; wasEngaged: boolean },
  [Hold & { host: string }]
>('releaseKillSwitch');

/** From a guardian to its recovery, which ends. */
export const killSwitchEngaged = defineSignal<[KillSwitchOrder]>('killSwitchEngaged');

/** `done`: what came of it, in words for the person. */
export interface InstructionReceipt {
  done: string;
  /** Of the recovery that was begun, or is ending. */
  incidentId: string | null;
}

/** What an approver tells the guardian, signed; refused with a reason where it does not count. */
export const instruct = defineUpdate<InstructionReceipt, [Instruction]>('instruct');

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

/** From the control plane: what begins from now on is for this version. */
export interface VersionChange {
  buildId: string;
}
export const versionChanged = defineSignal<[VersionChange]>('versionChanged');

export const guardianStatus = defineQuery<GuardianStatus>('guardianStatus');
/** For the guardian after it, should it be terminated. */
export const guardianMemory = defineQuery<GuardianState>('guardianMemory');

/** A crash of the engine while its recovery is open. */
export interface CrashAgain {
  report: CrashReport;
  crashCount: number;
}
export const crashedAgain = defineSignal<[CrashAgain]>('crashedAgain');

/** More of a crash that this recovery knows: what was seen of it after it was reported. */
export const moreSeen = defineSignal<[CrashReport]>('moreSeen');

/** From a recovery to its guardian: how far the epoch has come, and what it stopped itself. */
export interface RecoveryProgress {
  epoch: number;
  stopped: string[];
  /** It has granted trading; missing in messages of earlier versions. */
  trading?: boolean;
  /** Of its incident, those whose cause is known; missing in messages of earlier versions. */
  deaths?: KnownDeath[];
  /** It is over but for its report and notices, and this crash is the guardian's; missing until then. */
  over?: { workflowId: string; outcome: RecoveryOutcome; unhandled: CrashReport };
}
export const recoveryProgress = defineSignal<[RecoveryProgress]>('recoveryProgress');

/** From the guardian: somebody who may has said that the recovery ends here. */
export interface Abort {
  by: string;
  reason: string;
}
export const abortRecovery = defineSignal<[Abort]>('abortRecovery');

export type DecisionReceipt =
  | { status: 'approved' | 'rejected'; gateId: string }
  | { status: 'counted'; gateId: string; approvals: number; quorum: number };

/** Refused with a reason where it does not count; the same decision may come by signal. */
export const decide = defineUpdate<DecisionReceipt, [AnyDecision]>('decide');
export const decideBySignal = defineSignal<[AnyDecision]>('decideBySignal');

/** `done`: what came of it, in words for the person. */
export interface SteeringReceipt {
  done: string;
}

/** What an approver tells a recovery itself, signed; refused with a reason where it does not count. */
export const steerRecovery = defineUpdate<SteeringReceipt, [Instruction]>('steerRecovery');

export const openGate = defineQuery<GateRequest | null>('openGate');
export const recoveryRecord = defineQuery<RecoveryRecord>('recoveryRecord');
