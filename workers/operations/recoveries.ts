/** What the guardians and recoveries of a configuration say, asked at Temporal. */
import type { Client } from '@temporalio/client';
import type { DecisionAnswer, EngineStatus, OpenGate } from '../../clients/cli/operations.js';
import {
  guardianStatusOf,
  openGateOf,
  recordOf,
  sendDecision,
} from '../../clients/temporal/recoveries.js';
import type { SignedDecision } from '../../workflows/domain/gates/gate.js';
import { partsOfGate, recoveryWorkflowId } from '../../workflows/ids.js';
import { composeFence } from '../compose/fence.js';
import { engineOf } from '../config/engines.js';
import type { Config } from '../config/schema.js';

export async function statusOf(
  config: Config,
  client: Client,
  engineId: string,
): Promise<EngineStatus> {
  engineOf(config, engineId);
  const guardian = await guardianStatusOf(client, engineId);
  const workflowId = (guardian?.openIncident ?? guardian?.past.at(-1))?.workflowId;
  return {
    engineId,
    killSwitch: await composeFence(config).killSwitch(engineId),
    guardian,
    recovery: workflowId === undefined ? null : await recordOf(client, workflowId),
    gate: workflowId === undefined ? null : await openGateOf(client, workflowId),
  };
}

export async function openGates(config: Config, client: Client): Promise<OpenGate[]> {
  const gates = await Promise.all(
    Object.keys(config.engines).map(async (engineId) => {
      const guardian = await guardianStatusOf(client, engineId);
      const workflowId = guardian?.openIncident?.workflowId;
      if (workflowId === undefined) return [];
      const gate = await openGateOf(client, workflowId);
      return gate === null ? [] : [{ engineId, workflowId, gate }];
    }),
  );
  return gates.flat();
}

export async function decide(client: Client, decision: SignedDecision): Promise<DecisionAnswer> {
  const gate = partsOfGate(decision.gateId);
  if (gate === null) return { accepted: false, reason: `"${decision.gateId}" is no gate` };
  const workflowId = recoveryWorkflowId(gate.incidentId);
  const outcome = await sendDecision(client, workflowId, decision);
  return outcome.accepted ? { accepted: true, status: outcome.receipt.status } : outcome;
}
