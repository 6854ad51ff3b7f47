/** One Temporal runtime per process, with our logger; and workers that drain on a signal. */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  Runtime,
  Worker,
  type LogLevel,
  type WorkerOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Messages } from '../../clients/temporal/messages/index.js';
import { logActivities } from './activities/logs.js';
import { authenticate } from './activities/authenticate.js';
import { beatWhileRunning } from './activities/beating.js';
import { oneAttemptAtATime } from './activities/one-attempt.js';
import { noteServerTime } from './activities/server-time.js';

const LEVELS: Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

export function installRuntime(logger: Logger): void {
  Runtime.install({
    shutdownSignals: [],
    logger: {
      log: (level, message, meta) => logger[LEVELS[level]](meta ?? {}, message),
      trace: (message, meta) => logger.trace(meta ?? {}, message),
      debug: (message, meta) => logger.debug(meta ?? {}, message),
      info: (message, meta) => logger.info(meta ?? {}, message),
      warn: (message, meta) => logger.warn(meta ?? {}, message),
      error: (message, meta) => logger.error(meta ?? {}, message),
    },
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'WARN' }, forward: {} } },
  });
}

/** The SDK loads it by its path, as we are loaded: source and build may lie side by side. */
const CONVERTER = fileURLToPath(
  new URL(`../../workflows/trust/converter${extname(import.meta.url)}`, import.meta.url),
);

function converterOf({ codec }: Messages) {
  return { payloadConverterPath: CONVERTER, payloadCodecs: [codec] };
}

/** How each of our workers is set; a test that simulates what is below one begins with the same. */
export function workerSettings({
  messages,
  ...options
}: WorkerOptions & { messages: Messages }): WorkerOptions {
  return {
    ...options,
    dataConverter: converterOf(messages),
    // A worker that was killed must not hold a workflow's next task for long.
    stickyQueueScheduleToStartTimeout: '2s',
    shutdownGraceTime: '5s',
    maxHeartbeatThrottleInterval: '2s',
    defaultHeartbeatThrottleInterval: '2s',
    interceptors: {
      activity: [noteServerTime, authenticate, logActivities, beatWhileRunning, oneAttemptAtATime],
    },
  };
}

export async function createWorker(
  options: WorkerOptions & { messages: Messages },
): Promise<Worker> {
  return Worker.create(workerSettings(options));
}

interface Replayed {
  workflowId: string;
  history: Parameters<typeof Worker.runReplayHistory>[1];
  workflowBundle: WorkflowBundleOption;
  messages: Messages;
  namespace: string;
}

/** Why this code cannot go on with that history; null where it can. */
export async function whyNotReplayed(replayed: Replayed): Promise<string | null> {
  const { workflowId, history, workflowBundle, messages, namespace } = replayed;
  // The type leaves the namespace out, for which payloads are signed.
  const options = { workflowBundle, dataConverter: converterOf(messages), namespace };
  try {
    await Worker.runReplayHistory(options, history, workflowId);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'unknown';
  }
}

/** Runs until SIGTERM or SIGINT, then lets running activities finish; `onSignal` is done beside. */
export async function runUntilSignalled(
  worker: Worker,
  onSignal: () => void = () => undefined,
): Promise<void> {
  const stop = () => {
    onSignal();
    if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  try {
    await worker.run();
  } finally {
    process.off('SIGTERM', stop);
    process.off('SIGINT', stop);
  }
}
