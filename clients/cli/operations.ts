/** What the command line needs done. The interface is its own; workers/ wires it. */
import type { UnitFailure } from '../../workflows/domain/crash/unit-failure.js';
import type { Approver } from '../../workflows/domain/gates/approver.js';
import type { Decision } from '../../workflows/domain/gates/decision.js';
import type { GateRequest } from '../../workflows/domain/gates/gate.js';
import type { Part, Standing } from '../../workflows/domain/readiness/standing.js';
import type { RecoveryPolicy } from '../../workflows/domain/policy/policy.js';
import type { RecoveryRecord } from '../../workflows/domain/record.js';
import type { FenceOrder, SignedFenceOrder } from '../../workflows/domain/steering/fence-reset.js';
import type { Instruction, Told } from '../../workflows/domain/steering/instruction.js';
import type { Command, RecoveryCommand } from '../../workflows/domain/steering/table.js';
import type { GuardianStatus } from '../../workflows/messages.js';
import type { ChecklistAnswer } from './answers/checklist.js';
import type { DoctorAnswer } from './answers/doctor.js';
import type { EngineCheckAnswer } from './answers/engine-check.js';
import type { IncidentAnswer } from './answers/incidents.js';
import type { PlanAnswer } from './answers/plan.js';
import type { EngagedSwitch } from './answers/status.js';
import type {
  OrdersAnswer,
  PositionsAnswer,
  ReconcileAnswer,
  WatchPass,
} from './answers/schemas.js';
import type { ReleaseAnswer, ShutdownAnswer, ShutdownStep } from './answers/shutdown.js';

/** Of the workflow code that an engine's guardian and its open recovery are on. */
export interface EngineVersion {
  buildId: string;
  /** The one that takes what begins; null where that has no version. */
  current: string | null;
  /** A worker has asked for work of it of late. */
  runs: boolean;
}

/** With those who look after it, each by the best proof there is from here. */
export interface EngineStanding extends Standing {
  /** Where it lives. */
  host: string;
  parts: Record<'agent' | 'worker' | 'engine' | 'venues', Part>;
}

export interface EngineStatus {
  engineId: string;
  standing: EngineStanding;
  killSwitch: { engaged: boolean; reason: string };
  /** Those that are engaged: of this machine, and of the guardian. */
  killSwitches: EngagedSwitch[];
  guardian: GuardianStatus | null;
  recovery: RecoveryRecord | null;
  gate: GateRequest | null;
  /** Of the agent of this machine: why nobody would see a crash; missing where nothing is known of that. */
  notWatched?: string;
  /** Why what happens unseen would not be found after a crash; missing where shadows are written, or none are to be. */
  noShadow?: string;
  /** What nobody does at a crash while Temporal is away; missing where nothing is lost. */
  withoutTemporal?: string;
  /** Missing where it is not known. */
  version?: EngineVersion;
  /** What of this could not be asked, and why: it is null without being absent. */
  unread: string[];
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

export interface FenceResetRequest {
  engineId: string;
  to: number;
  reason: string;
  /** The name of the approver who will sign it. */
  by: string;
}

export interface FenceResetAnswer {
  engineId: string;
  /** Null where the file told none. */
  from: number | null;
  to: number;
  /** Recovered checkpoints that would have stood in the way. */
  setAside: string[];
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

export interface CrashesAnswer {
  /** Oldest first. */
  lines: {
    at: string;
    instanceId: string;
    epoch: number;
    suspicion: string;
    probe: string;
    detail: string;
    killSwitch: string;
  }[];
  /** Notices of the agent that some channels have not taken. */
  untold: { title: string; waiting: string[] }[];
}

export interface ReportAnswer {
  incidentId: string;
  outcome: string;
  endedAtMs: number | null;
  /** Where its files were written first; null where this host has them. */
  host: string | null;
  /** Here; null where only the shared store has it. */
  pdf: string | null;
  json: string | null;
}

export type DecisionAnswer =
  { accepted: true; status: string } | { accepted: false; reason: string };

/** In the name of whom, and why. */
export interface SignedRequest {
  reason: string;
  by: string;
}

export interface InstructionRequest extends SignedRequest {
  command: Exclude<Command, 'failover' | RecoveryCommand>;
  /** The engine or the incident that it is about. */
  target: string;
}

export interface FailOverRequest extends SignedRequest {
  engineId: string;
  to: string;
  /** Null: where its guardian knows it. */
  from: string | null;
  machineOff: boolean;
}

export interface SteerRequest extends SignedRequest {
  command: RecoveryCommand;
  /** An engine or an incident; null: the only recovery that is open. */
  target: string | null;
  /** Of a tick. */
  item?: string;
  /** Of a step down. */
  percent?: number;
}

export type InstructionAnswer =
  { accepted: true; done: string; incidentId: string | null } | { accepted: false; reason: string };

export type MessageRole = 'control' | 'host' | 'operator';

/** Keys by which the parts of Relight know each other; here, as the configuration names the folder. */
export interface MessageKeys {
  folder: string;
  /** What was missing here, of one role or of all; gives whose. */
  make(role: MessageRole | null): Promise<{ role: string; host: string | null }[]>;
  rotate(role: MessageRole): Promise<void>;
  list(): Promise<{ id: string; role: string; host: string | null; status: string }[]>;
}

/** As the configuration has them: who may answer, and what each engine asks for. */
export interface People {
  approvers: readonly Approver[];
  engines: { engineId: string; policy: Pick<RecoveryPolicy, 'gates'> }[];
}

export interface LivingProcess {
  pid: number;
  startTicks: string;
  instanceId: string;
}

interface ShutdownChoices {
  keepOrders: boolean;
  /** Stops that protect what is held are cancelled too. */
  cancelProtective?: boolean;
  /** Told of each step as it is done. */
  onStep?: (what: string, step: ShutdownStep) => void;
  /** As it was turned. */
  latch: ShutdownStep;
}

export interface Operations {
  messageKeys(): Promise<MessageKeys>;
  engines(): string[];
  people(): People;
  status(engineId: string): Promise<EngineStatus>;
  /** `onUnread`: told where gates of an engine could not be asked for. */
  openGates(onUnread?: (why: string) => void): Promise<OpenGate[]>;
  decide(decision: Decision): Promise<DecisionAnswer>;
  /** What is to be signed; fails where there is no such engine. */
  toInstruct(request: InstructionRequest): Promise<Told>;
  /** What is to be signed: with the epoch of now. Fails where it is not known where the engine lives. */
  toFailOver(request: FailOverRequest): Promise<Told>;
  /** What is to be signed; fails where it is not one open recovery that is meant. */
  toSteer(request: SteerRequest): Promise<Told>;
  instruct(instruction: Instruction): Promise<InstructionAnswer>;
  /** Of an engine or an incident; null: of every recovery that is open. */
  checklists(target: string | null): Promise<ChecklistAnswer[]>;
  /** Its process that the agent of this host watches; null where that knows of none that lives. */
  watched(engineId: string): Promise<LivingProcess | null>;
  /** SIGKILL, where it is still the same process: as a crash, which no stop that was ordered explains. */
  killAsCrash(process: LivingProcess): Promise<void>;
  reconcile(engineId: string): Promise<ReconcileAnswer>;
  positions(engineId: string): Promise<PositionsAnswer>;
  orders(engineId: string): Promise<OrdersAnswer>;
  /** Until the signal; gives the last pass, null where there was none. */
  watch(engineId: string, options: WatchOptions): Promise<WatchPass | null>;
  /** Of its newest. */
  verifyCheckpoint(engineId: string): Promise<CheckpointAnswer>;
  /** Turns the latch of this machine: before the rest of a stop, of whichever engine. */
  latch(engineId: string, reason: string): Promise<ShutdownStep>;
  /** Works without Temporal and without a worker. */
  shutdown(engineId: string, reason: string, options: ShutdownChoices): Promise<ShutdownAnswer>;
  /** Fails for a name that is not configured only. */
  releaseKillSwitch(engineId: string, reason: string): Promise<ReleaseAnswer>;
  /** On the engine's host, by its owner or root. */
  /** What is to be signed. */
  toResetFence(request: FenceResetRequest): Promise<FenceOrder>;
  resetFence(signed: SignedFenceOrder): Promise<FenceResetAnswer>;
  /** Of the agent of this machine; works without Temporal. */
  crashes(engineId: string): Promise<CrashesAnswer>;
  /** What a recovery would do now; reads alone. */
  plan(engineId: string): Promise<PlanAnswer>;
  /** Looks at what a recovery of these needs; changes nothing. */
  engineCheck(engines: readonly string[]): Promise<EngineCheckAnswer>;
  doctor(engines: readonly string[], options: { sendTestNotice: boolean }): Promise<DoctorAnswer>;
  /** Gives the engines of this host that the service is of. */
  unitFailed(failure: UnitFailure): Promise<string[]>;
  /**
   * Of this host, and of others where a store is shared. One incident's files are brought here.
   * `onUnread`: told where reports of others could not be read.
   */
  reports(incident: string | null, onUnread: (why: string) => void): Promise<ReportAnswer[]>;
  /** Newest first, at most so many. `onUnread`: told what could not be asked for. */
  incidents(most: number, onUnread: (why: string) => void): Promise<IncidentAnswer[]>;
  /** By Temporal, or by its report; null where neither knows it. */
  recordOf(incidentId: string, onUnread: (why: string) => void): Promise<RecoveryRecord | null>;
  close(): Promise<void>;
}

/** Long-running parts, each until a signal stops it. */
export interface Services {
  /** `ui: false` leaves out the web page of the embedded server, whatever is configured. */
  up(options: { ui: boolean }): Promise<void>;
  worker(): Promise<void>;
  agent(): Promise<void>;
  /** `ui`: the page that may ask; null: the embedded server's, where one runs. */
  codec(options: { port: number; ui: string | null }): Promise<void>;
}
