/** How an agent asks the guardian by which rules it may contain a crash itself. */
import type { Client } from '@temporalio/client';
import type { ContainmentRules } from '../../workflows/domain/policy/handed-down.js';
import { guardianWorkflowId } from '../../workflows/ids.js';
import * as messages from '../../workflows/messages.js';

/** Fails where no guardian of it runs, no worker answers, or the engine is another host's. */
export async function askContainment(
  client: Client,
  asked: messages.ContainmentAsked,
): Promise<ContainmentRules> {
  const handle = client.workflow.getHandle(guardianWorkflowId(asked.engineId));
  return handle.executeUpdate(messages.handDownContainment, { args: [asked] });
}
