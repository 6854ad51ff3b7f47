/** A client of the Temporal server that configuration names. */
import type { Client as TemporalClient } from '@temporalio/client';
import { Client, Connection, ServiceError } from './sdk.js';
import { reaching, TemporalUnreachable } from './unreachable.js';

export interface TemporalSettings {
  address: string;
  namespace: string;
  /** Temporal Cloud or an API-key gateway; null without. */
  apiKey: string | null;
  tls: boolean;
}

export async function connectTemporal(settings: TemporalSettings): Promise<TemporalClient> {
  const connection = await reaching(settings.address, () =>
    Connection.connect({
      address: settings.address,
      connectTimeout: '5s',
      ...(settings.tls ? { tls: true } : {}),
      ...(settings.apiKey === null ? {} : { apiKey: settings.apiKey }),
    }),
  );
  return new Client({ connection, namespace: settings.namespace });
}

/** Whether it is the server that does not answer, and not a fault in what was asked. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof ServiceError || error instanceof TemporalUnreachable;
}
