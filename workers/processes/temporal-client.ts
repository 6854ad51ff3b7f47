/** A client of the Temporal server: the one that configuration names, or an embedded one that runs. */
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { TemporalUnreachable } from '../../clients/temporal/unreachable.js';
import { composeTemporal } from '../compose/temporal.js';
import type { Config } from '../config/schema.js';

export function embeddedFolder(config: Config): string {
  return join(config.dataDir, 'temporal');
}

/** The address to connect to; an embedded server must be running already. */
export async function temporalAddress(config: Config): Promise<string> {
  if (config.temporal.address !== null) return config.temporal.address;
  const { findEmbeddedTemporal } = await import('../../clients/temporal/embedded/find-server.js');
  const found = await findEmbeddedTemporal(embeddedFolder(config));
  if (found !== undefined) return found.address;
  throw new TemporalUnreachable(
    'none is named (temporal.address or TEMPORAL_ADDRESS) and no embedded one runs',
  );
}

/** `role`: for whom it speaks. */
export async function connectClient(config: Config, role: 'host' | 'operator'): Promise<Client> {
  const settings = composeTemporal(config, await temporalAddress(config));
  const { connectTemporal } = await import('../../clients/temporal/connect.js');
  const { composeMessages } = await import('../compose/messages.js');
  return connectTemporal(settings, () => composeMessages(config, role));
}
