/**
 * What a simulation was, for those who judge it: what the world itself saw, beside what Relight says of it.
 *
 * Invariants: times are of virtual time; the ledger, the processes and the people speak for themselves, so nothing
 * here but `incidents` is Relight's own word; what a level cannot see is empty, and then nothing is judged by it.
 */
import type { ResolutionKind } from '../../../workflows/domain/orders/resolution.js';
import type { Verdict } from '../../../workflows/domain/reconciliation/line.js';
import type { GateKind } from '../../../workflows/domain/content/gate-kind.js';
import type { RecoveryPolicy } from '../../../workflows/domain/policy/policy.js';
import type { RecoveryRecord } from '../../../workflows/domain/record.js';
import type { Answer } from '../../../workflows/domain/gates/decision.js';
import type { NoticeState } from '../../../workflows/domain/notices/states.js';
import type { Fault } from '../faults/plan.js';
import type { Cancelled, Cancelling, Held, Left, Placed, Unlimited } from './world/facts.js';
import { NO_MACHINE, type MachineFacts } from './machine/facts.js';

/** Done in the world, by what it was meant as: an order, a cancellation, a start, a stage. */
export interface Effect {
  atMs: number;
  what: string;
  /** The same for each try of one intent. */
  key: string;
}

/** An attempt at an activity that ended well in its worker, whether anybody heard of it or not. */
export interface Call {
  beganAtMs: number;
  atMs: number;
  activity: string;
  engineId: string;
  incidentId: string;
  /** Null of what names none. */
  instanceId: string | null;
  /** Null of what is about no instance. */
  epoch: number | null;
  /** By which a second try of it is known; null of what changes nothing. */
  key: string | null;
  /** Of a stage: so much of its limits may be traded. */
  percent: number | null;
  /** The verdict that it gave, in a word; null where it gives none. */
  said: string | null;
  /** What people must be asked before anything trades, by what it found; null where nothing. */
  doubt: GateKind | null;
  /** Of a measurement: the figure that it gave; null where it gives none. */
  figure: string | null;
  /** Its answer came to the workflow, and was not lost on its way. */
  isHeard: boolean;
  /** Where it says that it has cancelled; null of what cancels nothing. */
  cancels: Cancelling | null;
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

/** As it was seen. */
export interface Span {
  fromMs: number;
  toMs: number;
}

/** The engine's book against the ledger, as it resumed or at the end. */
export interface Compared {
  atMs: number;
  moment: 'resumes' | 'end';
  engineId: string;
  epoch: number;
  differences: string[];
}

/** What became of an order: Relight's word, and each of the ledger's while it looked; null: it has never seen it. */
export interface Fate {
  order: string;
  told: ResolutionKind;
  truths: (LedgerStatus | null)[];
  /** Whether the ledger, too, had so much of it filled then. */
  isFilledSo: boolean;
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
  /** From then on it counts; null: at once. */
  fromMs: number | null;
  /** What was at stake, as it was shown to who signed; null where that is no figure, or nobody has looked. */
  figure: string | null;
}

/** A question, as people were shown it last. */
export interface Shown {
  gateId: string;
  attempt: number;
  /** When they asked for it. */
  askedAtMs: number;
}

/** A death that was told, and how it was taken. */
export interface Taken {
  sentAtMs: number;
  atMs: number;
  instanceId: string;
  incidentId: string | null;
  how: string;
}

/** What people told a ramp, and it was taken. */
export interface Steered {
  sentAtMs: number;
  incidentId: string;
  command: 'pause' | 'step_down';
}

/** As it came to a channel, each key once. */
export interface Heard {
  atMs: number;
  incidentId: string;
  key: string;
  state: NoticeState;
}

/** As it lies written. */
export interface Report {
  incidentId: string;
  outcome: string;
}

/** A recovery that ended, in Temporal's word for how. */
export interface Closed {
  incidentId: string;
  how: string;
  atMs: number;
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
  /** As the world was given it; null where nothing is judged by it. */
  rules: RecoveryPolicy | null;
  /** What goes wrong in it is for Relight alone to mend. */
  needsNobody: boolean;
  /** Its venues tell of transfers, so that money from elsewhere is explained. */
  tellsTransfers: boolean;
  machine: MachineFacts;
  effects: Effect[];
  calls: Call[];
  lives: Life[];
  granted: Share[];
  /** Strategies that an engine was told to enable, each key once. */
  enabled: Omit<Share, 'percent'>[];
  /** While the kill switch was engaged on the engine's host. */
  switched: Span[];
  /** While an engine that lived did not answer. */
  silent: Span[];
  trading: Share[];
  compared: Compared[];
  /** While no engine traded. */
  held: Held[];
  unlimited: Unlimited[];
  placed: Placed[];
  /** The day's result at the end, as the engine has it and by the ledger; null where it knows none. */
  day: { believed: string; earned: string } | null;
  left: Left[];
  cancelled: Cancelled[];
  fates: Fate[];
  verdicts: Partial<Record<Verdict, number>>;
  incidents: RecoveryRecord[];
  closed: Closed[];
  /** Recoveries that somebody had begin, who may not approve that alone. */
  begun: { incidentId: string; by: string }[];
  open: Open[];
  sent: Sent[];
  shown: Shown[];
  taken: Taken[];
  steered: Steered[];
  /** The host where the engine lives, and that the rules name; null where they name none. */
  home: string | null;
  heard: Heard[];
  reports: Report[];
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
  rules: null,
  needsNobody: false,
  tellsTransfers: false,
  machine: NO_MACHINE,
  effects: [],
  calls: [],
  lives: [],
  granted: [],
  enabled: [],
  switched: [],
  silent: [],
  begun: [],
  trading: [],
  compared: [],
  held: [],
  unlimited: [],
  placed: [],
  day: null,
  left: [],
  cancelled: [],
  fates: [],
  verdicts: {},
  incidents: [],
  closed: [],
  open: [],
  sent: [],
  shown: [],
  taken: [],
  steered: [],
  home: null,
  heard: [],
  reports: [],
  texts: [],
  secrets: [],
  differed: [],
  failures: [],
  happened: [],
};
