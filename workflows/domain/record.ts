/**
 * The record of one recovery: what happened, when, and on whose word. It grows in the workflow,
 * carries references instead of state, and is what the JSON record and the PDF report are made of.
 */
import type { Adjustment } from './reconciliation/origin/adjustments.js';
import type { ArtifactRef } from './content/artifact.js';
import type { Classification } from './crash/cause/cause.js';
import type { EarlierEvidence, Evidence } from './crash/evidence.js';
import type { CrashReport } from './crash/report.js';
import type { ChainHead, KeptDecision } from './gates/chain.js';
import type { Said, Shown } from './gates/decision.js';
import type { FormerDecision } from './gates/former-decision.js';
import type { GateKind } from './content/gate-kind.js';
import type { CapabilityLine, Integration } from './engine/integration.js';
import type { ReconciliationCounts, ReconciliationLine } from './reconciliation/reconciliation.js';
import type {
  FigureSources,
  ReconciliationWords,
  RiskLeft,
  RiskSources,
  Source,
} from './reconciliation/origin/sources.js';
import type { InferredFill } from './reconciliation/origin/inferred.js';
import type { NotedRecord } from './orders/noted.js';
import type { Resolution, ResolutionKind } from './orders/resolution.js';
import type { RecoveryPolicy, RiskLevel } from './policy/policy.js';
import type { MeasuredExposure } from './policy/risk.js';
import type { Refusals } from './trust/refusals.js';
import type { Drill } from './steering/drill.js';
import type { Moved } from './steering/fail-over.js';
import type { ToldRecord } from './steering/kept.js';
import type { InMarket } from './orders/protection/in-market.js';
import type { NoticeRecord } from './notices/told-notices.js';
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
  /** What they were shown, and the evidence; missing in records of earlier versions. */
  shown?: Shown;
  evidence?: Record<string, unknown>;
  decisions: RecordedDecision[];
  /** In time, handled too late: refused, and the question asked again. Missing where there is none. */
  late?: (Said & { why: string })[];
}

/** As it was signed, so that anybody can verify it; records of earlier versions lack the rest. */
type RecordedDecision = Said & Partial<Omit<KeptDecision, keyof Said>> & Partial<FormerDecision>;

/** Digests of the rules at the crash and at the last gate, and what changed between, in words. */
export interface RulesRecord {
  digest: string;
  latest: string;
  changes: { atMs: number; change: string }[];
}

export type RecoveryOutcome = 'recovered' | 'halted' | 'cancelled';

export interface RecoveryRecord {
  version: 1;
  incidentId: string;
  engineId: string;
  host: string;
  /** Of the boot in which the engine died; missing where it was not told. */
  bootId?: string;
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
  /** Of the last crash; that of those before stays beside it, oldest first, where there were any. */
  evidence: Evidence | null;
  earlierEvidence?: EarlierEvidence[];
  /** Who has ended it by the kill switch; missing where nobody has. */
  killSwitch?: { reason: string; by: string; atMs: number };
  /** The engine was brought to this host; missing where it died here. */
  failover?: Moved;
  /** What the engine does not offer, and what stands in for it; missing where it offers all. */
  integration?: CapabilityLine[];
  /** A person made it crash, and said so before; missing of every other crash. */
  drill?: Drill;
  containment: { action: string; detail: string } | null;
  stateSource: {
    /** `shadow`: a checkpoint that we wrote before the crash, of what the venues told. */
    kind: 'checkpoint' | 'shadow' | 'exchanges';
    name: string | null;
    ageMs: number | null;
    why: string;
  } | null;
  unknowns: string[];
  /** Orders that the market has left behind, positions without stop orders. */
  warnings: string[];
  /**
   * `forced`: positions that a venue closed by liquidation or deleveraging; `words` is missing in records of
   * earlier versions.
   */
  reconciliation: {
    counts: ReconciliationCounts;
    fillsApplied: number;
    flowsApplied: number;
    lines: ArtifactRef;
    adjustments: ArtifactRef;
    /**
     * What was compared: the state before the crash, and the rows of the venues, each fill by its trade id;
     * missing in records of earlier versions.
     */
    compared?: { state: ArtifactRef; snapshot: ArtifactRef };
    forced: string[];
    words?: ReconciliationWords;
    /** As it was left; missing in records of earlier versions. */
    risk?: RiskLeft;
    /** Fills that no trade report tells, which a person has taken; missing where there are none. */
    inferred?: InferredFill[];
  } | null;
  orders: {
    counts: Record<ResolutionKind, number>;
    resolutions: ArtifactRef;
    /** Missing where the engine keeps no journal. */
    noted?: NotedRecord;
  } | null;
  recoveredCheckpoint: {
    path: string;
    sequence: number;
    digest: string;
    state: ArtifactRef;
    instanceId: string;
    engineDigest: string | null;
  } | null;
  exposure: string | null;
  /** With its limit, unit and parts, at the last look; missing in records of earlier versions. */
  exposureMeasured?: MeasuredExposure;
  volatility: string | null;
  ramp: { percent: number; strategies: RiskLevel; atMs: number; note: string }[];
  gates: GateRecord[];
  /** Of the chain of all decisions; missing in records of earlier versions. */
  decisions?: ChainHead;
  /** Ticks of the checklist and orders to the ramp, signed; missing where there were none. */
  told?: ToldRecord;
  /** A person has the ramp stay where it is; missing where nobody has. */
  rampPaused?: { percent: number; by: string; reason: string; atMs: number };
  /** What is in the market at the end; missing where it recovered, and in records of earlier versions. */
  inMarket?: InMarket | { notRead: string };
  followUps: string[];
  /** Missing in records of earlier versions. */
  rules?: RulesRecord;
  /** In force at the crash, which an incident keeps; missing in records of earlier versions. */
  policy?: RecoveryPolicy;
  /** What people were told, the last of it; missing where they were told nothing, and in earlier records. */
  notices?: NoticeRecord[];
  /** Missing where every channel took every notice, and in records of earlier versions. */
  undelivered?: UndeliveredNotice[];
  /** Messages that were not taken; missing where there were none. */
  refused?: Refusals;
}

/** The record of an incident as it begins. */
export function emptyRecord(
  incident: {
    incidentId: string;
    engineId: string;
    epoch: number;
    crashCount: number;
    report: CrashReport;
    rulesDigest?: string;
    moved?: Moved;
    integration?: Integration;
    drill?: Drill;
    policy?: RecoveryPolicy;
  },
  workflowId: string,
  startedAtMs: number,
): RecoveryRecord {
  const { incidentId, engineId, epoch, crashCount, report, rulesDigest, moved } = incident;
  const { integration, drill, policy } = incident;
  return {
    version: 1,
    incidentId,
    engineId,
    epoch,
    crashCount,
    host: moved?.to ?? report.host,
    ...(report.bootId === undefined ? {} : { bootId: report.bootId }),
    ...(moved !== undefined && { failover: moved }),
    ...(integration !== undefined && { integration: integration.lines }),
    ...(drill !== undefined && { drill }),
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
    ...(rulesDigest === undefined ? {} : { rules: rulesAtCrash(rulesDigest) }),
    ...(policy !== undefined && { policy }),
  };
}

function rulesAtCrash(digest: string): RulesRecord {
  return { digest, latest: digest, changes: [] };
}

/** The record with its tables loaded: everything that the printed report shows. */
export interface RecoveryReport {
  record: RecoveryRecord;
  lines: (ReconciliationLine & { sources?: FigureSources })[];
  resolutions: (Resolution & { sources?: Source[] })[];
  /** Missing, as the sources of figures and orders are, in reports of earlier versions. */
  riskSources?: RiskSources;
  adjustments: Adjustment[];
}

export interface ReportFiles {
  pdf: string;
  json: string;
  /** How other hosts come by it, or why not; missing where no store is shared. */
  elsewhere?: string;
}
