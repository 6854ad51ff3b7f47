/**
 * Attempts of one activity, one after the other in this process: a machine that is too busy to beat has
 * Temporal begin the next while the one before is still at work.
 *
 * Invariant: whoever waits for its turn beats meanwhile, and begins nothing once it is called off.
 */
import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';

type UnderWay = Map<string, Promise<unknown>>;

/** Of this process. */
export const oneAttemptAtATime = attemptsInTurn();

/** What a process remembers dies with it: one that is simulated begins with nothing. */
export function attemptsInTurn(underWay: UnderWay = new Map()) {
  return (context: Context): ActivityInterceptors => inTurn(underWay, context);
}

function inTurn(underWay: UnderWay, context: Context): ActivityInterceptors {
  const { workflowExecution, activityId, namespace } = context.info;
  const { workflowId = '', runId = '' } = workflowExecution ?? {};
  const activity = JSON.stringify([namespace, workflowId, runId, activityId]);
  return {
    inbound: {
      async execute(input, next) {
        const before = underWay.get(activity);
        const mine = afterThat(before, async () => {
          context.cancellationSignal.throwIfAborted();
          return next(input);
        });
        underWay.set(activity, mine);
        try {
          return await mine;
        } finally {
          if (underWay.get(activity) === mine) underWay.delete(activity);
        }
      },
    },
  };
}

async function afterThat<T>(
  before: Promise<unknown> | undefined,
  act: () => Promise<T>,
): Promise<T> {
  await before?.catch(() => undefined); // how it ended is its own affair
  return act();
}
