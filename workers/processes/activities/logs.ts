/** One line when an activity begins and one when it ends, each with engine, incident and step. */
import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';
import { idsOfWorkflow } from '../../../workflows/ids.js';

export function logActivities(context: Context): ActivityInterceptors {
  const { activityType: step, attempt, workflowExecution } = context.info;
  const ids = { ...idsOfWorkflow(workflowExecution?.workflowId ?? ''), step };
  return {
    inbound: {
      async execute(input, next) {
        const startedMs = performance.now();
        context.log.info('begins', { attempt });
        try {
          const result = await next(input);
          context.log.info('done', { tookMs: Math.round(performance.now() - startedMs) });
          return result;
        } catch (error) {
          context.log.warn('failed', { tookMs: Math.round(performance.now() - startedMs), error });
          throw error;
        }
      },
    },
    outbound: {
      // Not the task token: whoever has it can complete the activity.
      getLogAttributes: (input, next) => {
        const { taskToken: _secret, ...attributes } = next({ ...input, ...ids });
        return attributes;
      },
    },
  };
}
