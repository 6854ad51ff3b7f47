/** Recoveries and guardians as people and detectors reach them. */
import type { Client } from '@temporalio/client';
import type { GateRequest, SignedDecision } from '../../workflows/domain/gates/gate.js';
import type { RecoveryRecord } from '../../workflows/domain/record.js';
import { guardianWorkflowId, TASK_QUEUE } from '../../workflows/ids.js';
import * as messages from '../../workflows/messages.js';
import {
  WithStartWorkflowOperation,
  WorkflowIdConflictPolicy,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from './sdk.js';

/**
 * One call starts the guardian, where there is none, and hands it the report. The update id is
 * the instance, so a repeated delivery is one update.
 */
export async function reportCrash(
  client: Client,
  notice: messages.CrashNotice,
): Promise<messages.CrashReceipt> {
  const { engineId, instance } = notice.report;
  const startWorkflowOperation = new WithStartWorkflowOperation(
    messages.GUARDIAN_WORKFLOW,
    guardianOptions(engineId),
  );
  return client.workflow.executeUpdateWithStart(messages.reportCrash, {
    args: [notice],
    updateId: `crash-${instance.instanceId}`,
    startWorkflowOperation,
  });
}

/** Starts the guardian ahead of any crash, so that the first report meets one that is warm. */
export async function ensureGuardian(client: Client, engineId: string): Promise<void> {
  await client.workflow.start(messages.GUARDIAN_WORKFLOW, guardianOptions(engineId));
}

function guardianOptions(engineId: string) {
  return {
    workflowId: guardianWorkflowId(engineId),
    taskQueue: TASK_QUEUE,
    args: [messages.newGuardian(engineId)],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    staticSummary: `Guardian of ${engineId}`,
  };
}

/** Null where the engine has no guardian: nothing has ever been reported. */
export async function guardianStatusOf(
  client: Client,
  engineId: string,
): Promise<messages.GuardianStatus | null> {
  const handle = client.workflow.getHandle(guardianWorkflowId(engineId));
  return handle.query(messages.guardianStatus).catch((error: unknown) => {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  });
}

export async function recordOf(client: Client, workflowId: string): Promise<RecoveryRecord> {
  return client.workflow.getHandle(workflowId).query(messages.recoveryRecord);
}

export async function openGateOf(client: Client, workflowId: string): Promise<GateRequest | null> {
  return client.workflow.getHandle(workflowId).query(messages.openGate);
}

export type DecisionOutcome =
  { accepted: true; receipt: messages.DecisionReceipt } | { accepted: false; reason: string };

/** The update id is the signature: sending the same decision twice counts once. */
export async function sendDecision(
  client: Client,
  workflowId: string,
  decision: SignedDecision,
): Promise<DecisionOutcome> {
  try {
    const receipt = await client.workflow.getHandle(workflowId).executeUpdate(messages.decide, {
      args: [decision],
      updateId: decision.signature.slice(0, 40),
    });
    return { accepted: true, receipt };
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) {
      return { accepted: false, reason: error.cause?.message ?? error.message };
    }
    throw error;
  }
}
