/** A run as the server describes it. */
import proto from '@temporalio/proto';
import type { Execution } from './execution.js';
import { timestampOf, type Plain } from './wire.js';

const { WorkflowExecutionInfo } = proto.temporal.api.workflow.v1;
const STATUS = {
  running: 1,
  completed: 2,
  failed: 3,
  canceled: 4,
  terminated: 5,
  continuedAsNew: 6,
};

export function described({ identity, ...execution }: Execution): unknown {
  const { workflowId, runId, type, taskQueue, firstRunId } = identity;
  const info: Plain = {
    execution: { workflowId, runId },
    type: { name: type },
    taskQueue,
    firstRunId,
    status: STATUS[execution.status],
    historyLength: execution.events.length,
    historySizeBytes: 0,
    startTime: timestampOf(execution.startedAtMs),
    searchAttributes: { indexedFields: execution.searchAttributes },
    ...(execution.closedAtMs !== null && { closeTime: timestampOf(execution.closedAtMs) }),
  };
  return { workflowExecutionInfo: WorkflowExecutionInfo.fromObject(info), pendingActivities: [] };
}
