/**
 * Tasks of workflows: what a run is shown, one activation after the other, and that what it commands is done.
 *
 * Invariants: a task that ends the run while something new has come is thrown away, and done again with it; a run
 * that a worker does not have in memory is shown first all that it was shown before, and must command the same;
 * an update that is refused has never been.
 */
import { Activations } from './activations.js';
import { forgetRefused, isClosing, isNothingElse, ordered, refusedUpdates } from './batches.js';
import { Commands } from '../commands.js';
import type { Execution } from '../execution.js';
import type { Completion } from '../../worker/native-worker.js';
import { replayedJobs, sameCommands } from './replaying.js';
import type { Poller, Server } from '../parts.js';
import { completedEvent, scheduledEvent, SDK, TASK_MS, type Task } from './task.js';
import { timestampOf, type Command, type Job } from '../wire.js';

/** As the product sets it: a worker that was killed must not hold a workflow for long. */
const STICKY_MS = 2_000;

export interface Nondeterminism {
  workflowId: string;
  before: string;
  now: string;
}

export class WorkflowTasks {
  readonly nondeterminism: Nondeterminism[] = [];
  /** How many activations were shown a second time. */
  replays = 0;
  readonly failures: { workflowId: string; message: string }[] = [];
  readonly #running = new Map<string, Task>();
  readonly activations: Activations;
  readonly #server: Server;
  readonly #commands: Commands;

  constructor(server: Server) {
    this.#server = server;
    this.#commands = new Commands(server);
    this.activations = new Activations(server);
  }

  /** Where there is something to show, and no task yet. */
  schedule(execution: Execution): void {
    const hasWork = execution.isOpen && execution.jobs.length > 0;
    if (execution.task !== 'none' || (!hasWork && execution.queries.size === 0)) return;
    execution.task = 'scheduled';
    this.#server.later(() => this.#dispatch(execution));
  }

  #dispatch(execution: Execution): void {
    const { taskQueue } = execution.identity;
    const sticky = execution.stickyTo as Poller | null;
    if (sticky?.native.isRunning === true) return this.#begin(execution, sticky);
    const wait = sticky === null ? 0 : STICKY_MS;
    execution.stickyTo = null;
    this.#server.time.after(wait, () => {
      const serve = (poller: Poller) => this.#begin(execution, poller);
      this.#server.whenServed({ taskQueue, isWorkflow: true, serve });
    });
  }

  #begin(execution: Execution, poller: Poller): void {
    const { runId } = execution.identity;
    const isQuery = !execution.isOpen || execution.jobs.length === 0;
    if (isQuery && (execution.queries.size === 0 || execution.log.length === 0)) {
      execution.refuseQueries();
      execution.task = 'none';
      return;
    }
    const keptEvents = execution.events.length;
    const scheduledId = isQuery ? 0 : execution.note(scheduledEvent(execution));
    const startedId = isQuery
      ? 0
      : execution.note({ workflowTaskStartedEventAttributes: { scheduledEventId: scheduledId } });
    const batch = isQuery ? [] : execution.begin();
    execution.task = 'running';
    const task: Task = {
      execution,
      poller,
      batch,
      keptEvents,
      scheduledId,
      startedId,
      isQuery,
      replayed: poller.cached.has(runId) ? execution.log.length : 0,
      shown: [],
      cancelTimeout: this.#server.time.after(TASK_MS, () => this.#timeOut(runId, task)),
    };
    execution.stickyTo = poller;
    this.#running.set(runId, task);
    this.#next(task);
  }

  /** What was shown before, then what is new, or what people ask. */
  #next(task: Task): void {
    const { execution, poller, batch, isQuery } = task;
    const before = execution.log[task.replayed];
    poller.cached.add(execution.identity.runId);
    if (before !== undefined) {
      this.replays += 1;
      const flags = execution.log.flatMap((shown) => shown.flags);
      const jobs = ordered(replayedJobs(before, execution.log[task.replayed]?.commands ?? []));
      return this.#show(task, { ...before, jobs }, { isReplaying: true, flags });
    }
    if (!isQuery && task.shown.length === 0) {
      const { nowMs } = this.#server.time;
      const shown = { atMs: nowMs, historyLength: task.startedId, jobs: ordered(batch) };
      task.shown.push({ ...shown, commands: [], flags: [] });
      return this.#show(task, shown, { isReplaying: false, flags: [] });
    }
    this.#ask(task);
  }

  #show(
    task: Task,
    { atMs, historyLength, jobs }: { atMs: number; historyLength: number; jobs: Job[] },
    { isReplaying, flags }: { isReplaying: boolean; flags: number[] },
  ): void {
    this.#server.time.stir();
    this.activations.send(
      task.poller,
      {
        runId: task.execution.identity.runId,
        timestamp: timestampOf(atMs),
        isReplaying,
        historyLength,
        historySizeBytes: 0,
        jobs,
        availableInternalFlags: [...new Set(flags)],
        ...(isReplaying && { lastSdkVersion: SDK.sdkVersion }),
      },
      task,
    );
  }

  #ask(task: Task): void {
    const { execution, poller } = task;
    if (execution.queries.size === 0) return this.#finish(task);
    const jobs = [...execution.queries.values()].map(({ job }) => job);
    this.activations.send(
      poller,
      {
        runId: execution.identity.runId,
        timestamp: timestampOf(this.#server.time.nowMs),
        isReplaying: false,
        historyLength: execution.events.length,
        historySizeBytes: 0,
        jobs,
      },
      task,
    );
  }

  /** A worker has answered an activation. */
  completed(poller: Poller, { runId, successful, failed }: Completion): void {
    const task = this.activations.answered(poller, runId);
    if (task === null || this.#running.get(runId) !== task) return; // given up, or it was told to forget
    if (failed) return this.#fail(task, failed.failure?.message ?? 'no reason');
    const commands = successful?.commands ?? [];
    const flags = [...(successful?.usedInternalFlags ?? [])];
    if (commands.some(({ respondToQuery }) => respondToQuery)) return this.#replied(task, commands);
    const before = task.execution.log[task.replayed];
    if (before !== undefined) {
      const difference = sameCommands(before.commands, commands);
      const { workflowId } = task.execution.identity;
      if (difference !== null) this.nondeterminism.push({ workflowId, ...difference });
      task.replayed += 1;
      return this.#next(task);
    }
    const shown = task.shown.at(-1);
    if (shown !== undefined) Object.assign(shown, { commands, flags });
    const own = this.#commands.resolvedByCore(task.execution, commands, task.shown);
    if (own.length > 0) return this.#showMore(task, own);
    this.#server.later(() => this.#accept(task));
  }

  /** What its core tells it within the same task. */
  #showMore(task: Task, jobs: Job[]): void {
    const { nowMs } = this.#server.time;
    const shown = { atMs: nowMs, historyLength: task.startedId, jobs };
    task.shown.push({ ...shown, commands: [], flags: [] });
    this.#show(task, shown, { isReplaying: false, flags: [] });
  }

  #accept(task: Task): void {
    const { execution, shown, batch } = task;
    if (this.#running.get(execution.identity.runId) !== task) return;
    const commands = shown.flatMap((each) => each.commands);
    if (!execution.isOpen) return this.#over(task);
    if (commands.some(isClosing) && execution.isOvertaken) return this.#again(task, 'UNHANDLED');
    const refused = refusedUpdates(commands, execution.updates);
    if (refused.size > 0 && isNothingElse(batch, commands, refused)) {
      execution.events.length = task.keptEvents;
      this.#commands.apply(execution, commands, 0);
      return this.#done(task);
    }
    for (const each of shown) forgetRefused(each, refused);
    execution.log.push(...shown);
    execution.attempt = 1;
    const flags = [...new Set(shown.flatMap((each) => each.flags))];
    const completedId = execution.note(completedEvent(task, flags));
    this.#commands.apply(execution, commands, completedId);
    this.#done(task);
  }

  #done(task: Task): void {
    if (task.execution.isOpen) task.execution.end();
    this.#finish(task);
  }

  /** The task is over: on with what came meanwhile, and then with what people ask. */
  #finish(task: Task): void {
    this.#over(task);
    this.schedule(task.execution);
  }

  #over(task: Task): void {
    const { execution } = task;
    task.cancelTimeout();
    this.#running.delete(execution.identity.runId);
    execution.task = 'none';
  }

  #replied({ execution, ...task }: Task, commands: readonly Command[]): void {
    for (const { respondToQuery: told } of commands) {
      if (!told) continue;
      const asked = execution.queries.get(told.queryId ?? '');
      execution.queries.delete(told.queryId ?? '');
      asked?.answer({ response: told.succeeded?.response, failure: told.failed });
    }
    this.#finish({ execution, ...task });
  }

  #fail(task: Task, message: string): void {
    const { workflowId } = task.execution.identity;
    this.failures.push({ workflowId, message });
    if (task.isQuery) {
      for (const { answer } of task.execution.queries.values()) answer({ failure: { message } });
      task.execution.queries.clear();
      return this.#finish(task);
    }
    this.#again(task, message);
  }

  /** As if it had not been; the run is shown anew, at once, and later at each further failure. */
  #again(task: Task, why: string): void {
    const { execution, poller, batch } = task;
    const cause = why === 'UNHANDLED' ? 12 : 23;
    this.#forget(execution, poller);
    this.#over(task);
    execution.note({
      workflowTaskFailedEventAttributes: {
        scheduledEventId: task.scheduledId,
        startedEventId: task.startedId,
        cause,
      },
    });
    execution.end();
    execution.jobs.unshift(...batch);
    execution.attempt += why === 'UNHANDLED' ? 0 : 1;
    const waitMs = execution.attempt > 2 ? TASK_MS : 0;
    execution.task = 'scheduled';
    this.#server.time.after(waitMs, () => this.#dispatch(execution));
  }

  #timeOut(runId: string, task: Task): void {
    if (this.#running.get(runId) !== task) return;
    const { execution, poller, batch } = task;
    this.#forget(execution, poller);
    this.#over(task);
    if (task.isQuery) return this.schedule(execution);
    execution.note({
      workflowTaskTimedOutEventAttributes: {
        scheduledEventId: task.scheduledId,
        startedEventId: task.startedId,
        timeoutType: 1,
      },
    });
    execution.end();
    execution.jobs.unshift(...batch);
    execution.stickyTo = null;
    this.schedule(execution);
  }

  #forget({ identity: { runId } }: Execution, poller: Poller): void {
    if (!poller.cached.delete(runId)) return;
    const jobs = [{ removeFromCache: { message: 'evicted' } }];
    this.activations.send(poller, { runId, jobs }, null);
  }
}
