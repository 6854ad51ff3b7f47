/** The Temporal server: the one that configuration names, or an embedded one that is found. */
import { join } from 'node:path';
import { NativeConnection } from '@temporalio/worker';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { connectTemporal, reaching, TemporalUnreachable } from '../../clients/temporal/connect.js';
import {
  ensureEmbeddedTemporal,
  ensureSearchAttributes,
  findEmbeddedTemporal,
  findTemporalCli,
  type EmbeddedTemporal,
} from '../../clients/temporal/embedded/index.js';
import { SEARCH_ATTRIBUTES } from '../../workflows/search-attributes.js';
import { composeTemporal } from '../compose.js';
import { processEnvironment } from '../config/environment.js';
import type { Config } from '../config/schema.js';

const REGISTER_WAIT_MS = 10_000;

export function embeddedFolder(config: Config): string {
  return join(config.dataDir, 'temporal');
}

/** Starts an embedded server where none is named and none runs; it outlives this process. */
export async function ensureTemporal(
  config: Config,
  logger: Logger,
): Promise<EmbeddedTemporal | null> {
  if (config.temporal.address !== null) return null;
  const { port, uiPort } = config.temporal.embedded;
  return startTemporal(config, logger, { port, uiPort });
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
  return startTemporal(config, logger, { port, uiPort });
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

async function startTemporal(
  config: Config,
  logger: Logger,
  ports: { port: number | null | undefined; uiPort: number | null | undefined },
): Promise<EmbeddedTemporal> {
  const log = (line: string) => logger.info(line);
  const cliPath = await findTemporalCli({ env: processEnvironment(), onProgress: log });
  return ensureEmbeddedTemporal({
    dataDir: embeddedFolder(config),
    cliPath,
    searchAttributes: SEARCH_ATTRIBUTES,
    namespace: config.temporal.namespace,
    detached: true,
    ...(typeof ports.port === 'number' ? { port: ports.port } : {}),
    ...(typeof ports.uiPort === 'number' ? { uiPort: ports.uiPort } : {}),
    log,
  });
}

/** The address to connect to; an embedded server must be running already. */
export async function temporalAddress(config: Config): Promise<string> {
  if (config.temporal.address !== null) return config.temporal.address;
  const found = await findEmbeddedTemporal(embeddedFolder(config));
  if (found !== undefined) return found.address;
  throw new TemporalUnreachable(
    'none is named (temporal.address or TEMPORAL_ADDRESS) and no embedded one runs',
  );
}

export async function connectClient(config: Config): Promise<Client> {
  return connectTemporal(composeTemporal(config, await temporalAddress(config)));
}

export async function connectWorker(config: Config): Promise<NativeConnection> {
  const { address, tls, apiKey } = composeTemporal(config, await temporalAddress(config));
  return reaching(address, () =>
    NativeConnection.connect({
      address,
      ...(tls ? { tls: true } : {}),
      ...(apiKey === null ? {} : { apiKey }),
    }),
  );
}

/**
 * A server that we did not start lacks our search attributes, and without them no guardian can
 * begin. Where we may not register them, somebody else must.
 */
export async function registerSearchAttributes(
  { temporal: { address, namespace } }: Config,
  connection: NativeConnection,
  logger: Logger,
): Promise<void> {
  if (address === null) return;
  try {
    await connection.withDeadline(Date.now() + REGISTER_WAIT_MS, () =>
      ensureSearchAttributes(connection, namespace, SEARCH_ATTRIBUTES),
    );
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown';
    const pairs = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [
      `--name ${name} --type ${type}`,
    ]);
    logger.warn(
      {
        why,
        attributes: Object.keys(SEARCH_ATTRIBUTES),
        remedy: `temporal operator search-attribute create --namespace ${namespace} ${pairs.join(' ')}`,
      },
      'the search attributes could not be checked or registered: where they are missing, no ' +
        'recovery can start until an operator registers them',
    );
  }
}
