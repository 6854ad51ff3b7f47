/** Somebody at Temporal's port, with the server's own service and no key of ours. */
/* oxlint-disable typescript/no-unsafe-enum-assignment -- the enums are in a package of the SDK's own */
import { randomUUID } from 'node:crypto';
import { Client, type WorkflowHandle } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import type { World } from '../fakes/world.js';

const NAMESPACE = 'default';
const STAGE_COMPLETED = 3;
const QUEUE_KIND_NORMAL = 1;
const SCHEDULE_ACTIVITY = 1;
const QUERY_ANSWERED = 1;
const POLL_MS = 60_000;

export type Attacker = ReturnType<typeof createAttacker>;

export function json(value: unknown, metadata: Record<string, string> = {}): Payload {
  return payload(Buffer.from(JSON.stringify(value)), { encoding: 'json/plain', ...metadata });
}

export function payload(data: Uint8Array, metadata: Record<string, string>): Payload {
  const bytes = Object.entries(metadata).map(([key, text]) => [key, Buffer.from(text)] as const);
  return { metadata: Object.fromEntries(bytes), data };
}

export function createAttacker({ client: { connection } }: Pick<World, 'client'>) {
  const service = connection.workflowService;
  const client = new Client({ connection, identity: 'attacker' });
  const at = (workflowId: string) => ({ namespace: NAMESPACE, workflowExecution: { workflowId } });

  const poll = async (taskQueue: string) =>
    connection.withDeadline(Date.now() + POLL_MS, () =>
      service.pollWorkflowTaskQueue({
        namespace: NAMESPACE,
        taskQueue: { name: taskQueue, kind: QUEUE_KIND_NORMAL },
      }),
    );

  return {
    /** As any client: no key, no envelope. */
    client,

    signal: async (workflowId: string, signalName: string, payloads: Payload[]) =>
      service.signalWorkflowExecution({
        ...at(workflowId),
        signalName,
        input: { payloads },
        requestId: randomUUID(),
      }),

    /** Why it was refused; null where it was taken. */
    update: async (
      workflowId: string,
      name: string,
      payloads: Payload[],
      updateId: string = randomUUID(),
    ): Promise<string | null> => {
      const { outcome } = await service.updateWorkflowExecution({
        ...at(workflowId),
        waitPolicy: { lifecycleStage: STAGE_COMPLETED },
        request: { meta: { updateId }, input: { name, args: { payloads } } },
      });
      return outcome?.failure?.message ?? null;
    },

    query: async (workflowId: string, queryType: string, payloads: Payload[] = []) =>
      service.queryWorkflow({
        namespace: NAMESPACE,
        execution: { workflowId },
        query: { queryType, queryArgs: { payloads } },
      }),

    start: async (
      workflowId: string,
      { type, taskQueue, payloads }: { type: string; taskQueue: string; payloads: Payload[] },
    ): Promise<WorkflowHandle> => {
      await service.startWorkflowExecution({
        namespace: NAMESPACE,
        workflowId,
        workflowType: { name: type },
        taskQueue: { name: taskQueue, kind: QUEUE_KIND_NORMAL },
        input: { payloads },
        requestId: randomUUID(),
      });
      return client.workflow.getHandle(workflowId);
    },

    /** Takes the next task of a workflow that waits on a queue of the attacker's, and has it do this. */
    schedule: async (
      taskQueue: string,
      activity: { id: string; name: string; queue: string; payloads: Payload[] },
    ) => {
      const { taskToken } = await poll(taskQueue);
      const seconds = (count: number) => ({ seconds: count as never, nanos: 0 });
      await service.respondWorkflowTaskCompleted({
        namespace: NAMESPACE,
        taskToken,
        commands: [
          {
            commandType: SCHEDULE_ACTIVITY,
            scheduleActivityTaskCommandAttributes: {
              activityId: activity.id,
              activityType: { name: activity.name },
              taskQueue: { name: activity.queue, kind: QUEUE_KIND_NORMAL },
              input: { payloads: activity.payloads },
              startToCloseTimeout: seconds(20),
              scheduleToCloseTimeout: seconds(40),
            },
          },
        ],
      });
    },

    /** Answers the next question at a workflow that waits on a queue of the attacker's. */
    answerNext: async (taskQueue: string, answer: Payload) => {
      for (;;) {
        const task = await poll(taskQueue);
        const { taskToken, query } = task;
        if (query) {
          await service.respondQueryTaskCompleted({
            namespace: NAMESPACE,
            taskToken,
            completedType: QUERY_ANSWERED,
            queryResult: { payloads: [answer] },
          });
          return;
        }
        await service.respondWorkflowTaskCompleted({ namespace: NAMESPACE, taskToken });
      }
    },

    /** Needs no token: the ids of a running activity are enough. */
    complete: async (workflowId: string, activityId: string, result: Payload) =>
      service.respondActivityTaskCompletedById({
        namespace: NAMESPACE,
        workflowId,
        activityId,
        result: { payloads: [result] },
      }),
  };
}

/** What a history holds of a workflow, as it was sent. */
export interface Recorded {
  updates: { name: string; payload: Payload }[];
  signals: { name: string; payload: Payload }[];
  activities: { id: string; name: string; queue: string; payload: Payload }[];
  results: Payload[];
  start: Payload;
}

export async function recordedOf(handle: WorkflowHandle): Promise<Recorded> {
  const { events } = await handle.fetchHistory();
  const all = events ?? [];
  const first = (input: { payloads?: Payload[] | null } | null | undefined): Payload => {
    const [found] = input?.payloads ?? [];
    if (found === undefined) throw new Error('an event without a payload');
    return found;
  };
  return {
    updates: all.flatMap(({ workflowExecutionUpdateAcceptedEventAttributes: event }) => {
      const input = event?.acceptedRequest?.input;
      return input ? [{ name: input.name ?? '', payload: first(input.args) }] : [];
    }),
    signals: all.flatMap(({ workflowExecutionSignaledEventAttributes: event }) =>
      event ? [{ name: event.signalName ?? '', payload: first(event.input) }] : [],
    ),
    activities: all.flatMap(({ activityTaskScheduledEventAttributes: event }) =>
      event
        ? [
            {
              id: event.activityId ?? '',
              name: event.activityType?.name ?? '',
              queue: event.taskQueue?.name ?? '',
              payload: first(event.input),
            },
          ]
        : [],
    ),
    results: all.flatMap(({ activityTaskCompletedEventAttributes: event }) =>
      event ? [first(event.result)] : [],
    ),
    start: first(all[0]?.workflowExecutionStartedEventAttributes?.input),
  };
}
