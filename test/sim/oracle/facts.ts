/**
 * What a simulation was, for those who judge it: what the world itself saw, beside what Relight says of it.
 *
 * Invariants: times are of virtual time; the ledger, the processes and the people speak for themselves, so nothing
 * here but `incidents` is Relight's own word; what a level cannot see is empty, and then nothing is judged by it.
 */
import type { ResolutionKind } from '../../../workflows/domain/orders/resolution.js';
import type { Verdict } from '../../../workflows/domain/reconciliation/line.js';
import type { RecoveryRecord } from '../../../workflows/domain/record.js';
import type { Answer } from '../../../workflows/domain/gates/decision.js';
import type { NoticeState } from '../../../workflows/domain/notices/states.js';
import type { Fault } from '../faults/plan.js';

/** Done in the world, by what it was meant as: an order, a cancellation, a start, a stage. */
interface Effect {
  atMs: number;
  what: string;
  /** The same for each try of one intent. */
  key: string;
}

/** An attempt at an activity that ended well in its worker, whether anybody heard of it or not. */
export interface Call {
  atMs: number;
  activity: string;
  engineId: string;
  incidentId: string;
  /** Null of what is about no instance. */
  epoch: number | null;
}

/** A process of the engine. */
export interface Life {
  engineId: string;
  instanceId: string;
  epoch: number;
  bornAtMs: number;
  diedAtMs: number | null;
}

/** What an instance may trade from then on: what it was granted, or what it trades by. */
interface Share {
  atMs: number;
  engineId: string;
  epoch: number;
  percent: number;
}

/** The engine's book against the ledger, as it resumed or at the end. */
export interface Compared {
  atMs: number;
  moment: 'resumes' | 'end';
  engineId: string;
  epoch: number;
  differences: string[];
}

/** What became of an order: Relight's word, and the ledger's at that time; null: it has never seen it. */
export interface Fate {
  order: string;
  told: ResolutionKind;
  truth: LedgerStatus | null;
}

export type LedgerStatus =
  'open' | 'partly_filled' | 'filled' | 'cancelled' | 'expired' | 'rejected';

/** What somebody said at a gate, and what it was worth: known by who made the person, not by Relight. */
export interface Sent {
  atMs: number;
  gateId: string;
  attempt: number;
  approver: string;
  answer: Answer;
  isGenuine: boolean;
  isInTime: boolean;
}

/** As it came to a channel, each key once. */
export interface Heard {
  atMs: number;
  incidentId: string;
  key: string;
  state: NoticeState;
}

/** A recovery that is not over. */
export interface Open {
  workflowId: string;
  forMs: number;
  /** What it waits for: questions by their ids and attempts. */
  questions: string[];
}

export interface Facts {
  endedAtMs: number;
  effects: Effect[];
  calls: Call[];
  lives: Life[];
  granted: Share[];
  trading: Share[];
  compared: Compared[];
  fates: Fate[];
  verdicts: Partial<Record<Verdict, number>>;
  incidents: RecoveryRecord[];
  open: Open[];
  sent: Sent[];
  heard: Heard[];
  /** Reports that lie written, by their incident. */
  reports: string[];
  /** Where something is written down, and what was planted that must not be. */
  texts: { where: string; text: string }[];
  secrets: string[];
  /** Runs that did not command the same again. */
  differed: string[];
  /** Tasks of workflows that failed. */
  failures: string[];
  /** That found their place. */
  happened: Fault[];
}

export const NO_FACTS: Facts = {
  endedAtMs: 0,
  effects: [],
  calls: [],
  lives: [],
  granted: [],
  trading: [],
  compared: [],
  fates: [],
  verdicts: {},
  incidents: [],
  open: [],
  sent: [],
  heard: [],
  reports: [],
  texts: [],
  secrets: [],
  differed: [],
  failures: [],
  happened: [],
};
