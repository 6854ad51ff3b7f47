/** What activities need of one engine: its control surface, by HTTP or by the team's own commands. */
import type { WriteStamp } from '../workflows/contract/index.js';
import type {
  ComprehensiveHealthTold,
  OrderTaken,
  PositionUpdate,
  QuickHealthTold,
  RiskLimits,
  StateDigest,
  UnlistedLimits,
} from '../workflows/domain/engine/control.js';
import type { ToldPositions } from '../workflows/domain/reconciliation/told-positions.js';
import type { RiskLevel } from '../workflows/domain/policy/policy.js';
import type { EngineState, Order } from '../workflows/domain/books/state.js';

interface StartRequest extends WriteStamp {
  instanceId: string;
  statePath: string;
}

/** `untold`: what of it the engine cannot tell, in words; absent where it tells all, in exact figures. */
export interface StateTold {
  sequence: number;
  state: EngineState;
  untold?: readonly string[];
}

/** What an engine may offer; `offered` of procedures/capabilities.ts gives it, or says what lacks. */
export interface EngineCapabilities {
  comprehensiveHealth(): Promise<ComprehensiveHealthTold>;
  stateDigest(): Promise<StateDigest>;
  state(): Promise<StateTold>;
  /** In place of `state`, where it tells nothing else of it. */
  positions(): Promise<ToldPositions>;
  riskLimits(): Promise<RiskLimits | UnlistedLimits>;
  setLimits(percent: number, stamp: WriteStamp): Promise<void>;
  enableStrategies(level: RiskLevel, stamp: WriteStamp): Promise<void>;
  /** Without it an engine is stopped by signals. */
  shutdown(mode: 'graceful' | 'emergency', stamp: WriteStamp): Promise<void>;
  /** It reads the venues again by itself. */
  sync(stamp: WriteStamp): Promise<void>;
  /** Fails with `EngineRefused` where it is not taken, in the engine's words. */
  updatePosition(update: PositionUpdate, stamp: WriteStamp): Promise<void>;
  /** `known`: it had the order already, whatever figures it has of it. Refused as `updatePosition` is. */
  importOrder(order: Order, stamp: WriteStamp): Promise<OrderTaken['outcome']>;
  /** How many orders it holds open. */
  openOrders(): Promise<number>;
  /** Gross, as the engine itself figures it: decimal text. */
  exposure(): Promise<string>;
}

/** The engine's control surface, by HTTP or by the team's own commands: what every engine has. */
export interface EngineControl extends Partial<EngineCapabilities> {
  /** Starts without trading; returns when the process runs, not when it is healthy. */
  start(request: StartRequest): Promise<void>;
  /** By the weakest proof where it offers none: that its process lives. */
  quickHealth(): Promise<QuickHealthTold>;
  /** Of an instance that this process has started last; null where it runs, or nothing is known of it. */
  ending(instanceId: string): Promise<EngineEnding | null>;
}

export interface EngineEnding {
  /** With its status, and the last line of its log. */
  words: string;
  /** What ended well may have handed over to another process. */
  failed: boolean;
}
