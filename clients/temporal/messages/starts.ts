/**
 * Who started a workflow: its first event as the server keeps it, which nobody can write later.
 *
 * Invariant: what is not signed by the control plane, for this workflow and as a recovery, is not
 * ours, but for what began before there were keys.
 */
import type { ConnectionLike } from '@temporalio/client';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { markOf } from '../../../workflows/trust/converter.js';
import { envelopeOf, misdirected } from '../../../workflows/domain/trust/envelope.js';
import { notAllowed } from '../../../workflows/domain/trust/senders.js';
import { TASK_QUEUE } from '../../../workflows/ids.js';
import { RECOVERY_WORKFLOW } from '../../../workflows/messages.js';
import { openPayload } from './open-payload.js';

const WAIT_MS = 5_000;

interface Server {
  connection: Pick<ConnectionLike, 'workflowService' | 'withDeadline'>;
  namespace: string;
  codec: PayloadCodec;
}

/** Fails where the server does not answer, or does not know the workflow. */
export function createStarts(server: Server) {
  return {
    isOurs: async (workflowId: string): Promise<boolean> => {
      const first = await firstEvent(server, workflowId);
      const payload = recoveryInputIn(first);
      if (payload === null) return false;
      const atMs = Number(first?.eventTime?.seconds ?? 0) * 1_000;
      return isFromControlPlane(await openPayload(server, workflowId, payload), workflowId, atMs);
    },
  };
}

type Event = Awaited<ReturnType<typeof firstEvent>>;

/** Null where it is no recovery that a worker of ours would run. */
function recoveryInputIn(event: Event): Payload | null {
  const { workflowType, taskQueue, input } = event?.workflowExecutionStartedEventAttributes ?? {};
  if (workflowType?.name !== RECOVERY_WORKFLOW || taskQueue?.name !== TASK_QUEUE) return null;
  return input?.payloads?.[0] ?? null;
}

async function firstEvent({ connection, namespace }: Server, workflowId: string) {
  const { history } = await connection.withDeadline(Date.now() + WAIT_MS, () =>
    connection.workflowService.getWorkflowExecutionHistory({
      namespace,
      execution: { workflowId },
      maximumPageSize: 1,
    }),
  );
  return history?.events?.[0];
}

function isFromControlPlane(input: unknown, workflowId: string, startedAtMs: number): boolean {
  const mark = markOf(input);
  const since = 'unsigned' in mark ? mark.signedSinceMs : undefined;
  if (since !== undefined && startedAtMs < since) return true;
  const address = { to: workflowId, name: RECOVERY_WORKFLOW, run: null };
  return (
    notAllowed('recoverEngine', mark, null) === null &&
    misdirected(envelopeOf(input), address) === null
  );
}
