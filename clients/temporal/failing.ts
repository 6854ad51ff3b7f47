/**
 * Whether a workflow of ours gets on with its code, as the server tells it and by a question.
 *
 * Invariant: a server that does not answer is no word about any workflow.
 */
import type { ConnectionLike } from '@temporalio/client';
import type { FailingTask, Unanswered } from '../../workflows/domain/crash/stuck.js';
import { lastFailure, msOf } from './histories.js';

const ASK_WITHIN_MS = 8_000;
const LONGEST = 300;
/** gRPC: nobody took the question within its time, or no worker is there. */
const NO_WORKER: readonly unknown[] = [4, 9];
/** gRPC: the server itself is not there, is busy, or does not know the workflow (any more). */
const NO_WORD: readonly unknown[] = [undefined, 1, 5, 8, 13, 14];

interface Server {
  connection: Pick<ConnectionLike, 'workflowService' | 'withDeadline'>;
  namespace: string;
}

type Described = Awaited<
  ReturnType<ConnectionLike['workflowService']['describeWorkflowExecution']>
>;

/** Null where its workflow task has not failed. */
export async function failingTask(
  { connection, namespace }: Server,
  workflowId: string,
  task: Described['pendingWorkflowTask'],
): Promise<FailingTask | null> {
  const attempt = task?.attempt ?? 0;
  if (attempt < 2) return null;
  const why = await lastFailure(connection, { namespace, execution: { workflowId } });
  const sinceMs = msOf(task?.originalScheduledTime ?? task?.scheduledTime);
  return { attempt, sinceMs, why };
}

/** Null where it answered, and where nothing can be said. */
export async function whyUnanswered(
  { connection, namespace }: Server,
  workflowId: string,
  queryType: string,
): Promise<Unanswered | null> {
  const asked = { namespace, execution: { workflowId }, query: { queryType } };
  try {
    await connection.withDeadline(Date.now() + ASK_WITHIN_MS, () =>
      connection.workflowService.queryWorkflow(asked),
    );
    return null;
  } catch (error) {
    const { code, details } = error as { code?: unknown; details?: unknown };
    if (NO_WORD.includes(code)) return null;
    return { nobody: NO_WORKER.includes(code), why: String(details).slice(0, LONGEST) };
  }
}
