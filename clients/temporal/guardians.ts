/**
 * Whether the guardian of an engine is there, as the server tells: nobody has to answer for it.
 *
 * Invariant: what a stranger has started under its id is told as that, with a remedy, and not as a server that
 * does not answer.
 */
import {
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription as Described,
} from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import type { FailingTask, Unanswered } from '../../workflows/domain/crash/stuck.js';
import { guardianWorkflowId } from '../../workflows/ids.js';
import { guardianStatus } from '../../workflows/messages.js';
import { failingTask, whyUnanswered } from './failing.js';
import { whyStranger } from './messages/starts.js';

const WAIT_MS = 5_000;

/** A client without keys believes nobody. */
const NO_CODEC: PayloadCodec = {
  encode: async (payloads) => payloads,
  decode: async (payloads) => payloads,
};

interface OurGuardian {
  kind: 'ours';
  runId: string;
  /** How much it has done: one that is stuck does nothing. */
  events: number;
  /** Null where it gets on with its code. */
  failing: FailingTask | null;
}

/** `none`: there never was one, or it has ended. */
export type GuardianLook =
  OurGuardian | { kind: 'none' } | { kind: 'stranger'; runId: string; why: string };

/** `ours`: a run that was found to be, so that nobody asks again how it began. */
export async function lookAtGuardian(
  client: Client,
  engineId: string,
  ours: string | null = null,
): Promise<GuardianLook> {
  const workflowId = guardianWorkflowId(engineId);
  const found = await described(client, workflowId);
  if (found?.status.name !== 'RUNNING') return { kind: 'none' };
  const { runId } = found;
  const why = runId === ours ? null : await whyStranger(serverOf(client), { workflowId, runId });
  return why === null
    ? { kind: 'ours', runId, events: found.historyLength, failing: await failingIn(client, found) }
    : { kind: 'stranger', runId, why: strangerWords(found, why) };
}

async function failingIn(
  client: Client,
  { workflowId, raw }: Described,
): Promise<FailingTask | null> {
  return failingTask(serverOf(client), workflowId, raw.pendingWorkflowTask);
}

/** Null where it answered, and where nothing can be said. */
export async function askGuardian(client: Client, engineId: string): Promise<Unanswered | null> {
  return whyUnanswered(serverOf(client), guardianWorkflowId(engineId), guardianStatus.name);
}

function serverOf({ connection, options: { namespace, loadedDataConverter } }: Client) {
  const [codec = NO_CODEC] = loadedDataConverter.payloadCodecs;
  return { connection, namespace, codec };
}

async function described(client: Client, workflowId: string) {
  try {
    return await client.withDeadline(Date.now() + WAIT_MS, () =>
      client.workflow.getHandle(workflowId).describe(),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

function strangerWords({ workflowId, type, taskQueue }: Described, why: string): string {
  return (
    `a workflow that Relight did not start (type ${quoted(type)}, task queue ${quoted(taskQueue)}: its ` +
    `start ${why}) has taken its id "${workflowId}": terminate it (temporal workflow terminate ` +
    `--workflow-id '${workflowId}'), and close Temporal's port to others`
  );
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
