/** What the command line asks for, done with the real parts, each loaded when it is asked for. */
import type { Client } from '@temporalio/client';
import type { Operations } from '../../clients/cli/operations.js';
import type { Config } from '../config/schema.js';
import { engineOf } from '../config/engines.js';
import { requireEngineSecrets, requireVenueSecrets } from '../config/secrets.js';

export function createOperations(config: Config): Operations {
  let connecting: Promise<Client> | null = null;
  const client = () => (connecting ??= connect(config));
  return {
    engines: () => Object.keys(config.engines),
    ...recoveries(config, client),
    ...venues(config),
    verifyCheckpoint: async (engineId, file) => {
      const { verifyCheckpoint } = await import('./checkpoints.js');
      return verifyCheckpoint(config, engineId, file);
    },
    latch: async (engineId, reason) => {
      const { engageHere } = await import('./stopping/latch.js');
      return engageHere(config, { engineId, reason });
    },
    shutdown: async (engineId, reason, options) => {
      const { shutdownNow } = await import('./stopping/shutdown.js');
      return shutdownNow(config, { engineId, reason, ...options, client });
    },
    releaseKillSwitch: async (engineId, reason) => {
      const { releaseNow } = await import('./stopping/tell-guardian.js');
      return releaseNow(config, { engineId, reason, client });
    },
    toResetFence: async (request) => {
      const { toResetFence } = await import('./reset-fence.js');
      return toResetFence(config, request);
    },
    resetFence: async (request) => {
      const { resetFence } = await import('./reset-fence.js');
      return resetFence(config, request);
    },
    crashes: async (engineId) => {
      const { crashesOf } = await import('./crashes.js');
      return crashesOf(config, engineId);
    },
    reports: async (incident, onUnread) => {
      const { listReports } = await import('./reports.js');
      return listReports(config, incident, onUnread);
    },
    messageKeys: async () => {
      const { messageKeys } = await import('./message-keys.js');
      return messageKeys(config);
    },
    close: async () => {
      const connected = await connecting?.catch(() => null);
      await connected?.connection.close();
    },
  };
}

async function connect(config: Config): Promise<Client> {
  const { connectClient } = await import('../processes/temporal-client.js');
  return connectClient(config, 'operator');
}

/** Of Temporal. */
function recoveries(
  config: Config,
  client: () => Promise<Client>,
): Pick<Operations, 'status' | 'openGates' | 'decide' | 'toInstruct' | 'toFailOver' | 'instruct'> {
  return {
    status: async (engineId) => {
      engineOf(config, engineId); // a wrong name needs no server to be told
      const connected = await client();
      const { statusOf } = await import('./recoveries.js');
      return statusOf(config, connected, engineId);
    },
    openGates: async (onUnread = () => undefined) => {
      const connected = await client();
      const { openGates } = await import('./recoveries.js');
      return openGates(config, connected, onUnread);
    },
    decide: async (decision) => {
      const connected = await client();
      const { decide } = await import('./recoveries.js');
      return decide(connected, decision);
    },
    toInstruct: async (request) => {
      const { toInstruct } = await import('./recoveries.js');
      return toInstruct(config, request);
    },
    toFailOver: async (request) => {
      engineOf(config, request.engineId);
      const connected = await client();
      const { toFailOver } = await import('./recoveries.js');
      return toFailOver(config, connected, request);
    },
    instruct: async (instruction) => {
      const connected = await client();
      const { instruct } = await import('./recoveries.js');
      return instruct(connected, instruction);
    },
  };
}

/** Of the venues, and of the engine itself. */
function venues(config: Config): Pick<Operations, 'reconcile' | 'positions' | 'orders' | 'watch'> {
  return {
    reconcile: async (engineId) => {
      requireEngineSecrets(config, engineId);
      const { reconcileNow } = await import('./reconcile-now.js');
      return reconcileNow(config, engineId);
    },
    positions: async (engineId) => {
      requireVenueSecrets(config, engineId);
      const { positionsNow } = await import('./venue-views.js');
      return positionsNow(config, engineId);
    },
    orders: async (engineId) => {
      requireVenueSecrets(config, engineId);
      const { ordersNow } = await import('./venue-views.js');
      return ordersNow(config, engineId);
    },
    watch: async (engineId, options) => {
      requireEngineSecrets(config, engineId);
      const { watchEngine } = await import('./keep-watch.js');
      return watchEngine(config, engineId, options);
    },
  };
}
