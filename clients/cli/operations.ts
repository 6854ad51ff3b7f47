/** What the command line needs done. The interface is its own; workers/ wires it. */
import type { BookDifferences } from '../../workflows/domain/books.js';
import type { SignedDecision } from '../../workflows/domain/gate.js';
import type { GateRequest } from '../../workflows/domain/gate.js';
import type {
  ReconciliationCounts,
  ReconciliationLine,
} from '../../workflows/domain/reconciliation.js';
import type { RecoveryRecord } from '../../workflows/domain/record.js';
import type { Balance, Order, Position } from '../../workflows/domain/state.js';
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
  unreadable: Unreadable[];
  /** What the readable venues could not tell. */
  gaps: string[];
  lines: ReconciliationLine[];
  /** Of the engine's book, by order key; null where the engine does not answer. */
  orders: BookDifferences | null;
}

export interface Unreadable {
  venue: string;
  why: string;
}

/** Prices in the quote currency; null where the venue tells none. */
export interface PositionRow extends Position {
  mark: string | null;
  notional: string | null;
  unrealizedPnl: string | null;
}

export interface BalanceRow extends Balance {
  mark: string | null;
  notional: string | null;
}

export interface PositionsAnswer {
  engineId: string;
  takenAtMs: number;
  positions: PositionRow[];
  balances: BalanceRow[];
  unreadable: Unreadable[];
}

export interface OrderRow extends Order {
  /** By its client id. */
  ours: boolean;
  mark: string | null;
  /** (price or trigger − mark) / mark. */
  fromMark: string | null;
}

export interface OrdersAnswer {
  engineId: string;
  takenAtMs: number;
  orders: OrderRow[];
  unreadable: Unreadable[];
}

/** One reconciliation of `relight watch`: what began to differ, and what no longer does. */
export interface WatchPass {
  atMs: number;
  engineId: string;
  source: string;
  counts: ReconciliationCounts;
  raised: string[];
  cleared: string[];
  /** Troubles that last. */
  open: string[];
}

export interface WatchOptions {
  everyMs: number;
  onPass: (pass: WatchPass) => void;
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
  venues: VenueCleared[];
}

/** What became of the orders of one venue; client ids. */
export interface VenueCleared extends ShutdownStep {
  venue: string;
  /** Null where the account could not be used at all. */
  orders: {
    cancelled: string[];
    filledOrGone: string[];
    left: string[];
    ofOthers: number;
    unnamed: string[];
    trouble: string[];
    verified: boolean;
  } | null;
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
  /** Until the signal; gives the troubles that are then open. */
  watch(engineId: string, options: WatchOptions): Promise<string[]>;
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
