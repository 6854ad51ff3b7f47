/**
 * Entry point: starts all venues and their admin server in this process.
 *
 * Invariant: what was started is closed again, also when a later part of the start fails.
 */
import type { Credentials } from './credentials.js';
import { startHttpServer, type RunningServer } from './http/http-server.js';
import type { Streams } from './http/streams.js';
import type { VenueId } from './instruments.js';
import { byVenue, openSandbox, type SandboxCore, type SandboxOptions } from './sandbox.js';
import { klineStreams } from './wire/binance/market/kline-streams.js';

export type * from './admin/admin-api.js';
export type { Credentials } from './credentials.js';
export type { Endpoint } from './http/endpoints.js';
export type { FaultKind } from './http/faults.js';
export type { JournalEntry } from './ledger/journal.js';
export { ENGINE_VENUE_IDS, VENUE_IDS, type EngineVenueId, type VenueId } from './instruments.js';

export interface VenuesOptions extends SandboxOptions {
  /** Where to listen (default loopback), and the host name that the returned addresses carry. */
  listen?: { host: string; advertised: string };
  /** Free ports are taken where none is named. */
  ports?: Partial<Record<VenueId | 'admin', number>>;
}

export interface RunningVenues {
  urls: Readonly<Record<VenueId, string>>;
  adminUrl: string;
  credentials: Readonly<Record<VenueId, Credentials>>;
  close: () => Promise<void>;
}

export async function startVenues(options: VenuesOptions = {}): Promise<RunningVenues> {
  const sandbox = openSandbox(options);
  const { core, credentials, handlers } = sandbox;
  const servers = new Map<string, RunningServer>();
  const close = async () => {
    sandbox.stop();
    await Promise.all([...servers.values()].map((server) => server.close()));
  };
  try {
    for (const [name, handler] of Object.entries(handlers)) {
      const port = options.ports?.[name as VenueId | 'admin'] ?? 0;
      const streams = streamsOf(core, name);
      servers.set(name, await startHttpServer(port, handler, { listen: options.listen, streams }));
    }
  } catch (error) {
    await close();
    throw error;
  }
  sandbox.start();
  const urlOf = (name: string) => servers.get(name)?.url ?? '';
  return { urls: byVenue(urlOf), adminUrl: urlOf('admin'), credentials, close };
}

function streamsOf({ desks }: SandboxCore, name: string): Streams | undefined {
  if (name !== 'binance' && name !== 'binanceusdm') return undefined;
  return klineStreams(desks[name]);
}
