/** What the command line needs done. The interface is its own; workers/ wires it. */
import type { SignedDecision } from '../../workflows/domain/gates/gate.js';
import type { GateRequest } from '../../workflows/domain/gates/gate.js';
import type { RecoveryRecord } from '../../workflows/domain/record.js';
import type { GuardianStatus } from '../../workflows/messages.js';
import type {
  OrdersAnswer,
  PositionsAnswer,
  ReconcileAnswer,
  ShutdownAnswer,
  WatchPass,
} from './answers/schemas.js';

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

export interface Undelivered {
  channel: string;
  why: string;
  kept: number;
  /** Of a full queue: never to be delivered. */
  dropped: number;
}

export interface WatchOptions {
  everyMs: number;
  onPass: (pass: WatchPass) => void;
  /** A channel that fails: its notices are kept and tried again with every pass. */
  onUndelivered: (failing: Undelivered) => void;
  signal: AbortSignal;
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
  positions(engineId: string): Promise<PositionsAnswer>;
  orders(engineId: string): Promise<OrdersAnswer>;
  /** Until the signal; gives the last pass, null where there was none. */
  watch(engineId: string, options: WatchOptions): Promise<WatchPass | null>;
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
