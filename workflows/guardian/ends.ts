/** How recoveries end, and what is known of one that gave no result. */
import {
  CancelledFailure,
  ChildWorkflowFailure,
  condition,
  TerminatedFailure,
} from '@temporalio/workflow';
import type { RecoveryResult, Unfinished } from '../contract/index.js';
import { instanceIdOf } from '../ids.js';
import type * as messages from '../messages.js';
import { reasonOf } from '../recovery/reasons.js';
import { EndedOtherwise, type Followed } from './followed.js';

type GuardianState = messages.GuardianState;

/** Of one incident: more than so many were not started in the life of any. */
const MOST_INSTANCES = 50;

/** `ended` tells why there is no result, as the end of a sentence. */
interface Ending {
  result: RecoveryResult | null;
  ended: string | null;
}

/** Of recoveries that say so before their reports and notices are done: nobody waits for those with a crash. */
export class Endings {
  readonly #early = new Map<string, RecoveryResult>();

  /** As its recovery tells of itself. */
  note(progress: messages.RecoveryProgress, incident: GuardianState['openIncident']): void {
    const { over } = progress;
    if (over === undefined || over.workflowId !== incident?.workflowId) return;
    const { outcome, unhandled } = over;
    const { epoch, stopped, deaths } = progress;
    const known = { epoch, stopped, ...(deaths !== undefined && { deaths }) };
    this.#early.set(over.workflowId, { ...known, outcome, unhandled });
  }

  /** When it has ended, or has said that it is over. */
  async of(recovery: Followed, incident: GuardianState['openIncident']): Promise<Ending> {
    const workflowId = incident?.workflowId ?? '';
    let isOver = false;
    const own = endingOf(recovery).finally(() => (isOver = true));
    const early = condition(() => isOver || this.#early.has(workflowId));
    const ended = await Promise.race([own, early.then(() => null)]);
    const result = this.#early.get(workflowId) ?? null;
    this.#early.delete(workflowId);
    return ended ?? { result, ended: null };
  }
}

function endingOf(recovery: Followed): Promise<Ending> {
  return recovery.result().then(
    (result) => ({ result, ended: null }),
    (error: unknown) => ({ result: null, ended: endOf(error) }),
  );
}

function endOf(error: unknown): string {
  if (error instanceof EndedOtherwise) return error.message;
  const cause = error instanceof ChildWorkflowFailure ? error.cause : error;
  if (cause instanceof TerminatedFailure) return 'was terminated';
  if (cause instanceof CancelledFailure) return 'was cancelled before it could end';
  return `failed: ${reasonOf(cause)}`;
}

export function outcomeOf(result: RecoveryResult | null) {
  return result === null ? ('failed' as const) : result.outcome;
}

/** `died`: instances whose death was reported; the others from `firstEpoch` on may live. */
export function unfinishedOf(
  { openIncident, engineId, epoch }: messages.GuardianState,
  { firstEpoch, died }: { firstEpoch: number; died: ReadonlySet<string> },
  why: string,
): Unfinished | null {
  if (openIncident === null) return null;
  const { workflowId, trading = false, drill } = openIncident;
  const first = Math.max(firstEpoch, epoch - MOST_INSTANCES + 1);
  const epochs = Array.from({ length: Math.max(0, epoch - first + 1) }, (_, at) => first + at);
  const mayLive = epochs
    .map((each) => instanceIdOf(engineId, each))
    .filter((instanceId) => !died.has(instanceId));
  const unfinished = { workflowId, why, traded: trading, mayLive };
  return drill === undefined ? unfinished : { ...unfinished, drill };
}
