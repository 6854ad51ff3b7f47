/** A Temporal server that cannot be reached, and why as far as a handshake tells. */
import type { TransportSettings } from './transport.js';

/** No server, or none that lets us in: nothing was asked of it yet. */
export class TemporalUnreachable extends Error {
  override name = 'TemporalUnreachable';
}

/** Says which address it was, and which setting keeps us out: the texts of the SDK do not. */
export async function reaching<T>(
  settings: TransportSettings,
  connect: () => Promise<T>,
): Promise<T> {
  try {
    return await connect();
  } catch (error) {
    const why = (error instanceof Error ? error.message : 'unknown').split('\n')[0] ?? '';
    const { tlsTrouble } = await import('./tls-trouble.js');
    const trouble = await tlsTrouble(settings).catch(() => null);
    const said = `no connection to ${settings.address} (${why})`;
    const text = trouble === null ? said : `${said}: ${trouble}`;
    throw new TemporalUnreachable(text, { cause: error });
  }
}
