/**
 * What activities need from the outside world. The interfaces belong to their consumer; clients
 * implement them and workers/compose/ wires them.
 */
import type { Notice, WriteStamp } from '../workflows/contract/index.js';
import type { UnseenPort } from './guardian/unseen-port.js';
import type { Workflows } from './guardian/workflows-port.js';
import type { ArtifactKind, ArtifactOf } from '../workflows/domain/artifact-kinds.js';
import type { ArtifactRef } from '../workflows/domain/content/artifact.js';
import type { CrashReport, EngineInstance, RanReport } from '../workflows/domain/crash/report.js';
import type { Remains } from '../workflows/domain/crash/life/remains.js';
import type { ContentRead } from '../workflows/domain/checkpoints/layout.js';
import type { ShadowName } from '../workflows/domain/checkpoints/shadows/names.js';
import type { Boot } from '../workflows/domain/engine/boot.js';
import type { Checkpoint } from '../workflows/domain/engine/checkpoint.js';
import type { OrderIdPrefix } from '../workflows/domain/orders/names.js';
import type { RecoveryRecord, RecoveryReport } from '../workflows/domain/record.js';
import type { Closure } from '../workflows/domain/policy/calendar.js';
import type { RuleBook } from '../workflows/domain/gates/rule-book.js';

import type { EngineControl } from './ports-of-engine.js';
import type { Forensics, JournalFolder } from './ports-of-evidence.js';
import type { Lease, Venues } from './ports-of-venues.js';

export type { EvidencePart, Forensics, JournalFolder } from './ports-of-evidence.js';
export type { Notice, WriteStamp };
export type {
  EngineCapabilities,
  EngineControl,
  EngineEnding,
  StateTold,
} from './ports-of-engine.js';
export type {
  Dated,
  Lease,
  History,
  MayLeave,
  OrderName,
  RowApart,
  RowNotUnderstood,
  OpenOrders,
  VenueAccount,
  Venues,
} from './ports-of-venues.js';

export interface Clock {
  /** This host's. */
  nowMs(): number;
  /**
   * How far it is ahead of the clock of Temporal's server, by which states are dated between hosts: as far
   * as it was measured, and 0 where the two agree. Left out: not measured.
   */
  aheadMs?(): number;
}

/** The epochs of engines as all workers of the control plane see them. */
export interface Epochs {
  /** Fails with `StaleEpoch` where a recovery, or an attempt of it, with a later one is under way. */
  raise(engineId: string, epoch: number): Promise<void>;
}

/** Content-addressed: the same content has the same reference, and is stored once. */
export interface ArtifactStore {
  put<Kind extends ArtifactKind>(kind: Kind, content: ArtifactOf<Kind>): Promise<ArtifactRef>;
  /**
   * Fails with `ArtifactMissing` where the content is absent or its hash differs, with
   * `ArtifactInvalid` where it is of another kind, or not what its kind looks like, and with
   * `ArtifactsUnreachable` (try again) where the store could not be asked: `put` fails so, too.
   */
  get<Kind extends ArtifactKind>(kind: Kind, ref: ArtifactRef): Promise<ArtifactOf<Kind>>;
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

/** Those that the engine wrote, and those that recoveries wrote for it. */
export type CheckpointFolder = 'written' | 'recovered';

export type CheckpointFile = { bytes: Uint8Array; read: ContentRead } | { unusable: string };

export interface CheckpointStore {
  /** Names among which so many of the newest are, in no order: what is in them tells which. */
  candidates(engineId: string, folder: CheckpointFolder, count: number): Promise<string[]>;
  /** Null where it is not there any more. Fails with the codes of `node:fs` where it cannot be read. */
  open(engineId: string, folder: CheckpointFolder, name: string): Promise<CheckpointFile | null>;
  /** Where the recovered one of this epoch is: the only file that an engine may be started from. */
  recoveredPath(engineId: string, epoch: number): string;
  /** Written once: the same content again is no effect, a lower epoch is `StaleEpoch`. */
  writeRecovered(engineId: string, checkpoint: Checkpoint): Promise<string>;
}

/** The host's own memory of epochs and of the kill switch, independent of Temporal. */
export interface Fence {
  /**
   * Raises the engine's epoch; `StaleEpoch` where a higher one has been seen, `EpochOutOfBounds`
   * where no recovery can have come so far.
   */
  raise(engineId: string, epoch: number): Promise<void>;
  killSwitch(engineId: string): Promise<{ engaged: boolean; reason: string }>;
  engage(engineId: string, reason: string, by: string): Promise<void>;
  /** False where it was not engaged; who released it and why is kept beside it. */
  release(engineId: string, why: { reason: string; by: string }): Promise<boolean>;
}

/** Shadow checkpoints, where all workers of the control plane find them. Fails with `ArtifactsUnreachable`. */
export interface Shadows {
  /** Newest first, by their names. */
  list(engineId: string): Promise<ShadowName[]>;
  /** Null where it is not there any more. */
  open(engineId: string, name: string): Promise<CheckpointFile | null>;
  /** Whole or not at all; of all that are there so many of the newest stay. */
  write(checkpoint: Checkpoint, keep: number): Promise<void>;
}

/** What this host remembers of the engines that it was told to start. */
export interface Launches {
  /** When the start with this key began, ms; null where it never did. */
  begunAtMs(engineId: string, key: string): Promise<number | null>;
  /** Before the process is made. */
  begin(engineId: string, key: string, atMs: number): Promise<void>;
  /** Of a start that made no process. */
  forget(engineId: string, key: string): Promise<void>;
}

/** One way by which people are told. */
export interface Channel {
  /** One name, one channel: what is tried again is found by it. */
  name: string;
  /** Fails with `NotificationFailed` where the notice was not taken. */
  send(notice: Notice): Promise<void>;
}

/** Kept over restarts of the process. */
export interface LateNotices {
  sendTo(channel: string, notice: Notice): Promise<void>;
}

/** A notice that is on its way, or was told. */
export interface KeptNotice {
  notice: Notice;
  /** Names of channels that have not taken it. */
  waiting: string[];
  atMs: number;
}

/** Notices of a process, for its next life; one key is one notice. Fails with the codes of `node:fs`. */
export interface NoticeStore {
  /** Oldest first. */
  load(): Promise<KeptNotice[]>;
  put(kept: KeptNotice): Promise<void>;
  remove(kept: Pick<KeptNotice, 'notice'>): Promise<void>;
}

interface ReportRenderer {
  render(report: RecoveryReport): Promise<Uint8Array>;
}

export interface ReportFolder {
  write(incidentId: string, name: string, content: Uint8Array): Promise<string>;
}

/** Reports where every host of the fleet finds them. */
export interface SharedReports {
  /** The same report again changes nothing. Fails with `ArtifactsUnreachable`. */
  share(
    report: Pick<RecoveryRecord, 'incidentId' | 'outcome' | 'endedAtMs'>,
    files: { json: Uint8Array; pdf: Uint8Array },
  ): Promise<void>;
}

/** Facts about an engine that activities need and workflows need not know. */
export interface EngineFacts {
  orderIdPrefix: OrderIdPrefix;
  /** By which its orders are told from others'; null or left out: by their prefix. */
  ownership?: { kind: 'prefix' | 'account' | 'engine' } | null;
  cashAssets: string[];
  /** `venue|ASSET` → inventory that is not exposure, decimal text. */
  baseline: Record<string, string>;
  /** `venue|ASSET` that is no exposure as long as no market prices it; none where this is left out. */
  harmless?: readonly string[];
  /** Venue → when it is closed by calendar; none where this is left out. */
  closures?: Readonly<Record<string, readonly Closure[]>>;
}

/** Policies and approvers as the control plane's configuration has them now. */
export interface RuleSource {
  /** Null where there is no such engine. */
  ofEngine(engineId: string): Promise<Omit<RuleBook, 'digest'> | null>;
}

/** What Temporal keeps of how workflows began. */
export interface Starts {
  /** Whether a guardian of ours started it as a recovery. */
  isOurs(workflowId: string): Promise<boolean>;
}

export interface ControlPlanePorts {
  clock: Clock;
  /** Of the attempt that asks. */
  lease: () => Lease;
  epochs: Epochs;
  rules: RuleSource;
  starts: Starts;
  workflows: Workflows;
  artifacts: ArtifactStore;
  shadows: Shadows;
  venues: Venues;
  facts(engineId: string): EngineFacts;
  channels: Channel[];
  /** What a channel has not taken within an activity's tries: sent from this machine as soon as it does. */
  lateNotices: LateNotices;
  renderer: ReportRenderer;
  reports: ReportFolder;
  /** Null where no store is shared. */
  sharedReports: SharedReports | null;
}

/**
 * What this host can say of a process of there. `here`: all; `ended`: its boot of this host is over, so
 * it is gone; `elsewhere`: nothing, it is of another host or PID namespace.
 */
export type Standing = 'here' | 'ended' | 'elsewhere';

/** The instance that was heard of last, and where that was. */
export type LastHeard = Pick<RanReport, 'instance' | 'host' | 'bootId' | 'pidNamespace'>;

export interface HostPorts extends UnseenPort {
  clock: Clock;
  /** The instance that was heard of last; null where none ever was. */
  watched(engineId: string): Promise<LastHeard | null>;
  /** Of the attempt that asks. */
  lease: () => Lease;
  /** Its name. */
  host: string;
  /** Whether the engine is one of this host's configuration. */
  hasEngine(engineId: string): boolean;
  /** Whether that configuration names the engine, on whatever host. */
  knowsEngine(engineId: string): boolean;
  artifacts: ArtifactStore;
  control(engineId: string): EngineControl;
  /** How long an engine that took the order to stop may take; null: as long as who asks waits by itself. */
  stopWithinMs?(engineId: string): number | null;
  /** How it comes to hold the recovered state; left out: from its file. */
  boot?(engineId: string): Boot;
  processes: ProcessTable;
  /** Who is left in the cgroup that a dead one had for itself; left out: nothing is known of it. */
  remains?(report: RanReport): Promise<Remains>;
  standing(there: Pick<CrashReport, 'host' | 'bootId' | 'pidNamespace'>): Standing;
  /** Why an engine that is not seen here may live all the same, in words; null where this is its place. */
  whyUnseen(engineId: string): Promise<string | null>;
  forensics: Forensics;
  checkpoints: CheckpointStore;
  journals: JournalFolder;
  fence: Fence;
  launches: Launches;
}
