/**
 * The server as clients reach it: the calls of the gRPC service that Relight makes, over a connection that is none.
 *
 * Invariant: each call takes its time on the wire, there and back, and fails as the real one does.
 */
import proto from '@temporalio/proto';
import { described, listed } from './described.js';
import { Update, type Execution } from './execution.js';
import { requestCancel } from './other-runs.js';
import type { SimulatedServer } from './server.js';
import { payloadsOf, type Payload } from './wire.js';

const { HistoryEvent } = proto.temporal.api.history.v1;
const STAGE = { admitted: 1, accepted: 2, completed: 3 };
/** Of gRPC. */
const status = { INVALID_ARGUMENT: 3, NOT_FOUND: 5, ALREADY_EXISTS: 6, UNAVAILABLE: 14 };
/** A call that waits for an update is answered after so long, and made again. */
const LONG_POLL_MS = 20_000;

/** As grpc-js has it. */
class GrpcError extends Error {
  /** Of which the client asks for details; there are none. */
  readonly metadata = { get: () => [] };
  readonly code: number;
  readonly details: string;

  constructor(code: number, details: string) {
    super(details);
    this.code = code;
    this.details = details;
  }
}

type Request = Record<string, any>; // oxlint-disable-line typescript/no-explicit-any -- as the wire has it
type Call = (request: Request) => Promise<unknown>;

export interface ClientSide {
  /** Whether the server can be reached: by whom nobody answers waits until it can. */
  isReachable: boolean;
}

export class Service {
  #queryId = 0;
  readonly #server: SimulatedServer;
  readonly #side: ClientSide;

  constructor(server: SimulatedServer, side: ClientSide) {
    this.#server = server;
    this.#side = side;
  }

  /** For the SDK's client. */
  connection() {
    const plain = async <T>(_given: unknown, act: () => Promise<T>) => act();
    const calls = this.#calls();
    const workflowService = Object.fromEntries(
      Object.entries(calls).map(([name, call]) => [
        name,
        async (request: Request) => this.#wired(name, call, request),
      ]),
    );
    return {
      workflowService,
      options: {},
      plugins: [],
      referenceHolders: new Set(),
      withDeadline: plain,
      withMetadata: plain,
      withAbortSignal: plain,
      withApiKey: plain,
      ensureConnected: async () => undefined,
      close: async () => undefined,
    };
  }

  async #wired(name: string, call: Call, request: Request): Promise<unknown> {
    await this.#passing();
    if (!this.#side.isReachable) throw new GrpcError(status.UNAVAILABLE, `${name}: nobody answers`);
    const answer = await call(request);
    await this.#passing();
    return answer;
  }

  async #passing(): Promise<void> {
    this.#server.time.stir();
    await new Promise<void>((resolve) => void this.#server.later(resolve));
  }

  #calls(): Record<string, Call> {
    return {
      startWorkflowExecution: async (request) => ({ runId: this.#start(request).identity.runId }),
      executeMultiOperation: async (request) => this.#startAndUpdate(request),
      updateWorkflowExecution: async (request) => this.#update(request),
      pollWorkflowExecutionUpdate: async (request) => this.#poll(request),
      queryWorkflow: async (request) => this.#query(request),
      signalWorkflowExecution: async (request) => this.#signal(request),
      requestCancelWorkflowExecution: async ({ workflowExecution }) => {
        requestCancel(this.#server, this.#open(workflowExecution));
        return {};
      },
      terminateWorkflowExecution: async ({ workflowExecution, reason }) => {
        const execution = this.#open(workflowExecution);
        execution.close('terminated', { workflowExecutionTerminatedEventAttributes: { reason } });
        return {};
      },
      describeWorkflowExecution: async ({ execution }) => described(this.#known(execution)),
      getWorkflowExecutionHistory: async (request) => this.#history(request),
      getWorkflowExecutionHistoryReverse: async ({ execution, maximumPageSize }) => {
        const { events } = this.#known(execution);
        const last = events.slice(-maximumPageSize).toReversed();
        return { history: { events: last.map((event) => HistoryEvent.fromObject(event)) } };
      },
      listWorkflowExecutions: async ({ query }) => listed(this.#server, query),
      recordActivityTaskHeartbeat: async ({ taskToken, details }) => {
        const token = Buffer.from(taskToken).toString();
        const said =
          this.#server.activities.get(token)?.beat(token, details?.payloads ?? []) ?? null;
        if (said === null) throw new GrpcError(status.NOT_FOUND, 'activity task not found');
        return { cancelRequested: said === 'cancelled' };
      },
    };
  }

  #known({ workflowId, runId }: Request): Execution {
    const execution = this.#server.find(workflowId, runId);
    if (execution === undefined) {
      throw new GrpcError(status.NOT_FOUND, `workflow not found for ID: ${workflowId}`);
    }
    return execution;
  }

  #open(asked: Request): Execution {
    const execution = this.#known(asked);
    if (execution.isOpen) return execution;
    throw new GrpcError(status.NOT_FOUND, 'workflow execution already completed');
  }

  #start(request: Request): Execution {
    const { workflowId, workflowType, taskQueue, input, header, userMetadata } = request;
    const before = this.#server.newest(workflowId);
    // 3: reject duplicates; 2: only of those that failed; anything else: not while one runs.
    if (before !== undefined && (before.isOpen || request['workflowIdReusePolicy'] === 3)) {
      throw new GrpcError(status.ALREADY_EXISTS, 'workflow execution already started');
    }
    return this.#server.start({
      workflowId,
      type: workflowType.name,
      taskQueue: taskQueue.name,
      input: (input?.payloads ?? []) as Payload[],
      headers: header?.fields ?? {},
      userMetadata,
      searchAttributes: request['searchAttributes']?.indexedFields ?? {},
    });
  }

  /** `workflowIdConflictPolicy`: 1 fails, 2 uses the one that runs. */
  async #startAndUpdate({ operations }: Request): Promise<unknown> {
    const [{ startWorkflow }, { updateWorkflow }] = operations;
    const running = this.#server.newest(startWorkflow.workflowId);
    const usesIt = running?.isOpen === true && startWorkflow.workflowIdConflictPolicy === 2;
    const execution = usesIt ? running : this.#start(startWorkflow);
    const started = { runId: execution.identity.runId, started: !usesIt };
    const update = await this.#update(updateWorkflow);
    return { responses: [{ startWorkflow: started }, { updateWorkflow: update }] };
  }

  async #update(request: Request): Promise<unknown> {
    const { workflowExecution, request: asked, waitPolicy } = request;
    const id: string = asked.meta.updateId;
    const known = this.#known(workflowExecution);
    const execution = known.updates.has(id) ? known : this.#open(workflowExecution);
    const update = execution.updates.get(id) ?? this.#admit(execution, id, asked);
    return this.#reached(execution, {
      id,
      update,
      stage: waitPolicy?.lifecycleStage ?? STAGE.accepted,
    });
  }

  async #poll({ updateRef, waitPolicy }: Request): Promise<unknown> {
    const execution = this.#known(updateRef.workflowExecution);
    const update = execution.updates.get(updateRef.updateId);
    if (update === undefined) throw new GrpcError(status.NOT_FOUND, 'update not found');
    const stage = waitPolicy?.lifecycleStage ?? STAGE.completed;
    return this.#reached(execution, { id: updateRef.updateId, update, stage });
  }

  #admit(execution: Execution, id: string, asked: Request): Update {
    const { name, args, header } = asked['input'];
    const update = new Update({ meta: asked['meta'], input: asked['input'] }, () =>
      this.#server.time.stir(),
    );
    execution.updates.set(id, update);
    this.#server.tell(execution, {
      events: () => [],
      job: {
        doUpdate: {
          id,
          protocolInstanceId: id,
          name,
          input: args?.payloads ?? [],
          headers: header?.fields ?? {},
          meta: asked['meta'],
          runValidator: true,
        },
      },
    });
    return update;
  }

  async #reached(
    execution: Execution,
    { id, update, stage }: { id: string; update: Update; stage: number },
  ): Promise<unknown> {
    const deadlineMs = this.#server.time.nowMs + LONG_POLL_MS;
    const isLate = () => this.#server.time.nowMs >= deadlineMs;
    while (STAGE[update.stage] < stage && !update.isLost && !isLate()) {
      await new Promise<void>((resolve) => {
        const off = this.#server.time.after(deadlineMs - this.#server.time.nowMs, resolve);
        update.whenChanged(() => {
          off();
          resolve();
        });
      });
      this.#server.time.stir();
    }
    if (update.isLost)
      throw new GrpcError(status.NOT_FOUND, 'workflow execution already completed');
    const { workflowId, runId } = execution.identity;
    return {
      updateRef: { workflowExecution: { workflowId, runId }, updateId: id },
      stage: STAGE[update.stage],
      outcome: update.outcome,
    };
  }

  async #query({ execution: asked, query }: Request): Promise<unknown> {
    const execution = this.#known(asked);
    const queryId = String((this.#queryId += 1));
    const found = await new Promise<{ response?: unknown; failure?: unknown }>((answer) => {
      const job = {
        queryWorkflow: {
          queryId,
          queryType: query.queryType,
          arguments: query.queryArgs?.payloads ?? [],
          headers: query.header?.fields ?? {},
        },
      };
      execution.queries.set(queryId, { job, answer });
      this.#server.tasks.schedule(execution);
    });
    if (found.failure) {
      const { message } = found.failure as { message?: string };
      throw new GrpcError(status.INVALID_ARGUMENT, message ?? 'the query failed');
    }
    return { queryResult: payloadsOf(found.response ? [found.response] : []) };
  }

  async #signal({ workflowExecution, signalName, input, header }: Request): Promise<unknown> {
    const execution = this.#open(workflowExecution);
    this.#server.tell(execution, {
      events: () => [{ workflowExecutionSignaledEventAttributes: { signalName, input, header } }],
      job: {
        signalWorkflow: { signalName, input: input?.payloads ?? [], headers: header?.fields ?? {} },
      },
    });
    return {};
  }

  async #history(request: Request): Promise<unknown> {
    const execution = this.#known(request['execution']);
    if (request['historyEventFilterType'] !== 2) {
      return {
        history: { events: execution.events.map((event) => HistoryEvent.fromObject(event)) },
      };
    }
    if (request['waitNewEvent'] === true) {
      await new Promise<void>((resolve) => execution.onClosed(resolve));
      this.#server.time.stir();
    }
    const last = execution.isOpen ? [] : execution.events.slice(-1);
    return { history: { events: last.map((event) => HistoryEvent.fromObject(event)) } };
  }
}
