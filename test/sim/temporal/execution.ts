/**
 * One run of a workflow, as the server keeps it: its history, what it has been told and not been shown yet, and
 * what it waits for.
 *
 * Invariants: while a task of it runs, what happens is kept back, and comes after what the task commands; what
 * was shown once is shown again in the same order, by the log of its activations.
 */
import type { VirtualTime } from '../time/virtual-time.js';
import {
  timestampOf,
  typeOf,
  type Command,
  type EventBody,
  type HistoryEvent,
  type Job,
} from './wire.js';

export interface Identity {
  workflowId: string;
  runId: string;
  firstRunId: string;
  type: string;
  taskQueue: string;
  parent: { execution: Execution; seq: number; initiatedId: number } | null;
  continuedFrom: string | null;
}

/** What a worker was shown, and what it said. */
export interface Shown {
  atMs: number;
  historyLength: number;
  jobs: Job[];
  commands: Command[];
  flags: number[];
}

/** Something that a run is to be told. */
export interface Arrival {
  /** `next`: the id that the first of them will have. */
  events: (next: number) => EventBody[];
  /** Null of what its core keeps to itself. */
  job: Job | null;
  /** Done as it comes into the history, with the id of its last event. */
  noted?: (eventId: number) => void;
}

export type Status =
  'running' | 'completed' | 'failed' | 'canceled' | 'terminated' | 'continuedAsNew';

interface Waiting {
  cancel: () => void;
}

interface RunningActivity extends Waiting {
  scheduled: { activityId?: string | null; activityType?: string | null };
  requestCancel: (by: Record<string, unknown>) => void;
}

export class Execution {
  readonly events: HistoryEvent[] = [];
  readonly log: Shown[] = [];
  readonly startedAtMs: number;
  status: Status = 'running';
  closedAtMs: number | null = null;
  task: 'none' | 'scheduled' | 'running' = 'none';
  /** Of tasks that failed, in a row. */
  attempt = 1;
  /** The worker that has it in memory. */
  stickyTo: object | null = null;
  searchAttributes: Record<string, unknown> = {};
  readonly patches: string[] = [];
  readonly timers = new Map<number, Waiting & { startedId: number }>();
  readonly activities = new Map<number, RunningActivity>();
  readonly children = new Map<number, Execution | null>();
  readonly updates = new Map<string, Update>();
  readonly queries = new Map<string, Asked>();
  /** What the run has been told the end of: to cancel it then is nothing. */
  readonly ended = { activities: new Set<number>(), timers: new Set<number>() };
  jobs: Job[] = [];
  #held: Arrival[] | null = null;
  readonly #closed: (() => void)[] = [];

  readonly identity: Identity;
  readonly #time: VirtualTime;

  constructor(
    identity: Identity,
    time: VirtualTime,
    { init, started }: { init: Job; started: EventBody },
  ) {
    this.identity = identity;
    this.#time = time;
    this.startedAtMs = time.nowMs;
    this.jobs.push(init);
    this.note(started);
  }

  get isOpen(): boolean {
    return this.status === 'running';
  }

  /** Gives the id of the event. */
  note(body: EventBody): number {
    const eventId = this.events.length + 1;
    const eventTime = timestampOf(this.#time.nowMs);
    this.events.push({ eventId, eventTime, eventType: typeOf(body), ...body });
    return eventId;
  }

  /** Whether there is something to show it now. */
  tell(arrival: Arrival): boolean {
    if (!this.isOpen) return false;
    if (this.#held !== null) {
      this.#held.push(arrival);
      return false;
    }
    this.#take(arrival);
    return true;
  }

  #take({ events, job, noted }: Arrival): void {
    for (const event of events(this.events.length + 1)) this.note(event);
    if (job !== null) this.jobs.push(job);
    noted?.(this.events.length);
  }

  /** Of one that was ended before any worker had looked at it: there is nobody who could answer. */
  refuseQueries(): void {
    const failure = { message: 'no workflow task of it was ever completed' };
    for (const { answer } of this.queries.values()) answer({ failure });
    this.queries.clear();
  }

  /** Of what has not been shown yet: as a timer that is cancelled at the moment it fires. */
  forget(isIt: (job: Job) => boolean, event: 'drop' | 'keep'): void {
    this.jobs = this.jobs.filter((job) => !isIt(job));
    for (const arrival of this.#held ?? []) {
      if (arrival.job === null || !isIt(arrival.job)) continue;
      arrival.job = null;
      if (event === 'drop') arrival.events = () => [];
    }
  }

  /** From here on a task runs: gives what it is to show. */
  begin(): Job[] {
    this.#held = [];
    this.task = 'running';
    for (const job of this.jobs) {
      const { resolveActivity, fireTimer } = job as Record<string, { seq: number } | undefined>;
      if (resolveActivity !== undefined) this.ended.activities.add(resolveActivity.seq);
      if (fireTimer !== undefined) this.ended.timers.add(fireTimer.seq);
    }
    return this.jobs.splice(0);
  }

  /** Whether something has come that the running task does not know. */
  get isOvertaken(): boolean {
    return (this.#held ?? []).some(({ job }) => job !== null);
  }

  /** The task is over: takes what came meanwhile; whether there is any. */
  end(): boolean {
    const held = this.#held ?? [];
    this.#held = null;
    this.task = 'none';
    for (const arrival of held) this.#take(arrival);
    return held.length > 0;
  }

  close(status: Exclude<Status, 'running'>, event: EventBody): void {
    this.note(event);
    this.status = status;
    this.closedAtMs = this.#time.nowMs;
    this.#held = null;
    for (const { cancel } of this.timers.values()) cancel();
    for (const { cancel } of this.activities.values()) cancel();
    for (const update of this.updates.values()) update.lose();
    for (const told of this.#closed.splice(0)) told();
  }

  onClosed(told: () => void): void {
    if (this.isOpen) this.#closed.push(told);
    else told();
  }
}

/** A question to it, and to whom the answer goes. */
export interface Asked {
  job: Job;
  answer: (found: { response?: unknown; failure?: unknown }) => void;
}

/** An update by its id: how far it is, and who waits for how far. */
export class Update {
  stage: 'admitted' | 'accepted' | 'completed' = 'admitted';
  /** Of one that is completed: `success` or `failure`, as the wire has it. */
  outcome: { success?: unknown; failure?: unknown } | null = null;
  acceptedId = 0;
  isLost = false;
  readonly #waiting: (() => void)[] = [];

  readonly request: { meta?: unknown; input?: unknown };
  readonly onChange: () => void;

  constructor(request: Update['request'], onChange: () => void) {
    this.request = request;
    this.onChange = onChange;
  }

  accept(acceptedId: number): void {
    this.stage = 'accepted';
    this.acceptedId = acceptedId;
    this.#changed();
  }

  complete(outcome: { success?: unknown; failure?: unknown }): void {
    this.stage = 'completed';
    this.outcome = outcome;
    this.#changed();
  }

  /** Its workflow has ended before it. */
  lose(): void {
    this.isLost = this.stage !== 'completed';
    this.#changed();
  }

  whenChanged(told: () => void): void {
    this.#waiting.push(told);
  }

  #changed(): void {
    this.onChange();
    for (const told of this.#waiting.splice(0)) told();
  }
}
