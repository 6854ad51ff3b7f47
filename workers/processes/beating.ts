/**
 * Every activity beats while it runs, so that a dead worker is noticed within the heartbeat
 * time-out and the work goes on elsewhere; what bounds a stuck activity is its own time-out.
 */
import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';

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
        const timer = setInterval(() => original(details.last), timeoutMs / BEATS_PER_TIMEOUT);
        try {
          return await next(input);
        } finally {
          clearInterval(timer);
        }
      },
    },
  };
}
