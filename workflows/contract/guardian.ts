/** What the guardian of an engine knows: what it tells, and what it carries from run to run. */
import type { ForeignReport } from '../domain/crash/home.js';
import type { KnownDeath } from '../domain/crash/repeats.js';
import type { CrashReport } from '../domain/crash/report.js';
import type { RecoveryOutcome } from '../domain/record.js';
import type { Announced, Drill } from '../domain/steering/drill.js';
import type { Moved } from '../domain/steering/fail-over.js';
import type { TakenInstructions } from '../domain/steering/instruction.js';
import type { Refusals } from '../domain/trust/refusals.js';
import type { RecoveryResult } from './recovery.js';

export interface Hold {
  reason: string;
  by: string;
}

/** A person stops the engine for good, until it is released. */
export interface KillSwitchOrder {
  reason: string;
  by: string;
  /** Orders stay in the market. */
  keepOrders: boolean;
}

interface KnownIncident {
  incidentId: string;
  workflowId: string;
  /** Of its crash, shortened: what a person may have begun anew. Missing in memories of earlier versions. */
  report?: CrashReport;
}

export interface GuardianStatus {
  engineId: string;
  epoch: number;
  crashTimesMs: number[];
  hold: Hold | null;
  /** `trading`: its recovery has granted trading; `sinceEpoch`: of its first instance. */
  openIncident: (KnownIncident & { trading?: boolean; sinceEpoch?: number; drill?: Drill }) | null;
  past: (KnownIncident & { outcome: RecoveryOutcome | 'failed' })[];
  /** Crashes during the hold, which its release takes up; missing where there was none. */
  held?: CrashReport[];
  /** That the next crash is one; missing where nobody has said so. */
  drill?: Announced;
  /** Missing where every message was taken. */
  refused?: Refusals;
  /** Missing where it was never engaged, or has been released. */
  killSwitch?: KillSwitchOrder & { atMs: number };
  /** Newest last; missing where there were none. */
  killSwitchTurns?: { turned: 'engaged' | 'released'; reason: string; by: string; atMs: number }[];
  /** Of the last death that was believed, or where a fail-over brought it; missing before the first, and in guardians of earlier versions. */
  host?: string;
  /** The last fail-over; missing where there was none. */
  moved?: Moved;
  /** The last report of another host; missing where there was none. */
  foreign?: ForeignReport;
  /** Of the last 30 days, those whose cause is known; missing before the first. */
  deaths?: KnownDeath[];
}

/** What the guardian carries from run to run. */
export interface GuardianState extends GuardianStatus {
  /** Instances whose death is known already, newest last. */
  handled: string[];
  /** Of those whose incident is not their own: which one it is; null where they died on hold. */
  incidents?: { instanceId: string; incidentId: string | null }[];
  /** Missing where there was none. */
  instructions?: TakenInstructions;
}

/** Of the guardian before one that begins without a memory. */
export interface Recalled {
  state: GuardianState;
  /** How that one ended, as the end of a sentence. */
  ended: string;
  /** That it had open, as its record is now; null where none was, or it cannot be read. */
  recovery: { epoch: number; report: CrashReport | null } | null;
}

/** How a recovery is, or has ended. */
export type RecoveryLook =
  | { kind: 'completed'; result: RecoveryResult }
  /** Otherwise than by its own word: `why` is the end of a sentence. */
  | { kind: 'ended'; why: string }
  /** It runs, and its workflow task fails again and again, or nobody can ask it. */
  | { kind: 'stuck'; why: string };
