/** What a run is shown again, and whether it commands the same. */
import proto from '@temporalio/proto';
import type { Shown } from '../execution.js';
import type { Command, Job } from '../wire.js';

const { WorkflowCommand } = proto.coresdk.workflow_commands;

/** With the patches of its activation, and of updates that they were taken once. */
export function replayedJobs({ jobs }: Shown, commands: readonly Command[]): Job[] {
  const patches = commands.flatMap(({ setPatchMarker }) =>
    setPatchMarker ? [{ notifyHasPatch: { patchId: setPatchMarker.patchId } }] : [],
  );
  const again = jobs.map((job) => {
    const { doUpdate } = job as { doUpdate?: object };
    return doUpdate === undefined ? job : { doUpdate: { ...doUpdate, runValidator: false } };
  });
  return [...patches, ...again];
}

/** Null where they are the same, but for what a signature makes of each. */
export function sameCommands(
  before: readonly Command[],
  now: readonly Command[],
): { before: string; now: string } | null {
  const told = before.map(wordsOf).join('\n');
  const again = now.map(wordsOf).join('\n');
  return told === again ? null : { before: told, now: again };
}

/** Queries are no part of a history, nor is a refusal. */
function wordsOf(command: Command): string {
  return JSON.stringify(
    WorkflowCommand.toObject(WorkflowCommand.fromObject(command), { longs: String, bytes: String }),
  );
}
