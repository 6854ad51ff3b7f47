/** Activities that the agent of one host runs: process, forensics, checkpoints, engine control. */
import type { Writers } from '../domain/policy/newest-checkpoint.js';
import type { DeadInstance } from '../domain/engine/intents.js';
import type { ArtifactRef } from '../domain/content/artifact.js';
import type { Classification } from '../domain/crash/cause/cause.js';
import type { CrashReport } from '../domain/crash/report.js';
import type { Boot } from '../domain/engine/boot.js';
import type { HealthVerdict } from '../domain/engine/health.js';
import type { CheckpointCandidate } from '../domain/policy/decision.js';
import type { RampStage } from '../domain/policy/policy.js';
import type { WindowVerdict } from '../domain/policy/ramp.js';
import type { LimitMismatch } from '../domain/policy/risk.js';
import type { EvidenceItem } from '../domain/crash/evidence.js';
import type { LoadedState } from './recovery.js';

export interface HostActivities {
  confirmDeath: (input: DeathInput) => Promise<Death>;
  collectEvidence: (input: EvidenceInput) => Promise<Analysis>;
  completeEvidence: (input: CompletionInput) => Promise<Analysis>;
  inspectCheckpoints: (rules: CheckpointRules) => Promise<CheckpointCandidate[]>;
  loadCheckpoint: (rules: CheckpointRules & { name: string }) => Promise<LoadedState>;
  readIntents: (input: IntentsInput) => Promise<IntentsRead>;
  writeRecoveredCheckpoint: (input: RecoveredInput) => Promise<RecoveredCheckpoint>;
  /** Of an engine that boots from no file. */
  importState: (input: ImportInput) => Promise<Imported>;
  /** It reads the venues again by itself. */
  syncEngine: (input: InstanceInput) => Promise<void>;
  startEngine: (input: InstanceInput & { statePath: string }) => Promise<StartedEngine>;
  /** Of an engine that a person has started: looks until a new process of it is seen, for so long. */
  awaitStarted: (input: StartedInput) => Promise<StartedByHand | null>;
  /** Asks until it is well, for so long. */
  awaitReady: (input: ReadyInput) => Promise<Readiness>;
  checkComprehensiveHealth: (input: HealthInput) => Promise<HealthVerdict>;
  stopEngine: (
    input: InstanceInput & { mode: 'graceful' | 'emergency' },
  ) => Promise<{ detail: string }>;
  turnKillSwitch: (input: KillSwitchTurn) => Promise<{ wasEngaged: boolean }>;
  stopByKillSwitch: (input: { engineId: string }) => Promise<StoppedByKillSwitch>;
  verifyRiskLimits: (input: LimitsInput) => Promise<LimitsLoaded>;
  applyStage: (input: InstanceInput & StageInput) => Promise<void>;
  watchEngine: (input: WatchInput) => Promise<WindowVerdict>;
  /** Whether the engine lives; where it does not, what died last. */
  lookAtEngine: (input: { engineId: string }) => Promise<EngineLook>;
  leaveHost: (input: LeaveInput) => Promise<Left>;
  enterHost: (input: EnterInput) => Promise<Entered>;
  readEngineState: (input: { engineId: string }) => Promise<EngineBooks>;
}

export type EngineLook =
  | { kind: 'alive'; detail: string }
  /** `report`: null where this host has never heard of an instance, and it may live unseen; `why` it may. */
  | { kind: 'dead'; report: CrashReport | null; why?: string };

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

export interface IncidentInput {
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
  /** The engine notes each order before it sends it: its journal is to be read. */
  isNoting?: true;
}

export interface EvidenceInput extends IncidentInput {
  snapshot: ArtifactRef | null;
  stacks: EvidenceItem | null;
  /** Only what names the cause is waited for; not told by workflows of earlier versions. */
  isCompleted?: boolean;
}

export interface CompletionInput extends EvidenceInput {
  found: Pick<Analysis, 'folder' | 'items' | 'classification'>;
}

export interface Analysis {
  folder: string;
  items: EvidenceItem[];
  classification: Classification;
  /** Only what names the cause is in it. */
  isPartial?: boolean;
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

export interface IntentsInput {
  engineId: string;
  /** Of this incident. */
  died: DeadInstance[];
  /** Of the state that is gone on with; null where it is not the engine's own. */
  sinceMs: number | null;
}

/** What the engine was about to send since then. */
export interface IntentsRead {
  orders: ArtifactRef;
  count: number;
  /** Begun and not finished, so never sent. */
  unfinished: number;
  /** What is not known of it, the first few sentences. */
  doubts: string[];
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
  /** How the engine comes to hold it; missing where it boots from this file, and nothing besides. */
  boot?: Boot;
}

export interface ImportInput extends InstanceInput {
  /** The recovered one. */
  state: ArtifactRef;
  running: boolean;
  /** People have said that what the engine does not tell is there. */
  confirmed: boolean;
}

export interface Imported {
  positions: number;
  orders: number;
  /** Orders that the engine said it had already. */
  known: number;
  /** What is left to people, a line each; `shown`: the first of them. */
  byHand: number;
  shown: string[];
  list: ArtifactRef;
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
  /** It may trade since its start, so that what it holds may be another state by now. */
  mayTrade?: true;
}

export interface StageInput {
  stage: RampStage;
  /** Which of the two is by command; the other a person has done. Missing: both. */
  only?: 'limits' | 'strategies';
}

export interface StartedInput {
  engineId: string;
  epoch: number;
  withinMs: number;
  /** Processes that it must not be: those that died. */
  died: { pid: number; startTicks: string }[];
}

export interface StartedEngine {
  pid: number;
  /** Its agent has `awaitReady`; missing where one of an earlier version told. */
  awaitsReady?: true;
}

/** Under the name by which it is seen. */
export interface StartedByHand {
  instanceId: string;
  pid: number;
}

export interface ReadyInput {
  engineId: string;
  instanceId: string;
  withinMs: number;
}

export interface Readiness {
  ready: boolean;
  afterMs: number;
  /** What it said last. */
  note: string;
}

/** The state of the engine as far as it tells it. */
export type EngineBooks = ArtifactRef & { tells?: PositionsOnly };

/**
 * Its positions and nothing else; `except`: instruments of which its rows name no one position. `nothing`: not
 * even those.
 */
export interface PositionsOnly {
  except: string[];
  nothing?: true;
}

export interface LimitsInput {
  engineId: string;
  /** By name, decimal text. */
  expected: Record<string, string>;
}

export interface LimitsLoaded {
  mismatches: LimitMismatch[];
  loaded: number;
  /** Why they are not loaded, where the engine lists none. */
  refusal?: string;
  /** Loaded by the engine's word, which lists none: what was expected and could not be compared. */
  unlisted?: string[];
  /** It has no word for them: nothing says that they are loaded. */
  untold?: true;
  /** As the engine figures it itself, where it tells that. */
  exposure?: string;
}

export interface WatchInput {
  engineId: string;
  instanceId: string;
  windowMs: number;
  everyMs: number;
}
