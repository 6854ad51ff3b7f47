/**
 * Workers of the control plane, each on one version of the workflow code.
 *
 * Invariant: all run the activities of the installed program, whose contract holds across versions
 * (docs/upgrades.md).
 */
import type {
  NativeConnection,
  Worker,
  WorkerOptions,
  WorkflowBundleOption,
} from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Messages } from '../../../clients/temporal/messages/index.js';
import { DEPLOYMENT } from '../../../clients/temporal/versions.js';
import { TASK_QUEUE } from '../../../workflows/ids.js';
import { createWorker } from '../runtime.js';
import type { KeptVersions } from './kept.js';

export interface Served {
  connection: NativeConnection;
  namespace: string;
  messages: Messages;
  activities: NonNullable<WorkerOptions['activities']>;
  own: { buildId: string; bundle: WorkflowBundleOption };
  kept: KeptVersions;
  logger: Logger;
}

/** `buildId`: null for a worker without a version. */
export async function workerFor(
  { connection, namespace, messages, activities }: Served,
  buildId: string | null,
  workflowBundle: WorkflowBundleOption,
): Promise<Worker> {
  const options = { connection, namespace, messages, activities, workflowBundle };
  if (buildId === null) return createWorker({ ...options, taskQueue: TASK_QUEUE });
  return createWorker({
    ...options,
    taskQueue: TASK_QUEUE,
    workerDeploymentOptions: {
      version: { deploymentName: DEPLOYMENT, buildId },
      useWorkerVersioning: true,
      // A guardian with the recoveries that it starts; it moves on when it is idle.
      defaultVersioningBehavior: 'PINNED',
    },
  });
}

export type Beside = ReturnType<typeof createBeside>;

/** Workers for other versions than our own, by build id. */
export function createBeside(served: Served) {
  const { kept, logger } = served;
  const running = new Map<string, { worker: Worker; ended: Promise<void> }>();
  const start = async (buildId: string): Promise<void> => {
    const bundle = await kept.bundleOf(buildId);
    if (bundle === null) {
      // Not kept any more: the next look sees what is left behind.
      await kept.remove(buildId);
      throw new Error(`the code of version ${buildId} that was kept here is damaged`);
    }
    const worker = await workerFor(served, buildId, bundle);
    const ended = worker
      .run()
      .catch((error: unknown) => {
        logger.error({ version: buildId, why: whyOf(error) }, 'the worker beside died');
      })
      .finally(() => running.delete(buildId));
    running.set(buildId, { worker, ended });
    logger.info({ version: buildId }, 'another version runs beside: recoveries are open on it');
  };
  const end = async (buildId: string): Promise<void> => {
    const { worker, ended } = running.get(buildId) ?? {};
    if (worker?.getState() === 'RUNNING') worker.shutdown();
    await ended;
    logger.info({ version: buildId }, 'the version beside has ended: nothing is open on it');
  };
  return {
    /** Starts those that are missing, ends the others. */
    keepOnly: async (needed: readonly string[]): Promise<void> => {
      for (const buildId of needed) if (!running.has(buildId)) await start(buildId);
      const over = [...running.keys()].filter((buildId) => !needed.includes(buildId));
      await Promise.all(over.map(end));
    },
  };
}

export function whyOf(error: unknown): string {
  const { details } = (error ?? {}) as { details?: unknown };
  if (typeof details === 'string' && details !== '') return details;
  return error instanceof Error ? error.message : 'unknown';
}
