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

export function described(execution: Execution): unknown {
  const workflowExecutionInfo = infoOf(execution);
  return { workflowExecutionInfo, pendingActivities: [] };
}

/** All runs of one workflow, by the only question that Relight's workers ask: `WorkflowId = '...'`. */
export function listed({ runs }: Runs, query: string): unknown {
  const asked = /^WorkflowId = '(.*)'$/.exec(query)?.[1]?.replaceAll("''", "'");
  if (asked === undefined) throw new Error(`this server does not understand: ${query}`);
  return { executions: (runs.get(asked) ?? []).toReversed().map(infoOf) };
}

interface Runs {
  runs: ReadonlyMap<string, readonly Execution[]>;
}

function infoOf({ identity, ...execution }: Execution) {
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
  return WorkflowExecutionInfo.fromObject(info);
}
