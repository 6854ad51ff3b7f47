/**
 * `relight agent`: the detector and the host worker of one engine host. The detector starts first
 * and needs no Temporal; what it finds is spooled until Temporal answers.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { createHostActivities } from '../../activities/index.js';
import { createDelivery, type Deliver } from '../../clients/detector/delivery.js';
import { startDetector, type Detector } from '../../clients/detector/index.js';
import { createSpool } from '../../clients/detector/spool.js';
import { ensureGuardian, reportCrash } from '../../clients/temporal/recoveries.js';
import { hostTaskQueue } from '../../workflows/ids.js';
import { composeFence } from '../compose/fence.js';
import { composeHost } from '../compose/host.js';
import { engineOf } from '../config/engines.js';
import { unanswerableGates } from '../config/faults.js';
import type { Config } from '../config/schema.js';
import { createWorker, runUntilSignalled } from './runtime.js';
import { connectClient } from './temporal-client.js';
import { connectWorker, registerSearchAttributes } from './worker-connection.js';

const CONNECT_AGAIN_MS = 500;

export async function runAgent(config: Config, logger: Logger): Promise<void> {
  const spool = createSpool(join(config.dataDir, 'spool'));
  const reporter = createReporter(config);
  const delivery = createDelivery(spool, reporter.deliver, logger);
  const detectors = await startDetectors(config, { delivery, logger });
  logger.info({ engines: Object.keys(config.engines) }, 'detector ready');
  for (const gap of unanswerableGates(config)) logger.warn(gap);
  await delivery.resume();
  try {
    await runHostWorker(config, logger, reporter.warmUp);
  } finally {
    delivery.stop();
    await Promise.all(detectors.map((detector) => detector.stop()));
  }
}

async function startDetectors(
  config: Config,
  { delivery, logger }: { delivery: ReturnType<typeof createDelivery>; logger: Logger },
): Promise<Detector[]> {
  const fence = composeFence(config);
  const killSwitchEngaged = async (engineId: string) => (await fence.killSwitch(engineId)).engaged;
  return Promise.all(
    Object.entries(config.engines).map(([engineId, { liveness, policy }]) =>
      startDetector(
        {
          engineId,
          host: config.host,
          stateFolder: config.dataDir,
          ...liveness,
          ...policy.heartbeat,
        },
        { delivery, killSwitchEngaged, logger },
      ),
    ),
  );
}

/**
 * Connects ahead and starts the guardians, so that a crash report waits for neither, and connects
 * again after a failure: Temporal may come later than we do.
 */
function createReporter(config: Config): { deliver: Deliver; warmUp: () => void } {
  let client: Promise<Client> | null = null;
  const connect = () => (client ??= connectClient(config));
  return {
    async deliver(report) {
      try {
        const { policy } = engineOf(config, report.engineId);
        return await reportCrash(await connect(), { report, policy, approvers: config.approvers });
      } catch (error) {
        client = null;
        throw error;
      }
    },
    warmUp() {
      const engines = Object.keys(config.engines);
      connect()
        .then((connected) => Promise.all(engines.map((id) => ensureGuardian(connected, id))))
        .catch(() => {
          client = null; // a report will connect, and start its guardian, by itself
        });
    },
  };
}

async function runHostWorker(
  config: Config,
  logger: Logger,
  onConnected: () => void,
): Promise<void> {
  const connection = await untilConnected(config, logger);
  await registerSearchAttributes(config, connection, logger);
  onConnected();
  const taskQueue = hostTaskQueue(config.host);
  const worker = await createWorker({
    connection,
    namespace: config.temporal.namespace,
    taskQueue,
    activities: createHostActivities(composeHost(config)),
  });
  logger.info({ taskQueue }, 'agent ready');
  try {
    await runUntilSignalled(worker);
  } finally {
    await connection.close();
  }
}

async function untilConnected(config: Config, logger: Logger) {
  for (;;) {
    try {
      return await connectWorker(config);
    } catch (error) {
      const why = error instanceof Error ? error.message : 'unknown';
      logger.warn({ why }, 'Temporal is away: the detector works on, the host worker waits');
      await sleep(CONNECT_AGAIN_MS);
    }
  }
}
