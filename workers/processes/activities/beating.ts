/**
 * Every activity beats while it runs, so that a dead worker is noticed within the heartbeat
 * time-out and the work goes on elsewhere; what bounds a stuck activity is its own time-out. What it
 * writes, it writes under a lease.
 */
import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';
import { holding } from '../../compose/lease.js';
import { createLease } from './lease.js';

const BEATS_PER_TIMEOUT = 4;

export function beatWhileRunning(context: Context): ActivityInterceptors {
  return {
    inbound: {
      async execute(input, next) {
        const timeoutMs = context.info.heartbeatTimeoutMs;
        if (timeoutMs === undefined || timeoutMs === 0) return next(input);
        const details = { last: context.info.heartbeatDetails as unknown };
        const beating = context as { heartbeat: (value?: unknown) => void };
        const original = context.heartbeat.bind(context);
        // Own beats repeat the last details: an activity resumes from them after a restart.
        beating.heartbeat = (value?: unknown) => {
          details.last = value ?? details.last;
          original(details.last);
        };
        const lease = createLease({
          timeoutMs,
          signal: context.cancellationSignal,
          beat: () => acknowledged(context, details.last, timeoutMs),
        });
        const timer = setInterval(() => original(details.last), timeoutMs / BEATS_PER_TIMEOUT);
        try {
          return await holding(lease, () => next(input));
        } finally {
          clearInterval(timer);
        }
      },
    },
  };
}

/** The SDK's own beats are sent at some time, and say nothing of what became of them. */
async function acknowledged(context: Context, details: unknown, timeoutMs: number): Promise<void> {
  const { client, info } = context;
  const { taskToken, activityId, workflowExecution, isLocal, namespace } = info;
  const { workflowId } = workflowExecution ?? {};
  const place = { type: 'activity', namespace, activityId, isLocal } as const;
  const serializationContext = workflowId === undefined ? place : { ...place, workflowId };
  await client.withDeadline(Date.now() + timeoutMs, () =>
    client.activity.heartbeat(taskToken, details, { serializationContext }),
  );
}
