/**
 * The record of one recovery: what happened, when, and on whose word. It grows in the workflow,
 * carries references instead of state, and is what the JSON record and the PDF report are made of.
 */
import type { Adjustment } from './reconciliation/adjustments.js';
import type { ArtifactRef } from './content/artifact.js';
import type { Classification } from './crash/cause.js';
import type { CrashReport } from './crash/report.js';
import type { GateKind, SignedDecision } from './gates/gate.js';
import type { ReconciliationCounts, ReconciliationLine } from './reconciliation/reconciliation.js';
import type { Resolution, ResolutionKind } from './orders/resolution.js';
import type { RiskLevel } from './policy/policy.js';
import type { UndeliveredNotice } from './undelivered.js';

export const STEPS = [
  'contain',
  'analyse',
  'safety',
  'load_state',
  'reconcile',
  'recover_orders',
  'start',
  'risk',
  'market',
  'ramp',
  'after',
] as const;
export type StepName = (typeof STEPS)[number];

export const STEP_TITLES: Record<StepName, string> = {
  contain: 'Contain',
  analyse: 'Analyse the crash',
  safety: 'Safety checks',
  load_state: 'Load state',
  reconcile: 'Reconcile positions',
  recover_orders: 'Recover orders',
  start: 'Start and check health',
  risk: 'Risk checks',
  market: 'Market conditions',
  ramp: 'Resume trading step by step',
  after: 'Report and notify',
};

export type StepStatus = 'running' | 'done' | 'waiting' | 'failed';

/** `attempts` counts how often the step was entered, crashes and retries by people included. */
export interface StepRecord {
  name: StepName;
  startedAtMs: number;
  endedAtMs: number | null;
  attempts: number;
  status: StepStatus;
  detail: string;
}

export interface GateRecord {
  gateId: string;
  kind: GateKind;
  attempt: number;
  question: string;
  openedAtMs: number;
  closedAtMs: number | null;
  outcome: 'open' | 'approved' | 'rejected' | 'expired' | 'withdrawn';
  /** Of the evidence that people were shown; missing in records of earlier versions. */
  evidenceHash?: string;
  decisions: RecordedDecision[];
}

/** As it was signed, so that anybody can verify it; records of earlier versions lack the rest. */
type RecordedDecision = Pick<SignedDecision, 'approver' | 'answer' | 'reason' | 'decidedAtMs'> &
  Partial<SignedDecision>;

export type RecoveryOutcome = 'recovered' | 'halted' | 'cancelled';

export interface EvidenceItem {
  name: string;
  collected: boolean;
  detail: string;
}

export interface RecoveryRecord {
  version: 1;
  incidentId: string;
  engineId: string;
  host: string;
  workflowId: string;
  outcome: RecoveryOutcome | 'running';
  outcomeDetail: string;
  startedAtMs: number;
  endedAtMs: number | null;
  crashes: CrashReport[];
  crashCount: number;
  classification: Classification | null;
  epoch: number;
  steps: StepRecord[];
  evidence: { folder: string; items: EvidenceItem[] } | null;
  containment: { action: string; detail: string } | null;
  stateSource: {
    kind: 'checkpoint' | 'exchanges';
    name: string | null;
    ageMs: number | null;
    why: string;
  } | null;
  unknowns: string[];
  /** Orders that the market has left behind, positions without stop orders. */
  warnings: string[];
  /** `forced`: positions that a venue closed by liquidation or deleveraging. */
  reconciliation: {
    counts: ReconciliationCounts;
    fillsApplied: number;
    flowsApplied: number;
    lines: ArtifactRef;
    adjustments: ArtifactRef;
    forced: string[];
  } | null;
  orders: { counts: Record<ResolutionKind, number>; resolutions: ArtifactRef } | null;
  recoveredCheckpoint: {
    path: string;
    sequence: number;
    digest: string;
    state: ArtifactRef;
    instanceId: string;
    engineDigest: string | null;
  } | null;
  exposure: string | null;
  volatility: string | null;
  ramp: { percent: number; strategies: RiskLevel; atMs: number; note: string }[];
  gates: GateRecord[];
  followUps: string[];
  /** Missing where every channel took every notice, and in records of earlier versions. */
  undelivered?: UndeliveredNotice[];
}

/** The record of an incident as it begins. */
export function emptyRecord(
  incident: {
    incidentId: string;
    engineId: string;
    epoch: number;
    crashCount: number;
    report: CrashReport;
  },
  workflowId: string,
  startedAtMs: number,
): RecoveryRecord {
  const { incidentId, engineId, epoch, crashCount, report } = incident;
  return {
    version: 1,
    incidentId,
    engineId,
    epoch,
    crashCount,
    host: report.host,
    workflowId,
    outcome: 'running',
    outcomeDetail: '',
    startedAtMs,
    endedAtMs: null,
    crashes: [report],
    classification: null,
    steps: [],
    evidence: null,
    containment: null,
    stateSource: null,
    unknowns: [],
    warnings: [],
    reconciliation: null,
    orders: null,
    recoveredCheckpoint: null,
    exposure: null,
    volatility: null,
    ramp: [],
    gates: [],
    followUps: [],
  };
}

/** The record with its tables loaded: everything that the printed report shows. */
export interface RecoveryReport {
  record: RecoveryRecord;
  lines: ReconciliationLine[];
  resolutions: Resolution[];
  adjustments: Adjustment[];
}

export interface ReportFiles {
  pdf: string;
  json: string;
}
