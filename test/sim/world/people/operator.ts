/** What an operator does at the command line, by the product's own client. */
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { signedClient } from '../../../../clients/temporal/connect.js';
import {
  engageKillSwitch,
  guardianStatusOf,
  recordOf,
  releaseKillSwitch,
  sendInstruction,
  sendToRecovery,
} from '../../../../clients/temporal/recoveries.js';
import { guardianWorkflowId } from '../../../../workflows/ids.js';
import { holdEngine, releaseHold } from '../../../../workflows/messages.js';
import type { Command } from '../../../../workflows/domain/steering/table.js';
import { OLGA, tell } from '../../../workflows/fakes/people.js';
import { ENGINE_ID } from '../engine/processes.js';

const WHY = { by: 'olga', reason: 'for the simulation' };

function told(workflowId: string, command: Command) {
  const incidentId = workflowId.slice(workflowId.indexOf('/') + 1);
  return tell(ENGINE_ID, command, OLGA, { incidentId });
}

export function operatorAt(client: ReturnType<typeof signedClient>, host: string) {
  const guardian = () => client.workflow.getHandle(guardianWorkflowId(ENGINE_ID));
  return {
    hold: async () => guardian().executeUpdate(holdEngine, { args: [WHY] }),
    release: async () => guardian().executeUpdate(releaseHold, { args: [WHY] }),
    engageKillSwitch: async (keepOrders = false) =>
      engageKillSwitch(client, ENGINE_ID, { ...WHY, keepOrders, host }),
    releaseKillSwitch: async () => releaseKillSwitch(client, ENGINE_ID, { ...WHY, host }),
    /** By what everybody with access to Temporal can do. */
    cancel: async (workflowId: string) => client.workflow.getHandle(workflowId).cancel(),
    terminate: async (workflowId: string) =>
      client.workflow.getHandle(workflowId).terminate(WHY.reason),
    abort: async (workflowId: string) => sendInstruction(client, told(workflowId, 'abort')),
    /** Whether the recovery takes it now. */
    steer: async (workflowId: string, command: 'pause' | 'step_down') =>
      (await sendToRecovery(client, workflowId, told(workflowId, command))).accepted,
    status: async () => guardianStatusOf(client, ENGINE_ID),
    /** As the server's JSON has it. */
    history: async (workflowId: string) =>
      historyToJSON(await client.workflow.getHandle(workflowId).fetchHistory()),
    record: async (workflowId: string) => recordOf(client, workflowId),
  };
}
export type Operator = ReturnType<typeof operatorAt>;
