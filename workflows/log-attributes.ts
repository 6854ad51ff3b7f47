/** Every log line of a workflow names its engine and its incident. Loaded as an interceptor module. */
import { workflowInfo, type WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { idsOfWorkflow } from './ids.js';

export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    {
      getLogAttributes: (input, next) =>
        next({ ...input, ...idsOfWorkflow(workflowInfo().workflowId) }),
    },
  ],
});
