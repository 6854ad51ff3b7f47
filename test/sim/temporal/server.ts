/**
 * A Temporal server and its cores, simulated: runs by their ids, workers by the queue they serve, and how work
 * finds a worker. What the SDK does in TypeScript is not simulated: it stands on this.
 *
 * Invariants: the order of jobs and events is that of sdk-core 1.24 (`prepare_to_ship_activation`: start, patches,
 * signals and updates, others); a run has one task at a time; nothing is delivered to who is dead. What differs from
 * a real server stands in docs/simulation.md.
 */
import type { Random } from '../time/random.js';
import type { VirtualTime } from '../time/virtual-time.js';
import { Execution, type Arrival, type Identity } from './execution.js';
import type { AttemptOf, Latency, Poller, Server, Start, Unserved } from './parts.js';
import { WorkflowTasks } from './tasks/workflow-tasks.js';
import { payloadsOf, timestampOf, type Plain } from './wire.js';

const TASK_TIMEOUT = { seconds: 10, nanos: 0 };

let made = 0;

const MOST_FAILURES = 12;

export class SimulatedServer implements Server {
  /** By workflow id, the oldest run first. */
  readonly runs = new Map<string, Execution[]>();
  readonly byRunId = new Map<string, Execution>();
  readonly tasks: WorkflowTasks;
  readonly activities = new Map<string, AttemptOf>();
  readonly #pollers: Poller[] = [];
  readonly #unserved: Unserved[] = [];

  readonly time: VirtualTime;
  readonly random: Random;
  readonly latency: Latency;

  constructor(time: VirtualTime, { random, latency }: { random: Random; latency: Latency }) {
    this.time = time;
    this.random = random;
    this.latency = latency;
    this.tasks = new WorkflowTasks(this);
  }

  later(act: () => void): () => void {
    const { lowMs, highMs } = this.latency;
    return this.time.after(this.random.between(lowMs, highMs), act);
  }

  register(poller: Poller): void {
    this.#pollers.push(poller);
    for (const waiting of this.#unserved.splice(0)) this.whenServed(waiting);
  }

  /** Its process has ended, or does not answer any more. */
  unregister(poller: Poller): void {
    poller.native.isAlive = false;
    this.#leave(poller);
  }

  /** Its process stands still: it asks for no work, and what it does not answer is late. */
  freeze(poller: Poller): void {
    poller.native.stop();
    this.#leave(poller);
  }

  wake(poller: Poller): void {
    if (!poller.native.isAlive || !poller.native.isStopped) return;
    poller.native.wake();
    this.tasks.activations.woken(poller);
    this.register(poller);
  }

  #leave(poller: Poller): void {
    const at = this.#pollers.indexOf(poller);
    if (at >= 0) this.#pollers.splice(at, 1);
    this.tasks.activations.lost(poller);
  }

  /** Fails where tasks fail again and again: nothing comes of it any more, and each time costs a replay. */
  whenServed(waiting: Unserved): () => void {
    const { length, [length - 1]: last } = this.tasks.failures;
    if (length > MOST_FAILURES) throw new Error(`a task fails for ever: ${last?.message}`);
    const candidates = this.#pollers.filter(
      ({ taskQueue, takesWorkflows }) =>
        taskQueue === waiting.taskQueue && (takesWorkflows || !waiting.isWorkflow),
    );
    if (candidates.length > 0) waiting.serve(this.random.of(candidates));
    else this.#unserved.push(waiting);
    return () => {
      const at = this.#unserved.indexOf(waiting);
      if (at >= 0) this.#unserved.splice(at, 1);
    };
  }

  newest(workflowId: string): Execution | undefined {
    return this.runs.get(workflowId)?.at(-1);
  }

  find(workflowId: string, runId?: string | null): Execution | undefined {
    if (runId === undefined || runId === null || runId === '') return this.newest(workflowId);
    return this.runs.get(workflowId)?.find(({ identity }) => identity.runId === runId);
  }

  tell(execution: Execution, arrival: Arrival): void {
    this.time.stir();
    if (execution.tell(arrival)) this.tasks.schedule(execution);
  }

  start(start: Start): Execution {
    const runId = this.#uuid();
    const { workflowId, type, taskQueue, parent = null, continues } = start;
    const firstRunId = continues?.identity.firstRunId ?? runId;
    const continuedFrom = continues?.identity.runId ?? null;
    const identity = { workflowId, runId, firstRunId, type, taskQueue, parent, continuedFrom };
    const execution = new Execution(identity, this.time, {
      init: this.#initJob(start, identity),
      started: startedEvent(start, identity),
    });
    execution.searchAttributes = { ...start.searchAttributes };
    this.runs.set(workflowId, [...(this.runs.get(workflowId) ?? []), execution]);
    this.byRunId.set(runId, execution);
    this.tasks.schedule(execution);
    return execution;
  }

  #initJob({ input, headers = {} }: Start, identity: Identity): Plain {
    const { workflowId, type, firstRunId, continuedFrom, parent, runId } = identity;
    return {
      initializeWorkflow: {
        workflowType: type,
        workflowId,
        arguments: input,
        headers,
        randomnessSeed: this.random.between(1, 2 ** 31),
        firstExecutionRunId: firstRunId,
        originalExecutionRunId: runId,
        attempt: 1,
        startTime: timestampOf(this.time.nowMs),
        workflowTaskTimeout: TASK_TIMEOUT,
        ...(continuedFrom !== null && { continuedFromExecutionRunId: continuedFrom }),
        ...(parent !== null && {
          parentWorkflowInfo: {
            namespace: 'default',
            workflowId: parent.execution.identity.workflowId,
            runId: parent.execution.identity.runId,
          },
        }),
      },
    };
  }

  /** None of this process before it had it: what an activity of an earlier simulation left stays apart. */
  #uuid(): string {
    made += 1;
    const part = () => this.random.between(0, 0xffff).toString(16).padStart(4, '0');
    const first = made.toString(16).padStart(8, '0');
    return `${first}-${part()}-4${part().slice(1)}-8${part().slice(1)}-${part()}${part()}${part()}`;
  }
}

function startedEvent(start: Start, identity: Identity): Plain {
  const { input, headers = {}, userMetadata } = start;
  const { type, taskQueue, runId, firstRunId, continuedFrom, parent, workflowId } = identity;
  return {
    ...(userMetadata !== undefined && { userMetadata }),
    workflowExecutionStartedEventAttributes: {
      workflowType: { name: type },
      taskQueue: { name: taskQueue, kind: 1 },
      input: payloadsOf(input),
      workflowTaskTimeout: TASK_TIMEOUT,
      originalExecutionRunId: runId,
      firstExecutionRunId: firstRunId,
      attempt: 1,
      header: { fields: headers },
      workflowId,
      ...(continuedFrom !== null && { continuedExecutionRunId: continuedFrom }),
      ...(parent !== null && {
        parentWorkflowNamespace: 'default',
        parentInitiatedEventId: parent.initiatedId,
        parentWorkflowExecution: {
          workflowId: parent.execution.identity.workflowId,
          runId: parent.execution.identity.runId,
        },
      }),
    },
  };
}
