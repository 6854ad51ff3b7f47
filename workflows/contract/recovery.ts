/** Between the guardian and a recovery, and what both floors of activities share. */
import type { ArtifactRef } from '../domain/content/artifact.js';
import type { KnownDeath } from '../domain/crash/repeats.js';
import type { CrashReport } from '../domain/crash/report.js';
import type { Approver } from '../domain/gates/approver.js';
import type { RecoveryPolicy } from '../domain/policy/policy.js';
import type { RecoveryOutcome } from '../domain/record.js';
import type { Integration } from '../domain/engine/integration.js';
import type { Drill } from '../domain/steering/drill.js';
import type { Moved } from '../domain/steering/fail-over.js';

export interface RecoveryInput {
  incidentId: string;
  engineId: string;
  guardianId: string;
  epoch: number;
  crashCount: number;
  report: CrashReport;
  policy: RecoveryPolicy;
  approvers: Approver[];
  /** What the engine does not offer; missing where it offers all, and in histories of earlier versions. */
  integration?: Integration;
  /** Of both; missing where they came with the report, as they did in earlier versions. */
  rulesDigest?: string;
  /** Of a recovery that did not end by its own word: this one goes on, and asks people first. */
  continues?: Unfinished;
  /** Of a recovery that has ended: a person had it begin anew. */
  retries?: Retried;
  /** The engine died on another host, and lives on this one from now on. */
  moved?: Moved;
  /** Of earlier incidents; missing where none is remembered. */
  deaths?: KnownDeath[];
  /** A person has made it crash, and said so before; missing of every other crash. */
  drill?: Drill;
  /** Ids that this one should have had, and that strangers had taken. */
  idsTaken?: string[];
}

export interface Retried {
  /** Of the recovery before. */
  workflowId: string;
  by: string;
  reason: string;
  /** Whether people are asked before anything is done. */
  askFirst: boolean;
}

/** What is known of a recovery that was terminated, or failed. */
export interface Unfinished {
  workflowId: string;
  /** What became of it, as the end of a sentence. */
  why: string;
  /** It had granted trading. */
  traded: boolean;
  /** It was of a drill. */
  drill?: Drill;
  /** Instances that it may have started, and that nobody has seen gone. */
  mayLive: string[];
}

export interface RecoveryResult {
  outcome: RecoveryOutcome;
  epoch: number;
  /** Instances that the recovery stopped itself. */
  stopped: string[];
  /** A crash that came when the recovery was already over: it is the guardian's again. */
  unhandled: CrashReport | null;
  /** Of its incident, those whose cause is known; missing in results of earlier versions. */
  deaths?: KnownDeath[];
}

/** From a checkpoint, or from the venues alone. */
export interface LoadedState {
  state: ArtifactRef;
  sequence: number;
  /** Where fills must be read from; 0 where nothing is known. */
  takenAtMs: number;
  unknowns: string[];
}
