/** A client of the Temporal server that configuration names. */
import { Client, Connection } from '@temporalio/client';

export interface TemporalSettings {
  address: string;
  namespace: string;
  /** Temporal Cloud or an API-key gateway; null without. */
  apiKey: string | null;
  tls: boolean;
}

/** No server, or none that lets us in: nothing was asked of it yet. */
export class TemporalUnreachable extends Error {
  override name = 'TemporalUnreachable';
}

export async function connectTemporal(settings: TemporalSettings): Promise<Client> {
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

/** Says which address it was: the texts of the SDK do not. */
export async function reaching<T>(address: string, connect: () => Promise<T>): Promise<T> {
  try {
    return await connect();
  } catch (error) {
    const why = (error instanceof Error ? error.message : 'unknown').split('\n')[0] ?? '';
    throw new TemporalUnreachable(`no connection to ${address} (${why})`, { cause: error });
  }
}
