/** A client of the Temporal server that configuration names. */
import { Client, Connection } from '@temporalio/client';

export interface TemporalSettings {
  address: string;
  namespace: string;
  /** Temporal Cloud or an API-key gateway; null without. */
  apiKey: string | null;
  tls: boolean;
}

export async function connectTemporal(settings: TemporalSettings): Promise<Client> {
  const connection = await Connection.connect({
    address: settings.address,
    connectTimeout: '5s',
    ...(settings.tls ? { tls: true } : {}),
    ...(settings.apiKey === null ? {} : { apiKey: settings.apiKey }),
  });
  return new Client({ connection, namespace: settings.namespace });
}
