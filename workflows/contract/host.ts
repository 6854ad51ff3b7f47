/** Activities that the agent of one host runs: process, forensics, checkpoints, engine control. */
import type { Writers } from '../domain/policy/newest-checkpoint.js';
import type { ArtifactRef } from '../domain/content/artifact.js';
import type { Classification } from '../domain/crash/cause/cause.js';
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
  turnKillSwitch: (input: KillSwitchTurn) => Promise<{ wasEngaged: boolean }>;
  stopByKillSwitch: (input: { engineId: string }) => Promise<StoppedByKillSwitch>;
  verifyRiskLimits: (input: LimitsInput) => Promise<LimitsLoaded>;
  applyStage: (input: InstanceInput & { stage: RampStage }) => Promise<void>;
  watchEngine: (input: WatchInput) => Promise<WindowVerdict>;
  /** Whether the engine lives; where it does not, what died last. */
  lookAtEngine: (input: { engineId: string }) => Promise<EngineLook>;
  leaveHost: (input: LeaveInput) => Promise<Left>;
  enterHost: (input: EnterInput) => Promise<Entered>;
  readEngineState: (input: { engineId: string }) => Promise<ArtifactRef>;
}

export type EngineLook =
  | { kind: 'alive'; detail: string }
  /** `report`: null where this host has never heard of an instance. */
  | { kind: 'dead'; report: CrashReport | null };

/** Of a fail-over, to the host that the engine leaves. */
export interface LeaveInput {
  engineId: string;
  /** Of the guardian. */
  epoch: number;
  /** What lives is ended: the engine lives elsewhere by now. */
  end: boolean;
}

export type Left =
  | { kind: 'alive'; detail: string }
  /** `epoch`: below which this host does nothing more; `ended`: what had to be, in words. */
  | { kind: 'left'; epoch: number; report: CrashReport | null; ended: string[] };

export interface EnterInput {
  engineId: string;
  epoch: number;
}

export type Entered = { kind: 'alive'; detail: string } | { kind: 'ready' };

export interface KillSwitchTurn {
  engineId: string;
  turn: 'engage' | 'release';
  reason: string;
  by: string;
}

export interface StoppedByKillSwitch {
  /** For people. */
  result: string;
  /** It may live, or it could not be told. */
  failed: boolean;
}

interface IncidentInput {
  incidentId: string;
  report: CrashReport;
}

export interface DeathInput extends IncidentInput {
  /** Instances that this recovery has started. */
  ownInstances: string[];
  /** People have said that it is gone, where it cannot be looked at. */
  saidGone?: boolean;
  /** It died on another host: how it is known that it is gone there. */
  provenThere?: string;
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
  /** Of the files, in the artifact store; missing in histories of earlier versions. */
  index?: ArtifactRef;
  /** Why there is none. */
  unindexed?: string;
}

export interface CheckpointRules {
  engineId: string;
  crashedAtMs: number;
  oldMs: number;
  absurdQuantity: string;
  /** Not told by workflows of earlier versions. */
  writers?: Writers;
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
  /** That state; missing in histories of earlier versions. */
  state?: ArtifactRef;
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
