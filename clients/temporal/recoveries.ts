/** Recoveries and guardians as people and detectors reach them. */
import { randomUUID } from 'node:crypto';
import {
  QueryNotRegisteredError,
  ServiceError,
  WithStartWorkflowOperation,
  WorkflowIdConflictPolicy,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
} from '@temporalio/client';
import { markdownWords } from '../../workflows/domain/content/markdown.js';
import type { AnyDecision } from '../../workflows/domain/gates/any-decision.js';
import type { GateRequest } from '../../workflows/domain/gates/gate.js';
import type { RecoveryRecord } from '../../workflows/domain/record.js';
import type { Instruction } from '../../workflows/domain/steering/instruction.js';
import {
  crashUpdateId,
  crashUpdateIdAgain,
  decisionUpdateId,
  guardianWorkflowId,
  TASK_QUEUE,
} from '../../workflows/ids.js';
import * as messages from '../../workflows/messages.js';
import { TemporalUnreachable } from './unreachable.js';

const START_WITHIN_MS = 5_000;

/**
 * One call starts the guardian, where there is none, and hands it the report. The update id is
 * what it tells of the instance, so a repeated delivery is one update; one that was not taken is
 * asked for anew, because Temporal answers the same update with its failure, or its refusal, for ever.
 */
export async function reportCrash(
  client: Client,
  notice: messages.CrashNotice,
): Promise<messages.CrashReceipt> {
  const { report } = notice;
  const again = () => handOver(client, notice, crashUpdateIdAgain(report, randomUUID()));
  try {
    const receipt = await handOver(client, notice, crashUpdateId(report));
    return receipt.disposition === 'refused' ? await again() : receipt;
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    return again();
  }
}

async function handOver(
  client: Client,
  notice: messages.CrashNotice,
  updateId: string,
): Promise<messages.CrashReceipt> {
  const startWorkflowOperation = new WithStartWorkflowOperation(
    messages.GUARDIAN_WORKFLOW,
    guardianOptions(notice.report.engineId),
  );
  return client.workflow.executeUpdateWithStart(messages.reportCrash, {
    args: [notice],
    updateId,
    startWorkflowOperation,
  });
}

/** Starts the guardian ahead of any crash, so that the first report meets one that is warm. */
export async function ensureGuardian(client: Client, engineId: string): Promise<void> {
  await client.withDeadline(Date.now() + START_WITHIN_MS, () =>
    client.workflow.start(messages.GUARDIAN_WORKFLOW, guardianOptions(engineId)),
  );
}

function guardianOptions(engineId: string) {
  return {
    workflowId: guardianWorkflowId(engineId),
    taskQueue: TASK_QUEUE,
    args: [messages.newGuardian(engineId)],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    staticSummary: `Guardian of ${markdownWords(engineId)}`,
  };
}

/** It goes to that version when it is idle; one that ends meanwhile needs no word. */
export async function tellOfVersion(
  client: Client,
  guardian: { workflowId: string; runId: string },
  buildId: string,
): Promise<void> {
  const handle = client.workflow.getHandle(guardian.workflowId, guardian.runId);
  await handle.signal(messages.versionChanged, { buildId }).catch((error: unknown) => {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  });
}

/** Null where the engine has no guardian: nothing has ever been reported. */
export async function guardianStatusOf(
  client: Client,
  engineId: string,
): Promise<messages.GuardianStatus | null> {
  const handle = client.workflow.getHandle(guardianWorkflowId(engineId));
  return unlessUnknown(handle.query(messages.guardianStatus));
}

/** Null where Temporal does not know the recovery (any more): it keeps what ended for a while only. */
export async function recordOf(client: Client, workflowId: string): Promise<RecoveryRecord | null> {
  return unlessUnknown(client.workflow.getHandle(workflowId).query(messages.recoveryRecord));
}

/** Null where no gate is open, and where Temporal does not know the recovery (any more). */
export async function openGateOf(client: Client, workflowId: string): Promise<GateRequest | null> {
  return unlessUnknown(client.workflow.getHandle(workflowId).query(messages.openGate));
}

async function unlessUnknown<T>(asking: Promise<T>): Promise<T | null> {
  return asking.catch((error: unknown) => {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  });
}

/** As gRPC numbers them. */
const INVALID_ARGUMENT = 3;
const DEADLINE_EXCEEDED = 4;
const FAILED_PRECONDITION = 9;
const UNAVAILABLE = 14;

/** Why one workflow did not answer, in words; null where it is the server that is gone. */
export function whyUnasked(error: unknown): string | null {
  if (error instanceof TemporalUnreachable) return null;
  if (error instanceof QueryNotRegisteredError) {
    return 'it does not know the question: it is none of ours, or of another version';
  }
  if (!(error instanceof ServiceError)) return error instanceof Error ? error.message : 'unknown';
  const { code, details } = (error.cause ?? {}) as { code?: number; details?: string };
  return code === UNAVAILABLE ? null : `${codeWords(code)}${saidIn(details)}`;
}

function codeWords(code: number | undefined): string {
  if (code === DEADLINE_EXCEEDED || code === FAILED_PRECONDITION) {
    return 'no worker answers for it: none runs, or its code fails on it again and again';
  }
  return code === INVALID_ARGUMENT
    ? 'a worker could not work it out, its code does not fit'
    : `Temporal refused, gRPC code ${code ?? 'none'}`;
}

function saidIn(details: string | undefined): string {
  const [line = ''] = (details ?? '').split('\n');
  return line === '' ? '' : `: ${line.slice(0, 200)}`;
}

export type InstructionOutcome =
  { accepted: true; receipt: messages.InstructionReceipt } | { accepted: false; reason: string };

/** To the guardian, which is started where there is none yet. Sending the same one twice counts once. */
export async function sendInstruction(
  client: Client,
  instruction: Instruction,
): Promise<InstructionOutcome> {
  const startWorkflowOperation = new WithStartWorkflowOperation(
    messages.GUARDIAN_WORKFLOW,
    guardianOptions(instruction.told.engineId),
  );
  return unlessRefused(
    client.workflow.executeUpdateWithStart(messages.instruct, {
      args: [instruction],
      updateId: decisionUpdateId(instruction),
      startWorkflowOperation,
    }),
  );
}

async function unlessRefused<Receipt>(
  asking: Promise<Receipt>,
): Promise<{ accepted: true; receipt: Receipt } | { accepted: false; reason: string }> {
  try {
    return { accepted: true, receipt: await asking };
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    return { accepted: false, reason: error.cause?.message ?? error.message };
  }
}

export type DecisionOutcome =
  { accepted: true; receipt: messages.DecisionReceipt } | { accepted: false; reason: string };

/** The update id is the decision: sending the same one twice counts once. */
export async function sendDecision(
  client: Client,
  workflowId: string,
  decision: AnyDecision,
): Promise<DecisionOutcome> {
  const deciding = client.workflow.getHandle(workflowId).executeUpdate(messages.decide, {
    args: [decision],
    updateId: decisionUpdateId(decision),
  });
  return unlessOver(workflowId, 'decision', deciding);
}

export type SteeringOutcome =
  { accepted: true; receipt: messages.SteeringReceipt } | { accepted: false; reason: string };

/** To the recovery itself. Sending the same one twice counts once. */
export async function sendToRecovery(
  client: Client,
  workflowId: string,
  instruction: Instruction,
): Promise<SteeringOutcome> {
  const telling = client.workflow.getHandle(workflowId).executeUpdate(messages.steerRecovery, {
    args: [instruction],
    updateId: decisionUpdateId(instruction),
  });
  return unlessOver(workflowId, 'instruction', telling);
}

async function unlessOver<Receipt>(
  workflowId: string,
  what: 'decision' | 'instruction',
  asking: Promise<Receipt>,
): Promise<{ accepted: true; receipt: Receipt } | { accepted: false; reason: string }> {
  try {
    return await unlessRefused(asking);
  } catch (error) {
    const why = whyUnasked(error);
    if (error instanceof ServiceError && why !== null) {
      const unknown = `whether the ${what} counts is not known: see relight status`;
      throw new Error(`${workflowId}: ${why}; ${unknown}`, { cause: error });
    }
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    const reason = `The recovery ${workflowId} has ended, or Temporal keeps it no longer: see relight status`;
    return { accepted: false, reason };
  }
}

/** A person tells the guardian, which is begun where there is none. */
export async function engageKillSwitch(
  client: Client,
  engineId: string,
  order: messages.KillSwitchOrder & { host: string },
): Promise<messages.KillSwitchReceipt> {
  return client.workflow.executeUpdateWithStart(messages.engageKillSwitch, {
    args: [order],
    updateId: `kill-switch-${randomUUID()}`,
    startWorkflowOperation: startOf(engineId),
  });
}

export async function releaseKillSwitch(
  client: Client,
  engineId: string,
  why: messages.Hold & { host: string },
): Promise<{ unlatched: string | null; wasEngaged: boolean }> {
  return client.workflow.executeUpdateWithStart(messages.releaseKillSwitch, {
    args: [why],
    updateId: `kill-switch-${randomUUID()}`,
    startWorkflowOperation: startOf(engineId),
  });
}

function startOf(engineId: string) {
  return new WithStartWorkflowOperation(messages.GUARDIAN_WORKFLOW, guardianOptions(engineId));
}
