/** What the command line needs done. The interface is its own; workers/ wires it. */
import type { SignedDecision } from '../../workflows/domain/gate.js';
import type { GateRequest } from '../../workflows/domain/gate.js';
import type {
  ReconciliationCounts,
  ReconciliationLine,
} from '../../workflows/domain/reconciliation.js';
import type { RecoveryRecord } from '../../workflows/domain/record.js';
import type { GuardianStatus } from '../../workflows/messages.js';

export interface EngineStatus {
  engineId: string;
  killSwitch: { engaged: boolean; reason: string };
  guardian: GuardianStatus | null;
  recovery: RecoveryRecord | null;
  gate: GateRequest | null;
}

export interface OpenGate {
  engineId: string;
  workflowId: string;
  gate: GateRequest;
}

export interface ReconcileAnswer {
  engineId: string;
  source: string;
  counts: ReconciliationCounts;
  fillsApplied: number;
  unreadable: { venue: string; why: string }[];
  lines: ReconciliationLine[];
}

export interface CheckpointAnswer {
  path: string;
  valid: boolean;
  errors: string[];
  warnings: string[];
  ageMs: number | null;
  sequence: number | null;
  orders: number | null;
  positions: number | null;
}

export interface ShutdownStep {
  result: string;
  /** Something went wrong, or something is left. */
  failed: boolean;
}

export interface ShutdownAnswer {
  engineId: string;
  /** What keeps Relight from starting the engine again. */
  latch: ShutdownStep;
  engine: ShutdownStep;
  venues: ({ venue: string } & ShutdownStep)[];
}

export interface ReportAnswer {
  incidentId: string;
  outcome: string;
  endedAtMs: number | null;
  pdf: string;
  json: string;
}

export type DecisionAnswer =
  { accepted: true; status: string } | { accepted: false; reason: string };

export interface Operations {
  engines(): string[];
  status(engineId: string): Promise<EngineStatus>;
  openGates(): Promise<OpenGate[]>;
  decide(decision: SignedDecision): Promise<DecisionAnswer>;
  reconcile(engineId: string): Promise<ReconcileAnswer>;
  verifyCheckpoint(engineId: string, file: string | null): Promise<CheckpointAnswer>;
  /** Works without Temporal and without a worker. */
  shutdown(
    engineId: string,
    reason: string,
    options: { keepOrders: boolean },
  ): Promise<ShutdownAnswer>;
  releaseKillSwitch(engineId: string): Promise<boolean>;
  reports(): Promise<ReportAnswer[]>;
  close(): Promise<void>;
}

/** Long-running parts, each until a signal stops it. */
export interface Services {
  up(): Promise<void>;
  worker(): Promise<void>;
  agent(): Promise<void>;
}
