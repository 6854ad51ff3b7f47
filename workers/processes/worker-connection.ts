/** A worker's connection to the Temporal server, and what a worker needs to be registered there. */
import { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import { ensureSearchAttributes } from '../../clients/temporal/embedded/index.js';
import { transportOf } from '../../clients/temporal/transport.js';
import { reaching } from '../../clients/temporal/unreachable.js';
import { SEARCH_ATTRIBUTES } from '../../workflows/search-attributes.js';
import { composeTemporal } from '../compose/temporal.js';
import type { Config } from '../config/schema.js';
import { temporalAddress } from './temporal-client.js';

const REGISTER_WAIT_MS = 10_000;
const KEY_EVERY_MS = 30_000;

export async function connectWorker(config: Config): Promise<NativeConnection> {
  const settings = composeTemporal(config, await temporalAddress(config));
  const { apiKey } = settings;
  const connection = await reaching(settings, () =>
    NativeConnection.connect({
      ...transportOf(settings),
      ...(apiKey === null ? {} : { apiKey: apiKey() }),
    }),
  );
  if (apiKey !== null) keepKeyFresh(connection, apiKey);
  return connection;
}

/** Until the connection is closed, which makes setting a key fail. */
export function keepKeyFresh(
  connection: Pick<NativeConnection, 'setApiKey'>,
  apiKey: () => string,
  everyMs = KEY_EVERY_MS,
): void {
  let used = apiKey();
  const timer = setInterval(() => {
    const newest = apiKey();
    if (newest === used) return;
    used = newest;
    connection.setApiKey(newest).catch(() => clearInterval(timer));
  }, everyMs);
  timer.unref();
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
