/** Recoveries as the server lists them, without asking any of them. */
import type { Client } from '@temporalio/client';
import { incidentOfWorkflow, incidentsBefore } from '../../workflows/ids.js';
import * as messages from '../../workflows/messages.js';
import {
  causeAttribute,
  engineAttribute,
  gateAttribute,
  outcomeAttribute,
} from '../../workflows/search-attributes.js';

/** Incidents with a recovery that has not ended, those that it goes on with included. */
export async function openIncidents(client: Client): Promise<string[]> {
  const query = `WorkflowType = '${messages.RECOVERY_WORKFLOW}' AND ExecutionStatus = 'Running'`;
  const open: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query })) {
    open.push(...incidentsBefore(incidentOfWorkflow(workflowId)));
  }
  return open;
}

/** As the server lists it, without asking the workflow. Words of ours; null where it has none yet. */
export interface ListedRecovery {
  incidentId: string;
  beganAtMs: number;
  /** Null while it runs. */
  endedAtMs: number | null;
  attributes: {
    engine: string | null;
    cause: string | null;
    outcome: string | null;
    gate: string | null;
  };
}

/** The newest first. */
export async function listRecoveries(client: Client, most: number): Promise<ListedRecovery[]> {
  const query = `WorkflowType = '${messages.RECOVERY_WORKFLOW}'`;
  const listed: ListedRecovery[] = [];
  for await (const found of client.workflow.list({ query })) {
    const { workflowId, startTime, closeTime = null, typedSearchAttributes: words } = found;
    listed.push({
      incidentId: incidentOfWorkflow(workflowId),
      beganAtMs: startTime.getTime(),
      endedAtMs: closeTime?.getTime() ?? null,
      attributes: {
        engine: words.get(engineAttribute) ?? null,
        cause: words.get(causeAttribute) ?? null,
        outcome: words.get(outcomeAttribute) ?? null,
        gate: words.get(gateAttribute) ?? null,
      },
    });
    if (listed.length >= most) break;
  }
  return listed;
}
