/**
 * A recovery that the guardian follows to its end: one that it has started, or one that the guardian before
 * it had.
 *
 * Invariant: one that is stuck on its code is told of and ended, so that somebody can go on with it.
 */
import {
  CancellationScope,
  getExternalWorkflowHandle,
  patched,
  sleep,
  type ChildWorkflowHandle,
  type SignalDefinition,
} from '@temporalio/workflow';
import { recoveries, waiting } from '../calls.js';
import type { RecoveryLook, RecoveryResult } from '../contract/index.js';
import type { recoverEngine } from '../recover-engine.js';
import { reasonOf } from '../recovery/reasons.js';

const NOT_ENDED_WAIT = '1m';

export interface Followed {
  /** Fails where it has ended. */
  signal<Args extends [unknown]>(message: SignalDefinition<Args>, ...args: Args): Promise<void>;
  /** Fails with what became of it where it gave no result. */
  result(): Promise<RecoveryResult>;
}

/** Its message is the end of a sentence. */
export class EndedOtherwise extends Error {
  override name = 'EndedOtherwise';
}

/** `notEnded`: why it could not be ended; null where it was. */
export type Alarm = (why: string, notEnded: string | null) => void;

/** The child itself in the replay of a guardian that did not watch it. */
export function ownRecovery(
  child: ChildWorkflowHandle<typeof recoverEngine>,
  onStuck: Alarm,
): Followed {
  if (!patched('watches-its-recovery')) return child;
  return {
    signal: async (message, ...args) => child.signal(message, ...args),
    result: async () => watched(child, onStuck),
  };
}

async function watched(
  child: ChildWorkflowHandle<typeof recoverEngine>,
  onStuck: Alarm,
): Promise<RecoveryResult> {
  const scope = new CancellationScope();
  let ended: string | null = null;
  const watching = scope.run(async () =>
    untilEnded(child.workflowId, onStuck, (why) => (ended = why)),
  );
  watching.catch(() => undefined); // what became of the child is told by the child
  try {
    return await child.result();
  } catch (error) {
    throw ended === null ? error : new EndedOtherwise(ended);
  } finally {
    scope.cancel();
  }
}

/** Of a guardian before this one. */
export function adoptedRecovery(workflowId: string, onStuck: Alarm): Followed {
  const recovery = getExternalWorkflowHandle(workflowId);
  return {
    signal: async (message, ...args) => recovery.signal(message, ...args),
    result: async () => {
      const look = await untilEnded(workflowId, onStuck, () => undefined);
      if (look.kind === 'completed') return look.result;
      throw new EndedOtherwise(look.why);
    },
  };
}

async function untilEnded(
  workflowId: string,
  onStuck: Alarm,
  onEnding: (why: string) => void,
): Promise<Exclude<RecoveryLook, { kind: 'stuck' }>> {
  for (;;) {
    const look = await waiting.watchRecovery({ workflowId });
    if (look.kind !== 'stuck') return look;
    const why = `was stuck (${look.why}) and has been ended`;
    onEnding(why);
    const notEnded = await end(workflowId, look.why);
    onStuck(look.why, notEnded);
    if (notEnded === null) return { kind: 'ended', why };
    await sleep(NOT_ENDED_WAIT, { summary: 'until the stuck recovery is ended again' });
  }
}

/** Null where it has been ended; why not, in words. */
async function end(workflowId: string, why: string): Promise<string | null> {
  try {
    // It ends while we wait, and with it whoever watches: people are told all the same.
    await CancellationScope.nonCancellable(() => recoveries.endRecovery({ workflowId, why }));
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}
