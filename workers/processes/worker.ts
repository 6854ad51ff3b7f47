/** `relight worker`: workflows and the control plane's activities. */
import type { Logger } from 'pino';
import { createControlPlaneActivities } from '../../activities/index.js';
import { TASK_QUEUE } from '../../workflows/ids.js';
import { loadWorkflowBundle } from './bundle.js';
import { composeControlPlane } from '../compose/control-plane.js';
import type { Config } from '../config/schema.js';
import { createWorker, runUntilSignalled } from './runtime.js';
import { connectWorker, registerSearchAttributes } from './worker-connection.js';

export async function runWorker(config: Config, logger: Logger): Promise<void> {
  const [connection, workflowBundle] = await Promise.all([
    connectWorker(config),
    loadWorkflowBundle(),
  ]);
  await registerSearchAttributes(config, connection, logger);
  const worker = await createWorker({
    connection,
    namespace: config.temporal.namespace,
    taskQueue: TASK_QUEUE,
    workflowBundle,
    activities: createControlPlaneActivities(composeControlPlane(config, logger)),
  });
  logger.info({ taskQueue: TASK_QUEUE }, 'worker ready');
  try {
    await runUntilSignalled(worker);
  } finally {
    await connection.close();
  }
}
