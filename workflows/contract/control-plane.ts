/** Activities that any worker runs: exchanges, risk, market, report. */
import type { ArtifactRef } from '../domain/content/artifact.js';
import type { Why } from '../domain/books/read-fault.js';
import type { InMarket } from '../domain/orders/protection/in-market.js';
import type { NotedCounts } from '../domain/orders/noted.js';
import type { OrdersSummary, OrderWarnings } from '../domain/orders/fate/summary.js';
import type { MarketVerdict } from '../domain/policy/market.js';
import type { Breaker, Containment } from '../domain/policy/policy.js';
import type { RuleBook } from '../domain/gates/rule-book.js';
import type { MarketView } from '../domain/gates/market.js';
import type { ExposureVerdict, MeasuredExposure } from '../domain/policy/risk.js';
import type { InferredFill } from '../domain/reconciliation/origin/inferred.js';
import type { ReconciliationSummary } from '../domain/reconciliation/summary.js';
import type { RiskLeft } from '../domain/reconciliation/origin/sources.js';
import type { RecoveryRecord, ReportFiles } from '../domain/record.js';
import type { Recalled, RecoveryLook } from './guardian.js';
import type { PositionsOnly } from './host.js';
import type { LoadedState } from './recovery.js';
import type { Notice, Told } from './notices.js';

export interface ControlPlaneActivities {
  loadRules: (input: { engineId: string }) => Promise<RuleBook>;
  /** Whose a workflow is that has the id of a recovery. */
  lookAtRecovery: (input: { workflowId: string }) => Promise<{ startedByUs: boolean }>;
  /** What the guardian before this run knew; null where there was none, or nothing is kept of it. */
  recallGuardian: (input: { engineId: string; runId: string }) => Promise<Recalled | null>;
  /** Until it has ended, or is stuck. */
  watchRecovery: (input: { workflowId: string }) => Promise<RecoveryLook>;
  /** Terminates one that is stuck. */
  endRecovery: (input: { workflowId: string; why: string }) => Promise<void>;
  listOwnOrders: (input: ListInput) => Promise<OrdersListed>;
  containRisk: (input: ContainInput) => Promise<Contained>;
  renewDeadManSwitches: (input: Omit<ContainInput, 'books' | 'keepProtective'>) => Promise<void>;
  reconstructState: (input: ReconstructInput) => Promise<LoadedState>;
  loadShadow: (input: ShadowInput) => Promise<ShadowLoaded>;
  takeSnapshot: (input: SnapshotInput) => Promise<SnapshotTaken>;
  awaitReadable: (input: AwaitReadableInput) => Promise<void>;
  compareBooks: (input: CompareBooksInput) => Promise<BooksCompared>;
  reconcilePositions: (input: ReconcileInput) => Promise<PositionsReconciled>;
  inferFills: (input: ReconcileInput) => Promise<FillsInferred | null>;
  releaseBreaker: (input: { state: ArtifactRef }) => Promise<{ state: ArtifactRef }>;
  recoverOpenOrders: (input: OrdersInput) => Promise<OrdersRecovered>;
  dropUnknownOrders: (input: DropOrdersInput) => Promise<{ state: ArtifactRef }>;
  measureExposure: (input: ExposureInput) => Promise<ExposureMeasured>;
  checkMarket: (input: MarketInput) => Promise<MarketVerdict>;
  awaitMarketOpen: (input: MarketInput & { recheckMs: number }) => Promise<MarketVerdict>;
  /** What is in the market once a recovery has ended without trading. */
  readMarketAtEnd: (input: { engineId: string }) => Promise<InMarket>;
  surveyMarket: (input: SurveyInput) => Promise<MarketView>;
  writeReport: (input: { record: RecoveryRecord }) => Promise<ReportFiles>;
  notify: (notice: Notice) => Promise<Told>;
  notifyChannel: (input: { channel: string; notice: Notice }) => Promise<void>;
}

export interface ContainInput {
  engineId: string;
  action: Containment;
  /** Venue → what to do there instead. */
  at: Record<string, Containment>;
  /** Of dead-man switches. */
  timeoutMs: number;
  /** States that this recovery has given to engines: what is in them is ours under any name. */
  books: readonly ArtifactRef[];
  /** Stops that protect what is held stay; missing, of earlier versions: they do. */
  keepProtective?: boolean;
  /** Of the attempt of the recovery; histories of earlier versions lack it. */
  epoch?: number;
  /** Only these; all of the engine's where it is missing. */
  venues?: readonly string[];
  /** Not these: the agent of the engine's host has contained them; missing where it has none. */
  except?: readonly string[];
  /**
   * What may be cancelled, listed before: whoever tries again adds nothing to it. Histories of earlier
   * versions lack it, and their attempts listed by themselves.
   */
  orders?: ArtifactRef;
}

/** Where the engine's orders are to be cancelled: what is open there now. */
export interface ListInput extends Omit<ContainInput, 'orders' | 'timeoutMs'> {
  /** What has not answered by then is `late`; null: every venue is asked until it counts as away. */
  withinMs: number | null;
}

export interface OrdersListed {
  orders: ArtifactRef;
  /** Venues that can be contained now; those where nothing is to be cancelled too. */
  ready: string[];
  /** Venues that have not answered, or could not be read. */
  late: string[];
  /** Why, venue by venue; empty where nothing was wrong. */
  detail: string;
}

export interface Contained {
  action: string;
  detail: string;
  /** Venues where it was not done, or not wholly. */
  failed?: string[];
  /** What has arrived at these venues since the list was made, and was not touched. */
  more?: { orders: ArtifactRef; venues: string[] };
}

export interface SnapshotInput {
  engineId: string;
  /** Fills and cash flows from then on. */
  sinceMs: number;
  /** With all that the venues can tell, at the price of more calls. */
  thorough: boolean;
  /** Of the attempt that reads: from then on no earlier one writes at these venues. */
  epoch?: number;
}

export interface SnapshotTaken {
  snapshot: ArtifactRef;
  takenAtMs: number;
  /** `why` is text in histories of earlier versions. */
  unreadable: { venue: string; why: Why }[];
  openOrders: number;
  /** What the readable venues could not tell. */
  gaps: string[];
}

export interface AwaitReadableInput extends SnapshotInput {
  venues: string[];
  everyMs: number;
  /** An engine trades meanwhile. */
  live: boolean;
}

export interface CompareBooksInput extends SnapshotInput {
  state: ArtifactRef;
  tolerance: string;
  dustNotional?: string;
  /** Missing where the state is told whole. */
  tells?: PositionsOnly;
}

/** What differs, by name; `orders` apart, because one may be on its way; `unread`: venues. */
export interface BooksCompared {
  differing: string[];
  orders: string[];
  unread: string[];
}

export interface ReconstructInput {
  snapshot: ArtifactRef;
  sequence: number;
  /** Missing in histories of earlier versions. */
  breaker?: Breaker;
}

export interface ShadowInput {
  engineId: string;
  /** When the incident's first crash was noticed: what was read later proves nothing of before. */
  crashedAtMs: number;
  oldMs: number;
  absurdQuantity: string;
  /** The highest of the engine's own checkpoints. */
  sequence: number;
  breaker: Breaker;
}

export interface ShadowLoaded {
  /** Null where there is none from before the crash. */
  found: { name: string; ageMs: number; loaded: LoadedState } | null;
  /** Those that could not be used, and why. */
  refused: string[];
}

export interface ReconcileInput {
  engineId: string;
  state: ArtifactRef;
  snapshot: ArtifactRef;
  tolerance: string;
  dustNotional: string;
  /** When the state was true. */
  asOfMs: number;
  maxDailyLoss?: string | undefined;
  /** Missing in histories of earlier versions, as is `independent`. */
  breaker?: Breaker;
  /** False where the state was made of what the venues tell. */
  independent?: boolean;
}

export interface PositionsReconciled extends ReconciliationSummary {
  lines: ArtifactRef;
  /** What the state takes over from the venues beyond what fills and cash flows did. */
  adjustments: ArtifactRef;
  state: ArtifactRef;
  /** The daily loss is beyond the limit, and the breaker was not latched before. */
  breakerLatched?: boolean;
  /** Nothing tells whether it had latched. */
  breakerUnknown?: boolean;
  /** Missing in histories of earlier versions. */
  risk?: RiskLeft;
}

/** What the venues say of our own orders, where that explains more than the trades that they report. */
export interface FillsInferred {
  inferred: InferredFill[];
  /** With them; to be taken by a person, and by nobody else. */
  result: PositionsReconciled;
}

export interface OrdersInput {
  engineId: string;
  state: ArtifactRef;
  /** The state before the crash, as it was loaded: what it knew of fills and of stop orders. */
  before: ArtifactRef;
  snapshot: ArtifactRef;
  /** What the engine noted before it sent it; missing where it keeps no journal. */
  noted?: ArtifactRef;
  /** Resolutions whose foreign orders a person has said to adopt. */
  adopted: readonly ArtifactRef[];
  /** Until then an order that was on its way may still arrive. */
  arrivesUntilMs: number;
  /** The same from now on, as that is of another clock; not told by workflows of earlier versions. */
  arrivesInMs?: number;
  foreign: 'leave' | 'adopt';
  staleDeviation: string;
  containment: Containment;
  containmentAt: Record<string, Containment>;
}

export interface OrdersRecovered extends OrdersSummary {
  resolutions: ArtifactRef;
  state: ArtifactRef;
  warnings: OrderWarnings;
  /** Missing where the engine keeps no journal. */
  noted?: NotedCounts;
}

export interface DropOrdersInput {
  state: ArtifactRef;
  resolutions: ArtifactRef;
}

export interface ExposureInput {
  engineId: string;
  state: ArtifactRef;
  maxExposure: string;
}

/** `measured` is missing where a worker of an earlier version answered. */
export type ExposureMeasured = ExposureVerdict & { measured?: MeasuredExposure };

export interface MarketInput {
  engineId: string;
  maxVolatility: string;
  windowMs: number;
}

/** What a question shows of the market; each artifact null where the recovery has none yet. */
export interface SurveyInput {
  engineId: string;
  /** Taken as it is while it is no older than `maxAgeMs`; else the venues are read. */
  snapshot: ArtifactRef | null;
  /** The engine's book before the crash. */
  before: ArtifactRef | null;
  lines: ArtifactRef | null;
  maxAgeMs: number;
}
