/** What a task is to show, in its order, and what its commands say of it as a whole. */
import type { Shown } from '../execution.js';
import type { Command, Job } from '../wire.js';

/** Start, patches, then what people send, then what has come of its own doing. */
export function ordered(jobs: readonly Job[]): Job[] {
  const rank = (job: Job) => {
    if ('initializeWorkflow' in job) return 0;
    if ('notifyHasPatch' in job) return 1;
    return 'signalWorkflow' in job || 'doUpdate' in job ? 2 : 3;
  };
  return jobs.toSorted((one, other) => rank(one) - rank(other));
}

export function isClosing(command: Command): boolean {
  const { completeWorkflowExecution, failWorkflowExecution } = command;
  const { continueAsNewWorkflowExecution, cancelWorkflowExecution } = command;
  return Boolean(
    completeWorkflowExecution ??
    failWorkflowExecution ??
    continueAsNewWorkflowExecution ??
    cancelWorkflowExecution,
  );
}

function updateOf(job: Job): string {
  const { doUpdate } = job as { doUpdate?: { protocolInstanceId: string } };
  return doUpdate?.protocolInstanceId ?? '';
}

/** By the ids of their protocol; not those that were taken, now or in a task before, and failed. */
export function refusedUpdates(
  commands: readonly Command[],
  updates: ReadonlyMap<string, { stage: string }>,
): Set<string> {
  const known = [...updates].filter(([, { stage }]) => stage === 'accepted');
  const taken = new Set(known.map(([id]) => id));
  const refused = new Set<string>();
  for (const { updateResponse } of commands) {
    const id = updateResponse?.protocolInstanceId ?? '';
    if (updateResponse?.accepted) taken.add(id);
    if (updateResponse?.rejected && !taken.has(id)) refused.add(id);
  }
  return refused;
}

export function isNothingElse(
  batch: readonly Job[],
  commands: readonly Command[],
  refused: Set<string>,
) {
  return (
    batch.every((job) => refused.has(updateOf(job))) &&
    commands.every(({ updateResponse }) => refused.has(updateResponse?.protocolInstanceId ?? ''))
  );
}

/** An update that is refused has never been: it is not shown again, and its refusal is not awaited. */
export function forgetRefused(shown: Shown, refused: Set<string>): void {
  shown.jobs = shown.jobs.filter((job) => !refused.has(updateOf(job)));
  shown.commands = shown.commands.filter(
    ({ updateResponse }) => !refused.has(updateResponse?.protocolInstanceId ?? ''),
  );
}
