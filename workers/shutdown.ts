/**
 * The kill switch, without Temporal and without a worker: latch first, so that nothing starts the
 * engine again; then stop it; then cancel its orders at the venues and read what is left.
 */
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { cancelOwnOrders } from '../activities/contain.js';
import { describeError } from '../activities/errors.js';
import type { HostPorts, VenueAccount } from '../activities/ports.js';
import type { ShutdownAnswer } from '../clients/cli/operations.js';
import { composeFence, composeHost, composeVenues, engineOf } from './compose.js';
import type { Config } from './config.js';

export interface ShutdownRequest {
  engineId: string;
  reason: string;
  keepOrders: boolean;
}

const ASKED_WAIT_MS = 2_000;
const KILLED_WAIT_MS = 5_000;
const POLL_MS = 50;
/** The largest epoch that the control contract takes: stopping is never stale. */
const LAST_EPOCH = 999_999_999_999_999;

export async function shutdownNow(
  config: Config,
  request: ShutdownRequest,
): Promise<ShutdownAnswer> {
  const { engineId, reason, keepOrders } = request;
  const { orderIdPrefix } = engineOf(config, engineId);
  await composeFence(config).engage(engineId, reason, userInfo().username);
  const engine = await stopEngine(composeHost(config), engineId);
  const accounts = keepOrders ? [] : composeVenues(config).ofEngine(engineId);
  const venues = await Promise.all(accounts.map((account) => clear(account, orderIdPrefix)));
  return { engineId, engine, venues };
}

async function stopEngine(host: HostPorts, engineId: string): Promise<string> {
  const running = await host.processes.ofEngine(engineId);
  if (running.length === 0) return 'was not running';
  const stamp = { epoch: LAST_EPOCH, idempotencyKey: `shutdown-${Date.now()}` };
  await host
    .control(engineId)
    .shutdown('emergency', stamp)
    .catch(() => undefined);
  if (await isGone(host, engineId, ASKED_WAIT_MS)) return 'stopped';
  for (const process of await host.processes.ofEngine(engineId)) {
    await host.processes.kill(process, 'SIGKILL');
  }
  return (await isGone(host, engineId, KILLED_WAIT_MS)) ? 'killed' : 'STILL RUNS: kill it by hand';
}

async function isGone(host: HostPorts, engineId: string, waitMs: number): Promise<boolean> {
  for (let waited = 0; waited < waitMs; waited += POLL_MS) {
    if ((await host.processes.ofEngine(engineId)).length === 0) return true;
    await sleep(POLL_MS);
  }
  return false;
}

async function clear(account: VenueAccount, prefix: string) {
  const { venue } = account;
  try {
    const result = await cancelOwnOrders(account, prefix);
    return { venue, result, failed: !result.includes(' 0 left') };
  } catch (error) {
    return { venue, result: `FAILED: ${describeError(error)}. Cancel by hand.`, failed: true };
  }
}
