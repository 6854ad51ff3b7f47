/**
 * `relight agent`: the detector and the host worker of one engine host. The detector starts first
 * and needs no Temporal; what it finds is spooled until Temporal answers.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { createHostActivities } from '../../activities/index.js';
import { createDelivery, type GuardianLine } from '../../clients/detector/delivery.js';
import { createSpool } from '../../clients/detector/spool.js';
import { isAway } from '../../clients/temporal/connect.js';
import { lookAtGuardian } from '../../clients/temporal/guardians.js';
import { reportCrash } from '../../clients/temporal/recoveries.js';
import { hostTaskQueue } from '../../workflows/ids.js';
import { warnOfArtifacts } from '../compose/artifacts.js';
import { composeOrderedStops } from '../compose/crashes.js';
import { composeFence } from '../compose/fence.js';
import { composeHost, composePlace, composeResources, type Seen } from '../compose/host.js';
import { composeMessages } from '../compose/messages.js';
import { warningsOf } from '../config/contradictions.js';
import { unanswerableGates } from '../config/faults.js';
import type { Config } from '../config/schema.js';
import { enginesHere } from '../config/engines.js';
import { ConfigError } from '../config/error.js';
import { prepareHost } from '../compose/host-folders.js';
import { createContaining, type Containing } from './host/containing.js';
import { keepCores } from './host/cores.js';
import { startDetectors } from './host/detectors.js';
import { keepGuardians } from './host/guardians.js';
import { openTelling, type Telling } from './host/telling.js';
import { createUnseen } from './host/unseen.js';
import { agentIdentity, watchForSecond } from './host/second-agent.js';
import { createWorker, installRuntime, runUntilSignalled } from './runtime.js';
import { connectClient } from './temporal-client.js';
import { connectWorker, registerSearchAttributes } from './worker-connection.js';

const CONNECT_AGAIN_MS = 500;
/** A guardian takes a report at once: after so long it is looked at who has its id. */
const TAKEN_WITHIN_MS = 3_000;

export async function runAgent(config: Config, logger: Logger): Promise<void> {
  const users = await prepareHost(config, logger);
  const spool = createSpool(join(config.dataDir, 'spool'));
  const telling = await openTelling(config, logger);
  const send: Telling['send'] = (notice) => telling.send(notice);
  const containing = createContaining({ config, logger, send });
  const reporter = createReporter(config, { logger, containing, send });
  const ending = new AbortController();
  const delivery = createDelivery(spool, reporter.line, logger);
  const fence = composeFence(config);
  const killSwitchEngaged = async (engineId: string) => (await fence.killSwitch(engineId)).engaged;
  const tell: Telling['tell'] = (report, killSwitch) => telling.tell(report, killSwitch);
  const unseen = createUnseen(config, send);
  const stopOrdered = composeOrderedStops(config).isOrdered;
  const watching = { delivery, killSwitchEngaged, stopOrdered, tell, ...unseen, logger, users };
  const detectors = await startDetectors(config, watching);
  const resources = composeResources(config);
  const engines = enginesHere(config).map(([engineId]) => engineId);
  if (engines.length === 0) logger.warn({ host: config.host }, 'no engine is of this host');
  installRuntime(logger); // not before: it would keep an agent running that is refused
  logger.info({ engines }, 'detector ready');
  for (const gap of [...unanswerableGates(config), ...warningsOf(config)]) logger.warn(gap);
  void warnOfArtifacts(config, logger);
  void containing.keepReady(ending.signal);
  await delivery.resume();
  try {
    await runHostWorker(config, { logger, resources }, () => reporter.keepGuardians(ending.signal));
  } finally {
    ending.abort();
    delivery.stop();
    telling.stop();
    resources.stop();
    await detectors.stop();
  }
}

interface Reporting {
  logger: Logger;
  containing: Containing;
  send: Telling['send'];
}

/**
 * Connects ahead and starts the guardians, so that a crash report waits for neither, and connects
 * again after a failure: Temporal may come later than we do.
 */
function createReporter(
  config: Config,
  { logger, containing, send }: Reporting,
): { line: GuardianLine; keepGuardians: (signal: AbortSignal) => Promise<void> } {
  let client: Promise<Client> | null = null;
  const connect = (): Promise<Client> => {
    const used = (client ??= connectClient(config, 'host'));
    void used.catch(() => {
      if (client === used) client = null;
    });
    return used;
  };
  const deliver: GuardianLine['deliver'] = async (seen) => {
    const report = await containing.withContained(seen);
    const used = connect();
    try {
      const connected = await used;
      return await unlessStranger(connected, report.engineId, reportCrash(connected, { report }));
    } catch (error) {
      if (isAway(error) && client === used) {
        client = null;
        void used.then(({ connection }) => connection.close()).catch(() => undefined);
      }
      throw error;
    }
  };
  return {
    line: { deliver, isAway },
    keepGuardians: async (signal) => {
      void containing.learn(connect, signal);
      void keepCores({ config, connect, logger }, signal);
      await keepGuardians({ config, connect, logger, send }, signal);
    },
  };
}

/** A stranger's workflow takes nothing, and Temporal waits for it without a word. */
async function unlessStranger<T>(
  client: Client,
  engineId: string,
  reporting: Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const refusing = async (): Promise<never> => {
    await sleep(TAKEN_WITHIN_MS, undefined, { signal: over.signal });
    const look = await lookAtGuardian(client, engineId);
    if (look.kind === 'stranger') throw new Error(look.why);
    return new Promise(() => undefined);
  };
  const refused = refusing().catch((error: unknown) => {
    if (over.signal.aborted) return reporting;
    throw error;
  });
  try {
    return await Promise.race([reporting, refused]);
  } finally {
    over.abort();
    reporting.catch(() => undefined);
  }
}

async function runHostWorker(
  config: Config,
  { logger, resources }: Required<Seen> & { logger: Logger },
  onConnected: () => Promise<void>,
): Promise<void> {
  const connection = await untilConnected(config, logger);
  await registerSearchAttributes(config, connection, logger);
  void onConnected();
  const taskQueue = hostTaskQueue(config.host);
  const identity = agentIdentity(composePlace(config));
  const worker = await createWorker({
    identity,
    messages: composeMessages(config, 'host'),
    connection,
    namespace: config.temporal.namespace,
    taskQueue,
    activities: createHostActivities(composeHost(config, { resources })),
  });
  logger.info({ taskQueue }, 'agent ready');
  let refused: string | null = null;
  const { namespace } = config.temporal;
  const second = watchForSecond({ connection, namespace, taskQueue, identity, logger }, (why) => {
    refused = why;
    worker.shutdown();
  });
  try {
    await runUntilSignalled(worker);
  } finally {
    second.stop();
    await connection.close();
  }
  if (refused !== null) throw new ConfigError(refused);
}

/** Who reads the log looks for other lines meanwhile. */
const SAY_EVERY_MS = 60_000;

async function untilConnected(config: Config, logger: Logger) {
  for (let saidMs = -Infinity; ;) {
    try {
      return await connectWorker(config);
    } catch (error) {
      const why = error instanceof Error ? error.message : 'unknown';
      if (performance.now() - saidMs >= SAY_EVERY_MS) {
        logger.warn({ why }, 'Temporal is away: the detector works on, the host worker waits');
        saidMs = performance.now();
      }
      await sleep(CONNECT_AGAIN_MS);
    }
  }
}
