/**
 * What activities need from the outside world. The interfaces belong to their consumer; clients
 * implement them and workers/compose/ wires them.
 */
import type { Notice, WriteStamp } from '../workflows/contract/index.js';
import type { ArtifactKind, ArtifactOf } from '../workflows/domain/artifact-kinds.js';
import type { ArtifactRef } from '../workflows/domain/content/artifact.js';
import type { CauseFacts } from '../workflows/domain/crash/cause.js';
import type { CrashReport, EngineInstance } from '../workflows/domain/crash/report.js';
import type {
  ComprehensiveHealth,
  QuickHealth,
  RiskLimits,
  StateDigest,
} from '../workflows/domain/engine/control.js';
import type { Checkpoint } from '../workflows/domain/engine/checkpoint.js';
import type { VenueStatus } from '../workflows/domain/policy/market.js';
import type { LookUp } from '../workflows/domain/orders/recovery.js';
import type { EvidenceItem, RecoveryReport } from '../workflows/domain/record.js';
import type { RiskLevel } from '../workflows/domain/policy/policy.js';
import type {
  Balance,
  CashFlow,
  EngineState,
  Fill,
  InstrumentSpec,
  Order,
  Position,
} from '../workflows/domain/books/state.js';

export type { Notice, WriteStamp };

export interface Clock {
  nowMs(): number;
}

/** Content-addressed: the same content has the same reference, and is stored once. */
export interface ArtifactStore {
  put<Kind extends ArtifactKind>(kind: Kind, content: ArtifactOf<Kind>): Promise<ArtifactRef>;
  /**
   * Fails with `ArtifactMissing` where the content is absent or its hash differs, and with
   * `ArtifactInvalid` where it is of another kind, or not what its kind looks like.
   */
  get<Kind extends ArtifactKind>(kind: Kind, ref: ArtifactRef): Promise<ArtifactOf<Kind>>;
}

/** Rows since the time asked for, or since `fromMs` where the venue does not go back that far. */
export interface History<Row> {
  rows: Row[];
  fromMs: number;
}

/**
 * One account at one venue. Reads fail with `VenueUnreadable` (try again) or `VenueRefused`
 * (will not help); an empty answer is returned only from a well-formed envelope.
 */
export interface VenueAccount {
  venue: string;
  account: string;
  instruments: readonly string[];
  /** What no read of this account can see, in words; complete once a read has succeeded. */
  blindSpots: readonly string[];
  /** Every resting order of the account, blind spots apart; conditional ones too, of whomever. */
  openOrders(): Promise<Order[]>;
  /** Of the configured instruments and of these others, where the venue asks for names. */
  fillsSince(sinceMs: number, others?: readonly string[]): Promise<History<Fill>>;
  /** Null where the venue tells none. */
  cashFlowsSince(sinceMs: number): Promise<History<CashFlow> | null>;
  positions(): Promise<Position[]>;
  balances(): Promise<Balance[]>;
  /** Of the configured instruments and of these others; from the markets, no request of its own. */
  instrumentSpecs(others?: readonly string[]): Promise<InstrumentSpec[]>;
  /** Looks an order up that is not open: by client id, then in closed orders. */
  lookUp(order: Order): Promise<LookUp>;
  /** Fails with `OutcomeUnknown` where the answer was ambiguous. */
  cancel(order: Order): Promise<void>;
  /** Arms the venue's dead-man switch, 0 disarms it; false where the venue has none. */
  armDeadManSwitch(timeoutMs: number): Promise<boolean>;
  /** Instrument → mark price, decimal text; of the configured instruments and of these others. */
  marks(others?: readonly string[]): Promise<Map<string, string>>;
  /** Closes of one-minute candles, oldest first, decimal text. */
  closes(instrument: string, windowMs: number): Promise<string[]>;
  status(): Promise<VenueStatus>;
}

export interface Venues {
  ofEngine(engineId: string): VenueAccount[];
}

interface StartRequest extends WriteStamp {
  instanceId: string;
  statePath: string;
}

/** What an engine may offer; `offered` of procedures/capabilities.ts gives it, or says what lacks. */
export interface EngineCapabilities {
  comprehensiveHealth(): Promise<ComprehensiveHealth>;
  stateDigest(): Promise<StateDigest>;
  state(): Promise<{ sequence: number; state: EngineState }>;
  riskLimits(): Promise<RiskLimits>;
  setLimits(percent: number, stamp: WriteStamp): Promise<void>;
  enableStrategies(level: RiskLevel, stamp: WriteStamp): Promise<void>;
}

/** The engine's control surface, by HTTP or by the team's own commands: what every engine has. */
export interface EngineControl extends Partial<EngineCapabilities> {
  /** Starts without trading; returns when the process runs, not when it is healthy. */
  start(request: StartRequest): Promise<void>;
  quickHealth(): Promise<QuickHealth>;
  shutdown(mode: 'graceful' | 'emergency', stamp: WriteStamp): Promise<void>;
}

export interface EngineProcess {
  pid: number;
  startTicks: string;
  instanceId: string;
}

export type Liveness = 'alive' | 'dumping_core' | 'gone';

/** Processes of engines on this host, told apart by pid and start time. */
export interface ProcessTable {
  liveness(instance: Pick<EngineInstance, 'pid' | 'startTicks'>): Promise<Liveness>;
  /** Live processes started for this engine, whatever their instance. */
  ofEngine(engineId: string): Promise<EngineProcess[]>;
  kill(process: Pick<EngineProcess, 'pid' | 'startTicks'>, signal: NodeJS.Signals): Promise<void>;
}

interface Evidence {
  folder: string;
  items: EvidenceItem[];
  facts: CauseFacts;
}

export interface Forensics {
  /** Stacks of a hung process, before it is killed. */
  traceStacks(report: CrashReport, incidentId: string): Promise<EvidenceItem>;
  /** Collects side by side; a collector that fails is listed as missing, it never blocks. */
  collect(report: CrashReport, incidentId: string, onProgress: () => void): Promise<Evidence>;
  addFile(incidentId: string, name: string, content: string): Promise<EvidenceItem>;
}

interface CheckpointFile {
  name: string;
  bytes: Uint8Array;
}

export interface CheckpointStore {
  /** Newest first. */
  newest(engineId: string, count: number): Promise<CheckpointFile[]>;
  read(engineId: string, name: string): Promise<Uint8Array>;
  /** Written once: the same content again is no effect, a lower epoch is `StaleEpoch`. */
  writeRecovered(engineId: string, checkpoint: Checkpoint): Promise<string>;
}

/** The host's own memory of epochs and of the kill switch, independent of Temporal. */
export interface Fence {
  /** Raises the engine's epoch; `StaleEpoch` where a higher one has been seen. */
  raise(engineId: string, epoch: number): Promise<void>;
  killSwitch(engineId: string): Promise<{ engaged: boolean; reason: string }>;
}

/** One way by which people are told. */
export interface Channel {
  /** One name, one channel: what is tried again is found by it. */
  name: string;
  /** Fails with `NotificationFailed` where the notice was not taken. */
  send(notice: Notice): Promise<void>;
}

interface ReportRenderer {
  render(report: RecoveryReport): Promise<Uint8Array>;
}

export interface ReportFolder {
  write(incidentId: string, name: string, content: Uint8Array): Promise<string>;
}

/** Facts about an engine that activities need and workflows need not know. */
interface EngineFacts {
  orderIdPrefix: string;
  cashAssets: string[];
  /** `venue|ASSET` → inventory that is not exposure, decimal text. */
  baseline: Record<string, string>;
}

export interface ControlPlanePorts {
  clock: Clock;
  artifacts: ArtifactStore;
  venues: Venues;
  facts(engineId: string): EngineFacts;
  channels: Channel[];
  renderer: ReportRenderer;
  reports: ReportFolder;
}

export interface HostPorts {
  clock: Clock;
  artifacts: ArtifactStore;
  control(engineId: string): EngineControl;
  processes: ProcessTable;
  forensics: Forensics;
  checkpoints: CheckpointStore;
  fence: Fence;
}
