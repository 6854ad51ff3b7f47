/**
 * Whether a workflow is ours: by how it was started, which nobody can write later. The one rule of the worker
 * that would run it, and of all who look at it from outside.
 *
 * Invariant: what nobody of ours has signed for this very workflow is a stranger's, but for what began before
 * there were keys.
 */
import { envelopeOf, misdirected } from '../domain/trust/envelope.js';
import type { Mark } from '../domain/trust/marks.js';
import { notAllowed, type Guarded } from '../domain/trust/senders.js';
import { engineOfGuardian, idsOfWorkflow, TASK_QUEUE } from '../ids.js';
import { GUARDIAN_WORKFLOW, RECOVERY_WORKFLOW } from '../messages.js';
import { markOf } from './converter.js';

/** As its first event has it. */
export interface Start {
  workflowId: string;
  type: string;
  taskQueue: string;
  /** The run that has begun it as its child; null where none has. */
  parentRun: string | null;
  /** The run that it goes on from; null where it is the first. */
  continuedFrom: string | null;
  startedAtMs: number;
  input: unknown;
}

/** Why it is not ours, as the end of "its start ..."; null where it is. */
export function strangeStart(start: Start): string | null {
  const { workflowId, type, taskQueue, startedAtMs, input } = start;
  const began = beginning(start);
  if (began === null) return 'is of no workflow of ours';
  if (taskQueue !== TASK_QUEUE) return 'is for no worker of ours';
  const mark = markOf(input);
  if (isOlderThanKeys(mark, startedAtMs)) return null;
  return (
    notAllowed(began.name, mark, null) ??
    misdirected(envelopeOf(input), { to: workflowId, name: type, run: began.run })
  );
}

/** What began before there were keys could not be signed. */
export function isOlderThanKeys(mark: Mark, startedAtMs: number): boolean {
  const since = 'unsigned' in mark ? mark.signedSinceMs : undefined;
  return since !== undefined && startedAtMs < since;
}

/** `run`: the one that must have sent its input; null where any may have. */
interface Beginning {
  name: Extract<Guarded, 'recoverEngine' | 'freshGuardian' | 'continuedGuardian'>;
  run: string | null;
}

/** Null where it is none of ours, or has the id of another kind. */
export function beginning({
  workflowId,
  type,
  parentRun,
  continuedFrom,
}: Pick<Start, 'workflowId' | 'type' | 'parentRun' | 'continuedFrom'>): Beginning | null {
  if (type === RECOVERY_WORKFLOW) {
    return idsOfWorkflow(workflowId).incidentId === null
      ? null
      : { name: 'recoverEngine', run: parentRun ?? 'of no parent' };
  }
  if (type !== GUARDIAN_WORKFLOW || engineOfGuardian(workflowId) === null) return null;
  return continuedFrom === null
    ? { name: 'freshGuardian', run: null }
    : { name: 'continuedGuardian', run: continuedFrom };
}
