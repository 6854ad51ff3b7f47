/** One task of a run, while it runs, and its events. */
import type { Execution } from './execution.js';
import type { Poller } from './parts.js';
import type { Job, Plain } from './wire.js';

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
  /** Answers to what its worker was shown for tasks before it, which come first. */
  stale: number;
  cancelTimeout: () => void;
  isQuery: boolean;
}

/** It owes an answer to each; of a run that it has forgotten, too. */
export function send({ native, owed }: Poller, activation: Plain & { runId: string }): void {
  const { runId } = activation;
  owed.set(runId, (owed.get(runId) ?? 0) + 1);
  native.sendActivation(activation);
}

/** Whether that answer is to what was shown for the task, and not for one before it. */
export function isOwn(task: Task | undefined, { owed }: Poller, runId: string): task is Task {
  owed.set(runId, (owed.get(runId) ?? 0) - 1);
  if (task === undefined || task.stale === 0) return task !== undefined;
  task.stale -= 1;
  return false;
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
