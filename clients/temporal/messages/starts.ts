/**
 * How a workflow was started: its first event as the server keeps it, which nobody can write later. What is
 * ours is told by the rule of the worker that would run it (`workflows/trust/starts.ts`).
 */
import type { ConnectionLike } from '@temporalio/client';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { strangeStart } from '../../../workflows/trust/starts.js';
import { openPayload } from './open-payload.js';

const WAIT_MS = 5_000;

interface Server {
  connection: Pick<ConnectionLike, 'workflowService' | 'withDeadline'>;
  namespace: string;
  codec: PayloadCodec;
}

type Payloads = { payloads?: Payload[] | null } | null | undefined;

/** Of the newest run, where none is named. */
interface Execution {
  workflowId: string;
  runId?: string;
}

/** Fails where the server does not answer, or does not know the workflow. */
export function createStarts(server: Server) {
  return {
    isOurs: async (workflowId: string): Promise<boolean> =>
      (await whyStranger(server, { workflowId })) === null,
  };
}

/** Why it is not ours, as the end of "its start ..."; null where it is. */
export async function whyStranger(server: Server, execution: Execution): Promise<string | null> {
  const { workflowId } = execution;
  const { eventTime, workflowExecutionStartedEventAttributes: started } =
    (await firstEvent(server, execution)) ?? {};
  if (!started) return 'is not known to the server';
  const { workflowType, taskQueue, parentWorkflowExecution, input } = started;
  return strangeStart({
    workflowId,
    type: told(workflowType?.name) ?? '',
    taskQueue: told(taskQueue?.name) ?? '',
    parentRun: told(parentWorkflowExecution?.runId),
    continuedFrom: told(started.continuedExecutionRunId),
    startedAtMs: secondsOf(eventTime) * 1_000,
    input: await openedInput(server, workflowId, input),
  });
}

async function openedInput(server: Server, workflowId: string, input: Payloads): Promise<unknown> {
  const [payload] = input?.payloads ?? [];
  return payload === undefined ? undefined : openPayload(server, workflowId, payload);
}

/** A field that says nothing is empty on the wire. */
function told(text: string | null | undefined): string | null {
  return text === '' ? null : (text ?? null);
}

function secondsOf(time: { seconds?: unknown } | null | undefined): number {
  return Number(time?.seconds ?? 0);
}

async function firstEvent({ connection, namespace }: Server, execution: Execution) {
  const { history } = await connection.withDeadline(Date.now() + WAIT_MS, () =>
    connection.workflowService.getWorkflowExecutionHistory({
      namespace,
      execution,
      maximumPageSize: 1,
    }),
  );
  return history?.events?.[0];
}
