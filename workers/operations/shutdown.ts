/**
 * The kill switch, without Temporal and without a worker: latch first, so that nothing starts the
 * engine again; then stop it; then cancel its orders at the venues and read what is left.
 *
 * Invariant: it does as much as it can. Whatever fails is said, and stops none of the rest.
 */
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  cancelOwnOrders,
  describeCancelled,
  isClear,
  ownedBy,
  type Ownership,
} from '../../activities/procedures/cancel-orders.js';
import type { VenueAccount } from '../../activities/ports.js';
import type {
  ShutdownAnswer,
  ShutdownStep,
  VenueCleared,
} from '../../clients/cli/answers/schemas.js';
import { validateNewest } from './checkpoints.js';
import { composeFence } from '../compose/fence.js';
import { composeHost } from '../compose/host.js';
import { composeVenues } from '../compose/venues.js';
import { engineOf } from '../config/engines.js';
import type { Config } from '../config/schema.js';
import { stopNow } from './stop-now.js';
import { whyOf } from './why.js';

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
  engineOf(config, engineId); // a wrong name must not engage anything
  const latch = await engage(config, request);
  const engine = await stopNow(composeHost(config), { engineId, host: config.host });
  const accounts = keepOrders ? [] : composeVenues(config).ofEngine(engineId);
  const ownership = await ownershipOf(config, engineId);
  const venues = await Promise.all(accounts.map((account) => clear(account, ownership)));
  return { engineId, latch, engine, venues };
}

/** Also what its newest checkpoint has for its own, whatever the venue calls it. */
async function ownershipOf(config: Config, engineId: string): Promise<Ownership> {
  const prefix = engineOf(config, engineId).orderIdPrefix;
  try {
    const newest = await validateNewest(config, engineId);
    return { prefix, known: ownedBy(newest?.checkpoint.state.orders ?? []) };
  } catch {
    return { prefix }; // the names of its orders are enough for nearly all of them
  }
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

const BY_HAND = ' - CANCEL BY HAND';
const PACE = { sleep: (ms: number) => sleep(ms), beat: () => undefined };

async function clear(account: VenueAccount, ownership: Ownership): Promise<VenueCleared> {
  try {
    const { venue, ...orders } = await cancelOwnOrders(account, ownership, PACE);
    const said = describeCancelled({ venue, ...orders });
    const failed = !isClear({ venue, ...orders });
    const result = `${orders.verified ? '' : 'FAILED: '}${said}${failed ? BY_HAND : ''}`;
    return { venue, result, failed, orders };
  } catch (error) {
    const result = `FAILED: ${whyOf(error)}${BY_HAND}`;
    return { venue: account.venue, result, failed: true, orders: null };
  }
}
