/** Activities that the agent of one host runs: process, forensics, checkpoints, engine control. */
import type { ArtifactRef } from '../domain/content/artifact.js';
import type { Classification } from '../domain/crash/cause.js';
import type { CrashReport } from '../domain/crash/report.js';
import type { HealthVerdict } from '../domain/engine/health.js';
import type { CheckpointCandidate } from '../domain/policy/decision.js';
import type { RampStage } from '../domain/policy/policy.js';
import type { WindowVerdict } from '../domain/policy/ramp.js';
import type { LimitMismatch } from '../domain/policy/risk.js';
import type { EvidenceItem } from '../domain/record.js';
import type { LoadedState } from './recovery.js';

export interface HostActivities {
  confirmDeath: (input: DeathInput) => Promise<Death>;
  collectEvidence: (input: EvidenceInput) => Promise<Analysis>;
  inspectCheckpoints: (rules: CheckpointRules) => Promise<CheckpointCandidate[]>;
  loadCheckpoint: (rules: CheckpointRules & { name: string }) => Promise<LoadedState>;
  writeRecoveredCheckpoint: (input: RecoveredInput) => Promise<RecoveredCheckpoint>;
  startEngine: (input: InstanceInput & { statePath: string }) => Promise<{ pid: number }>;
  checkComprehensiveHealth: (input: HealthInput) => Promise<HealthVerdict>;
  stopEngine: (
    input: InstanceInput & { mode: 'graceful' | 'emergency' },
  ) => Promise<{ detail: string }>;
  verifyRiskLimits: (input: LimitsInput) => Promise<LimitsLoaded>;
  applyStage: (input: InstanceInput & { stage: RampStage }) => Promise<void>;
  watchEngine: (input: WatchInput) => Promise<WindowVerdict>;
  readEngineState: (input: { engineId: string }) => Promise<ArtifactRef>;
}

interface IncidentInput {
  incidentId: string;
  report: CrashReport;
}

export interface DeathInput extends IncidentInput {
  /** Instances that this recovery has started. */
  ownInstances: string[];
}

export interface Death {
  detail: string;
  /** Of a hung engine, taken before it was killed. */
  stacks: EvidenceItem | null;
}

export interface EvidenceInput extends IncidentInput {
  snapshot: ArtifactRef | null;
  stacks: EvidenceItem | null;
}

export interface Analysis {
  folder: string;
  items: EvidenceItem[];
  classification: Classification;
}

export interface CheckpointRules {
  engineId: string;
  crashedAtMs: number;
  oldMs: number;
  absurdQuantity: string;
}

export interface RecoveredInput {
  engineId: string;
  instanceId: string;
  epoch: number;
  sequence: number;
  takenAtMs: number;
  state: ArtifactRef;
}

export interface RecoveredCheckpoint {
  path: string;
  sequence: number;
  digest: string;
}

/** What every write to an engine carries: a stale epoch is refused, the same key is one effect. */
export interface WriteStamp {
  epoch: number;
  idempotencyKey: string;
}

export interface InstanceInput extends WriteStamp {
  engineId: string;
  instanceId: string;
}

export interface HealthInput {
  engineId: string;
  instanceId: string;
  /** Of the recovered state, which the engine must hold. */
  digest: string;
}

export interface LimitsInput {
  engineId: string;
  /** By name, decimal text. */
  expected: Record<string, string>;
}

export interface LimitsLoaded {
  mismatches: LimitMismatch[];
  loaded: number;
}

export interface WatchInput {
  engineId: string;
  instanceId: string;
  windowMs: number;
  everyMs: number;
}
