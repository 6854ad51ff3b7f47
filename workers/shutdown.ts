/**
 * The kill switch, without Temporal and without a worker: latch first, so that nothing starts the
 * engine again; then stop it; then cancel its orders at the venues and read what is left.
 *
 * Invariant: it does as much as it can. Whatever fails is said, and stops none of the rest.
 */
import { userInfo } from 'node:os';
import { cancelOwnOrders, describeCancelled } from '../activities/cancel-orders.js';
import type { VenueAccount } from '../activities/ports.js';
import type { ShutdownAnswer, ShutdownStep } from '../clients/cli/operations.js';
import { composeFence, composeHost, composeVenues, engineOf } from './compose.js';
import type { Config } from './config.js';
import { stopEngine, whyOf } from './stop-engine.js';

export interface ShutdownRequest {
  engineId: string;
  reason: string;
  keepOrders: boolean;
}

export async function shutdownNow(
  config: Config,
  request: ShutdownRequest,
): Promise<ShutdownAnswer> {
  const { engineId, keepOrders } = request;
  const { orderIdPrefix } = engineOf(config, engineId);
  const latch = await engage(config, request);
  const engine = await stopEngine(composeHost(config), { engineId, host: config.host });
  const accounts = keepOrders ? [] : composeVenues(config).ofEngine(engineId);
  const venues = await Promise.all(accounts.map((account) => clear(account, orderIdPrefix)));
  return { engineId, latch, engine, venues };
}

async function engage(
  config: Config,
  { engineId, reason }: ShutdownRequest,
): Promise<ShutdownStep> {
  try {
    await composeFence(config).engage(engineId, reason, userName());
    return { result: 'engaged', failed: false };
  } catch (error) {
    const result =
      `NOT ENGAGED: ${whyOf(error)}. Relight may start the engine again: ` +
      'stop its agent, or make the data folder writable and repeat.';
    return { result, failed: true };
  }
}

/** In a container the user may have no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

async function clear(account: VenueAccount, prefix: string) {
  const { venue } = account;
  try {
    const cancelled = await cancelOwnOrders(account, prefix);
    const result = describeCancelled(cancelled).slice(venue.length + 2);
    return { venue, result, failed: cancelled.left.length > 0 };
  } catch (error) {
    return { venue, result: `FAILED: ${whyOf(error)} - cancel by hand`, failed: true };
  }
}
