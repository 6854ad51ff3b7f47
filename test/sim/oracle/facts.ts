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
  /** Where it says that it has cancelled; null of what cancels nothing. */
  cancels: Cancelling | null;
}

/** As it was asked to, by venue, and what it came to: all others are told as clear. */
interface Cancelling {
  action: string;
  at: Readonly<Record<string, string>>;
  /** Null: all. */
  venues: readonly string[] | null;
  except: readonly string[];
  notClear: readonly string[];
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

/** What the accounts hold, by the ledger: gross, in cash, beside what belongs there; and what of it has no price. */
interface Held {
  atMs: number;
  total: string;
  unpriced: string[];
}

/** Limits that an engine was granted trading under, beside those of the rules: names of what it lacks or has otherwise. */
interface Unlimited {
  atMs: number;
  epoch: number;
  names: string[];
}

/** An order of a later engine; the day's result by the ledger: the better of as the last one died, and as it came. */
interface Placed {
  atMs: number;
  epoch: number;
  order: string;
  dayResult: string;
}

/** Told as cleared of all that was the dead engine's, by the ledger: what of it rests, or came while it was looked for. */
interface Left {
  atMs: number;
  by: 'relight' | 'agent';
  venue: string;
  orders: string[];
}

/** By Relight or an agent. */
interface Cancelled {
  atMs: number;
  order: string;
  whose: 'own' | 'theirs' | 'nobody';
  /** It waits for its price, and can only close. */
  protects: boolean;
  /** The instance that trades beside it, came before it, and of which nobody has told that it died; null: none. */
  beside: string | null;
}

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
  heard: [],
  reports: [],
  texts: [],
  secrets: [],
  differed: [],
  failures: [],
  happened: [],
};
