/** The embedded Temporal server, which `up` starts and keeps. */
import type { Logger } from 'pino';
import {
  ensureEmbeddedTemporal,
  findEmbeddedTemporal,
  findTemporalCli,
  type EmbeddedTemporal,
} from '../../clients/temporal/embedded/index.js';
import { SEARCH_ATTRIBUTES } from '../../workflows/search-attributes.js';
import { processEnvironment } from '../config/environment.js';
import type { Config } from '../config/schema.js';
import { embeddedFolder } from './temporal-client.js';

/** Starts an embedded server where none is named and none runs; it outlives this process. */
export async function ensureTemporal(
  config: Config,
  logger: Logger,
): Promise<EmbeddedTemporal | null> {
  if (config.temporal.address !== null) return null;
  const { port, uiPort } = config.temporal.embedded;
  return startTemporal(config, logger, { port, uiPort, ui: config.temporal.ui });
}

/** A server that was killed comes back on its file and its ports, with everything it held. */
export async function reviveTemporal(
  config: Config,
  logger: Logger,
  before: EmbeddedTemporal,
): Promise<EmbeddedTemporal> {
  if ((await findEmbeddedTemporal(embeddedFolder(config))) !== undefined) return before;
  logger.warn('the Temporal server is gone; starting it again on its file');
  const port = portOf(`http://${before.address}`);
  const uiPort = before.uiUrl === undefined ? undefined : portOf(before.uiUrl);
  return startTemporal(config, logger, { port, uiPort, ui: uiPort !== undefined });
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

async function startTemporal(
  config: Config,
  logger: Logger,
  ports: { port: number | null | undefined; uiPort: number | null | undefined; ui: boolean },
): Promise<EmbeddedTemporal> {
  const log = (line: string) => logger.info(line);
  const cliPath = await findTemporalCli({ env: processEnvironment(), onProgress: log });
  return ensureEmbeddedTemporal({
    dataDir: embeddedFolder(config),
    cliPath,
    searchAttributes: SEARCH_ATTRIBUTES,
    namespace: config.temporal.namespace,
    detached: true,
    ui: ports.ui,
    ...(typeof ports.port === 'number' ? { port: ports.port } : {}),
    ...(typeof ports.uiPort === 'number' ? { uiPort: ports.uiPort } : {}),
    log,
  });
}
