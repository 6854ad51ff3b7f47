/**
 * Our workflows as the server has them: whether a recovery gets on, and what a guardian that has ended
 * knew.
 *
 * Invariants: what a workflow is said to have answered is believed only where the control plane has
 * signed it; a server that does not answer is no word about any workflow.
 */
import { ServiceError, type Client, type ConnectionLike } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import type { Recalled, RecoveryLook, RecoveryResult } from '../../workflows/contract/index.js';
import type { FailingTask, Unanswered } from '../../workflows/domain/crash/stuck.js';
import { notAllowed } from '../../workflows/domain/trust/senders.js';
import { guardianWorkflowId } from '../../workflows/ids.js';
import * as messages from '../../workflows/messages.js';
import { markOf } from '../../workflows/trust/converter.js';
import { failingTask, whyUnanswered } from './failing.js';
import { endWords, msOf } from './histories.js';
import { openPayload } from './messages/open-payload.js';

const WAIT_MS = 8_000;
/** As the server numbers it. */
const RUNNING = 1;
const MOST_RUNS = 10;

interface Server {
  connection: Pick<ConnectionLike, 'workflowService' | 'withDeadline'>;
  namespace: string;
  codec: PayloadCodec;
  /** Speaks as the control plane. */
  client: Client;
}

type Look =
  | Exclude<RecoveryLook, { kind: 'stuck' }>
  | { kind: 'running' }
  | ({ kind: 'failing' } & FailingTask);

export function createWorkflows(server: Server) {
  return {
    look: async (workflowId: string): Promise<Look> => look(server, workflowId),
    whyUnanswered: async (workflowId: string): Promise<Unanswered | null> =>
      whyUnanswered(server, workflowId, messages.openGate.name),
    terminate: async (workflowId: string, why: string): Promise<void> => {
      await server.client.workflow.getHandle(workflowId).terminate(why);
    },
    recall: async (engineId: string, runId: string): Promise<Recalled | null> =>
      recall(server, engineId, runId),
  };
}

async function look(server: Server, workflowId: string): Promise<Look> {
  const { connection, namespace } = server;
  const execution = { workflowId };
  const { workflowExecutionInfo: info, pendingWorkflowTask: task } = await soon(server, () =>
    connection.workflowService.describeWorkflowExecution({ namespace, execution }),
  );
  if (Number(info?.status) === RUNNING) {
    const failing = await failingTask(server, workflowId, task);
    return failing === null ? { kind: 'running' } : { kind: 'failing', ...failing };
  }
  return closed(server, workflowId);
}

async function closed(server: Server, workflowId: string): Promise<Look> {
  const last = await lastEvent(server, { workflowId });
  const [payload] = last?.workflowExecutionCompletedEventAttributes?.result?.payloads ?? [];
  if (payload === undefined) return { kind: 'ended', why: endWords(last) };
  const result = await openPayload(server, workflowId, payload);
  const why = notAllowed('recoveryResult', markOf(result), null);
  return why === null
    ? { kind: 'completed', result: result as RecoveryResult }
    : { kind: 'ended', why: `has ended with a result that ${why}` };
}

async function recall(server: Server, engineId: string, runId: string): Promise<Recalled | null> {
  const { connection, namespace, client } = server;
  const workflowId = guardianWorkflowId(engineId);
  const { executions } = await soon(server, () =>
    connection.workflowService.listWorkflowExecutions({
      namespace,
      pageSize: MOST_RUNS,
      query: `WorkflowId = '${workflowId.replaceAll("'", "''")}'`,
    }),
  );
  const before = (executions ?? [])
    .filter(({ execution, type }) => {
      return execution?.runId !== runId && type?.name === messages.GUARDIAN_WORKFLOW;
    })
    .toSorted((a, b) => msOf(b.startTime) - msOf(a.startTime));
  for (const { execution } of before) {
    const handle = client.workflow.getHandle(workflowId, execution?.runId ?? undefined);
    // One that a stranger began knows nothing, and says so by no answer of ours.
    const state = await handle.query(messages.guardianMemory).catch(noAnswer);
    if (state === null || state.engineId !== engineId) continue;
    const ended = endWords(await lastEvent(server, { workflowId, runId: execution?.runId ?? '' }));
    return { state, ended, recovery: await recoveryOf(client, state.openIncident) };
  }
  return null;
}

/** Nobody being there is no answer about a guardian: whoever asks asks again. */
function noAnswer(error: unknown): null {
  const { code } = (error instanceof ServiceError ? (error.cause ?? {}) : {}) as { code?: number };
  if (code === 4 || code === 14) throw error;
  return null;
}

/** Of the newest run, where none is named. */
async function lastEvent(server: Server, execution: { workflowId: string; runId?: string }) {
  const { connection, namespace } = server;
  const { history } = await soon(server, () =>
    connection.workflowService.getWorkflowExecutionHistoryReverse({
      namespace,
      execution,
      maximumPageSize: 1,
    }),
  );
  return history?.events?.[0];
}

async function recoveryOf(
  client: Client,
  open: messages.GuardianState['openIncident'],
): Promise<Recalled['recovery']> {
  if (open === null) return null;
  try {
    const { epoch, crashes } = await client.workflow
      .getHandle(open.workflowId)
      .query(messages.recoveryRecord);
    return { epoch, report: crashes.at(-1) ?? null };
  } catch {
    return null;
  }
}

async function soon<T>({ connection }: Server, ask: () => Promise<T>): Promise<T> {
  return connection.withDeadline(Date.now() + WAIT_MS, ask);
}
