/**
 * One activity of a run: its attempts, their time-outs and retries, and what becomes of it.
 *
 * Invariants: an attempt that was given up goes on in its worker, and is told so at its next beat; what it says is
 * taken no more; beats are held back by the core as the product sets it.
 */
import type { temporal } from '@temporalio/proto';
import proto from '@temporalio/proto';
import type { ActivityResult } from '../worker/native-worker.js';
import type { Execution } from './execution.js';
import { scheduledEvent, type Scheduled } from './scheduled.js';
import type { Ordered, Poller, Server } from './parts.js';
import { msOf, payloadsOf, timestampOf, type Failure, type Plain } from './wire.js';

type TimeoutType = temporal.api.enums.v1.TimeoutType;
type RetryState = temporal.api.enums.v1.RetryState;

const { TimeoutType: Timeout, RetryState: Retry } = proto.temporal.api.enums.v1;
const TIMEOUT = {
  startToClose: Timeout.TIMEOUT_TYPE_START_TO_CLOSE,
  scheduleToStart: Timeout.TIMEOUT_TYPE_SCHEDULE_TO_START,
  scheduleToClose: Timeout.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE,
  heartbeat: Timeout.TIMEOUT_TYPE_HEARTBEAT,
};
const TIMEOUT_WORDS = ['', 'StartToClose', 'ScheduleToStart', 'ScheduleToClose', 'Heartbeat'];
const RETRY_STATE = {
  nonRetryable: Retry.RETRY_STATE_NON_RETRYABLE_FAILURE,
  timeout: Retry.RETRY_STATE_TIMEOUT,
  attempts: Retry.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED,
};

interface Attempt {
  token: string;
  poller: Poller;
  startedAtMs: number;
  off: (() => void)[];
}

export class ActivityRun {
  readonly #server: Server;
  readonly #execution: Execution;
  readonly #scheduled: Scheduled;
  readonly #scheduledId: number;
  readonly #atMs: number;
  #attemptAtMs: number;
  #number = 1;
  #attempt: Attempt | null = null;
  #details: unknown[] = [];
  #isOver = false;
  #isCancelled = false;
  #off: (() => void)[] = [];
  #lastFailure: Failure | null = null;

  constructor(
    { server, execution, completedId }: Ordered,
    scheduled: Scheduled,
    userMetadata: unknown,
  ) {
    this.#server = server;
    this.#execution = execution;
    this.#scheduled = scheduled;
    this.#atMs = server.time.nowMs;
    this.#attemptAtMs = this.#atMs;
    this.#scheduledId = execution.note(scheduledEvent(scheduled, { userMetadata, completedId }));
    execution.activities.set(scheduled.seq ?? 0, {
      scheduled,
      cancel: () => this.#end(),
      requestCancel: (by) => this.#requestCancel(by),
    });
  }

  schedule(): void {
    const { scheduleToCloseTimeout, scheduleToStartTimeout } = this.#scheduled;
    this.#limit(msOf(scheduleToCloseTimeout), () => this.#timeOut(TIMEOUT.scheduleToClose));
    this.#limit(msOf(scheduleToStartTimeout), () => {
      if (this.#attempt === null) this.#timeOut(TIMEOUT.scheduleToStart);
    });
    this.#queue();
  }

  #limit(ms: number | null, act: () => void): void {
    if (ms !== null) this.#off.push(this.#server.time.after(ms, act));
  }

  #queue(): void {
    this.#attemptAtMs = this.#server.time.nowMs;
    const taskQueue = this.#scheduled.taskQueue ?? '';
    this.#off.push(
      this.#server.later(() => {
        if (this.#isOver) return;
        const serve = (poller: Poller) => this.#start(poller);
        this.#off.push(this.#server.whenServed({ taskQueue, isWorkflow: false, serve }));
      }),
    );
  }

  #start(poller: Poller): void {
    if (this.#isOver) return;
    const { identity } = this.#execution;
    const { activityId, startToCloseTimeout, heartbeatTimeout } = this.#scheduled;
    const token = JSON.stringify([
      identity.runId,
      activityId,
      this.#number,
      this.#server.random.next(),
    ]);
    const attempt: Attempt = { token, poller, startedAtMs: this.#server.time.nowMs, off: [] };
    this.#attempt = attempt;
    this.#server.activities.set(token, this);
    const startToCloseMs = msOf(startToCloseTimeout);
    if (startToCloseMs !== null) {
      const giveUp = () => this.#timeOut(TIMEOUT.startToClose);
      attempt.off.push(this.#server.time.after(startToCloseMs, giveUp));
    }
    this.#awaitBeat(msOf(heartbeatTimeout));
    this.#server.time.stir();
    poller.native.sendActivity({ taskToken: Buffer.from(token), start: this.#task() });
  }

  #task(): Plain {
    const { identity } = this.#execution;
    const { arguments: input, headers, ...scheduled } = this.#scheduled;
    return {
      workflowNamespace: 'default',
      workflowType: identity.type,
      workflowExecution: { workflowId: identity.workflowId, runId: identity.runId },
      activityId: scheduled.activityId,
      activityType: scheduled.activityType,
      headerFields: headers,
      input,
      heartbeatDetails: this.#details,
      scheduledTime: timestampOf(this.#atMs),
      currentAttemptScheduledTime: timestampOf(this.#attemptAtMs),
      startedTime: timestampOf(this.#server.time.nowMs),
      attempt: this.#number,
      scheduleToCloseTimeout: scheduled.scheduleToCloseTimeout ?? NONE,
      startToCloseTimeout: scheduled.startToCloseTimeout ?? NONE,
      heartbeatTimeout: scheduled.heartbeatTimeout,
      retryPolicy: scheduled.retryPolicy,
    };
  }

  #beatOff: () => void = () => undefined;

  #awaitBeat(ms: number | null): void {
    this.#beatOff();
    if (ms !== null)
      this.#beatOff = this.#server.time.after(ms, () => this.#timeOut(TIMEOUT.heartbeat));
  }

  /** Whether its attempt is still wanted; null: nobody knows the token any more. */
  beat(token: string, details: readonly unknown[]): 'goes on' | 'cancelled' | null {
    if (!this.waitsFor(token)) return null;
    this.#details = [...details];
    this.#awaitBeat(msOf(this.#scheduled.heartbeatTimeout));
    return this.#isCancelled ? 'cancelled' : 'goes on';
  }

  /** Whether that is its attempt now, and not one that was given up. */
  waitsFor(token: string): boolean {
    return !this.#isOver && this.#attempt?.token === token;
  }

  /** Of one that is called off its run hears no more. */
  isHeard(token: string): boolean {
    return this.waitsFor(token) && !this.#isCancelled;
  }

  completed(token: string, { result }: ActivityResult): void {
    if (!this.waitsFor(token)) return; // given up meanwhile
    if (result?.completed) {
      const done = result.completed.result ?? null;
      return this.#close(
        (ids) => ({
          activityTaskCompletedEventAttributes: { ...ids, result: payloadsOf(done ? [done] : []) },
        }),
        { completed: { result: done } },
      );
    }
    if (result?.cancelled) {
      return this.#close((ids) => ({ activityTaskCanceledEventAttributes: ids }), null);
    }
    const failure = result?.failed?.failure ?? {
      message: 'an attempt that ended without a result',
    };
    const info = failure.applicationFailureInfo;
    const { nonRetryableErrorTypes = [] } = this.#scheduled.retryPolicy ?? {};
    const isFinal =
      info?.nonRetryable === true || (nonRetryableErrorTypes ?? []).includes(info?.type ?? '');
    if (isFinal) return this.#fail(failure, RETRY_STATE.nonRetryable);
    this.#retry(failure, msOf(info?.nextRetryDelay), () =>
      this.#fail(failure, RETRY_STATE.attempts),
    );
  }

  #retry(failure: Failure, givenMs: number | null, giveUp: () => void): void {
    const policy = this.#scheduled.retryPolicy ?? {};
    const most = policy.maximumAttempts ?? 0;
    if (this.#isCancelled) return giveUp();
    const waitMs = givenMs ?? this.#backOffMs();
    const limitMs = msOf(this.#scheduled.scheduleToCloseTimeout);
    const isLate = limitMs !== null && this.#server.time.nowMs + waitMs - this.#atMs >= limitMs;
    if ((most > 0 && this.#number >= most) || isLate) return giveUp();
    this.#lastFailure = failure;
    this.#giveUpAttempt();
    this.#number += 1;
    this.#off.push(this.#server.time.after(waitMs, () => this.#queue()));
  }

  #backOffMs(): number {
    const policy = this.#scheduled.retryPolicy ?? {};
    const first = msOf(policy.initialInterval) ?? 1_000;
    const grown = first * (policy.backoffCoefficient || 2) ** (this.#number - 1);
    return Math.min(grown, msOf(policy.maximumInterval) ?? 100 * first);
  }

  #timeOut(timeoutType: TimeoutType): void {
    if (this.#isOver) return;
    const failure: Failure = {
      message: `activity ${TIMEOUT_WORDS[timeoutType]} timeout`,
      source: 'Server',
      timeoutFailureInfo: { timeoutType },
    };
    const giveUp = () => this.#timedOut(failure);
    const isOfAttempt = timeoutType === TIMEOUT.startToClose || timeoutType === TIMEOUT.heartbeat;
    if (isOfAttempt) this.#retry(failure, null, giveUp);
    else giveUp();
  }

  #timedOut(failure: Failure): void {
    const told = { ...failure, ...(this.#lastFailure !== null && { cause: this.#lastFailure }) };
    const retryState = RETRY_STATE.timeout;
    this.#close(
      (ids) => ({ activityTaskTimedOutEventAttributes: { ...ids, failure: told, retryState } }),
      { failed: { failure: this.#wrapped('Activity task timed out', told, retryState) } },
    );
  }

  #fail(failure: Failure, retryState: RetryState): void {
    this.#close((ids) => ({ activityTaskFailedEventAttributes: { ...ids, failure, retryState } }), {
      failed: { failure: this.#wrapped('Activity task failed', failure, retryState) },
    });
  }

  #wrapped(message: string, cause: Failure, retryState: RetryState): Failure {
    const { activityId, activityType } = this.#scheduled;
    const type = { name: activityType ?? '' };
    return {
      message,
      cause,
      activityFailureInfo: { activityId: activityId ?? '', activityType: type, retryState },
    };
  }

  /** `result`: null of what is told by nothing but its event. */
  #close(event: (ids: Plain) => Plain, result: Plain | null): void {
    const number = this.#number;
    const isStarted = this.#attempt !== null;
    const seq = this.#scheduled.seq ?? 0;
    const isTold = result !== null && !this.#isCancelled;
    this.#end();
    const scheduledEventId = this.#scheduledId;
    this.#server.tell(this.#execution, {
      events: (next) => {
        const started = {
          activityTaskStartedEventAttributes: { scheduledEventId, attempt: number },
        };
        const ids = { scheduledEventId, ...(isStarted && { startedEventId: next }) };
        return isStarted ? [started, event(ids)] : [event(ids)];
      },
      job: isTold ? { resolveActivity: { seq, result } } : null,
    });
  }

  /** The run waits for it no more; who works on it is told at its next beat. */
  #requestCancel(by: Plain): void {
    const scheduledEventId = this.#scheduledId;
    this.#execution.note({
      activityTaskCancelRequestedEventAttributes: { ...by, scheduledEventId },
    });
    if (this.#isOver) return;
    this.#isCancelled = true;
    if (this.#attempt !== null) return;
    this.#close((ids) => ({ activityTaskCanceledEventAttributes: ids }), null);
  }

  #giveUpAttempt(): void {
    this.#beatOff();
    for (const off of this.#attempt?.off ?? []) off();
    this.#attempt = null;
  }

  #end(): void {
    this.#isOver = true;
    this.#giveUpAttempt();
    for (const off of this.#off.splice(0)) off();
  }
}

const NONE = { seconds: 0, nanos: 0 };
