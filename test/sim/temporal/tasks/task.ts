/** One task of a run, while it runs, and its events. */
import type { Execution } from '../execution.js';
import type { Poller } from '../parts.js';
import type { Job, Plain } from '../wire.js';

export const TASK_MS = 10_000;
export const SDK = { sdkName: 'temporal-typescript', sdkVersion: '1.24.0' };

export interface Task {
  execution: Execution;
  poller: Poller;
  batch: Job[];
  /** How much of the log has been shown again; its length where that is done. */
  replayed: number;
  shown: Execution['log'];
  /** What stood in the history before a task that may never have been. */
  keptEvents: number;
  scheduledId: number;
  startedId: number;
  cancelTimeout: () => void;
  isQuery: boolean;
}

export function scheduledEvent({ identity: { taskQueue }, attempt }: Execution): Plain {
  return {
    workflowTaskScheduledEventAttributes: {
      taskQueue: { name: taskQueue, kind: 1 },
      startToCloseTimeout: { seconds: TASK_MS / 1_000, nanos: 0 },
      attempt,
    },
  };
}

export function completedEvent({ scheduledId, startedId }: Task, langUsedFlags: number[]): Plain {
  return {
    workflowTaskCompletedEventAttributes: {
      scheduledEventId: scheduledId,
      startedEventId: startedId,
      sdkMetadata: { coreUsedFlags: [1, 2, 3], langUsedFlags, ...SDK },
    },
  };
}
