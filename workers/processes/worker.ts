/** `relight worker`: workflows and the control plane's activities. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createControlPlaneActivities } from '../../activities/index.js';
import { openNoticeOutbox } from '../../activities/procedures/notices/notice-outbox.js';
import { signedClient } from '../../clients/temporal/connect.js';
import { createWorkflows } from '../../clients/temporal/workflows.js';
import { createStarts } from '../../clients/temporal/messages/starts.js';
import { TASK_QUEUE } from '../../workflows/ids.js';
import { loadWorkflowBundle, workflowCodeHash } from './bundle.js';
import { warnOfArtifacts } from '../compose/artifacts.js';
import { composeChannels, keepSockets } from '../compose/channels.js';
import { composeControlPlane } from '../compose/control-plane.js';
import { composeLateNotices } from '../compose/crashes.js';
import { composeMessages } from '../compose/messages.js';
import { composeSpareVenues } from '../compose/venues.js';
import type { Config } from '../config/schema.js';
import { runUntilSignalled } from './runtime.js';
import { ownVersion } from './self.js';
import { keepShadows } from './shadows/keep-shadows.js';
import { createWhyNot } from './shadows/why-not.js';
import { createKeptVersions } from './versions/kept.js';
import { serveVersions } from './versions/serve.js';
import { connectWorker, registerSearchAttributes } from './worker-connection.js';

export async function runWorker(
  config: Config,
  logger: Logger,
  reload: () => Config,
): Promise<void> {
  const messages = composeMessages(config, 'control');
  const [connection, bundle, codeHash] = await Promise.all([
    connectWorker(config),
    loadWorkflowBundle(),
    workflowCodeHash(),
  ]);
  await registerSearchAttributes(config, connection, logger);
  const { namespace } = config.temporal;
  const server = { connection, namespace, codec: messages.codec };
  const client = signedClient(messages, { connection, namespace });
  const workflows = createWorkflows({ ...server, client });
  const ending = new AbortController();
  const people = await openPeople(config, logger, ending.signal);
  const ports = composeControlPlane(config, {
    ...people,
    logger,
    reload,
    starts: createStarts(server),
    workflows,
  });
  const serving = await serveVersions({
    messages,
    connection,
    namespace,
    activities: createControlPlaneActivities(ports),
    own: { buildId: buildIdOf(codeHash), bundle },
    kept: createKeptVersions(join(config.dataDir, 'versions')),
    logger,
  });
  logger.info({ taskQueue: TASK_QUEUE }, 'worker ready');
  const spare = { ...ports, venues: composeSpareVenues(config) };
  const whyNot = createWhyNot(config, client);
  void keepShadows({ config, logger, ports: spare, whyNot }, ending.signal);
  void warnOfArtifacts(config, logger);
  try {
    await runUntilSignalled(serving.worker, () => void serving.stop());
  } finally {
    ending.abort();
    await serving.stop();
    await connection.close();
  }
}

/** Channels, with the queue of what they have not taken, and the buttons that they have. */
async function openPeople(config: Config, logger: Logger, signal: AbortSignal) {
  const channels = composeChannels(config);
  const lateNotices = await openNoticeOutbox(channels, composeLateNotices(config), {
    sleep: (ms) => sleep(ms, undefined, { ref: false }),
    onTrouble: (trouble) => {
      logger.warn(trouble, 'a notice was not taken: it is kept and sent again');
    },
  });
  signal.addEventListener('abort', () => lateNotices.stop(), { once: true });
  keepSockets(config, signal, (channel, why) => {
    logger.warn({ channel, why }, 'its buttons are not answered: the connection is opened again');
  });
  return { channels, lateNotices };
}

/** Of the workflow code alone: the same code is the same version, whatever else has changed. */
function buildIdOf(codeHash: string): string {
  return `${ownVersion()}-${codeHash.slice(0, 16)}`;
}
