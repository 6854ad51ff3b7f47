/** What the command line asks for, done with the real parts, each loaded when it is asked for. */
import type { Client } from '@temporalio/client';
import type { Operations } from '../../clients/cli/operations.js';
import { isForRecovery } from '../../workflows/domain/steering/table.js';
import type { Config } from '../config/schema.js';
import { engineOf } from '../config/engines.js';
import { NOTHING_LEFT_OUT, type LeftOut } from '../config/to-stop.js';
import type { Unread } from '../config/to-read.js';
import { requireEngineSecrets, requireVenueSecrets } from '../config/secrets.js';
import { createStops } from './stopping/index.js';

/** `leftOut`, `unread`: what of the configuration is not valid, for a command that goes on without it. */
export function createOperations(
  config: Config,
  { leftOut = NOTHING_LEFT_OUT, unread = {} }: { leftOut?: LeftOut; unread?: Unread } = {},
): Operations {
  let connecting: Promise<Client> | null = null;
  const clientBy = (usable: Config) => (connecting ??= connect(usable));
  const client = () => clientBy(config);
  return {
    engines: () => [...Object.keys(config.engines), ...Object.keys(leftOut.engines)],
    people: () => ({
      approvers: config.approvers,
      engines: Object.entries(config.engines).map(([engineId, { policy }]) => ({
        engineId,
        policy,
      })),
    }),
    ...incidents(config, client),
    ...recoveries(config, client),
    ...steering(config, Object.keys(leftOut.engines), client),
    ...venues(config, unread),
    verifyCheckpoint: async (engineId) => {
      const { verifyCheckpoint } = await import('./checkpoints.js');
      return verifyCheckpoint(config, engineId);
    },
    ...createStops(config, leftOut, clientBy),
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
    ...readiness(config, client),
    unitFailed: async (failure) => {
      const { noteUnitFailure } = await import('./unit-failed.js');
      return noteUnitFailure(config, failure);
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
): Pick<Operations, 'status' | 'openGates' | 'decide' | 'checklists'> {
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
    checklists: async (target) => {
      const connected = await client();
      const { checklistsOf } = await import('./steering/checklists.js');
      return checklistsOf(config, connected, target);
    },
  };
}

/** What people sign, and send. */
function steering(
  config: Config,
  leftOut: readonly string[],
  client: () => Promise<Client>,
): Pick<Operations, 'toInstruct' | 'toFailOver' | 'toSteer' | 'instruct'> {
  return {
    toInstruct: async (request) => {
      const { toInstruct } = await import('./recoveries.js');
      return toInstruct(config, request, leftOut);
    },
    toFailOver: async (request) => {
      engineOf(config, request.engineId);
      const connected = await client();
      const { toFailOver } = await import('./recoveries.js');
      return toFailOver(config, connected, request);
    },
    toSteer: async (request) => {
      const connected = await client();
      const { toSteer } = await import('./steering/checklists.js');
      return toSteer(config, connected, request, leftOut);
    },
    instruct: async (instruction) => {
      const connected = await client();
      if (isForRecovery(instruction.told.command)) {
        const { tellRecovery } = await import('./steering/checklists.js');
        return tellRecovery(connected, instruction);
      }
      const { instruct } = await import('./recoveries.js');
      return instruct(connected, instruction);
    },
  };
}

function incidents(
  config: Config,
  client: () => Promise<Client>,
): Pick<Operations, 'incidents' | 'recordOf'> {
  return {
    incidents: async (most, onUnread) => {
      const { listIncidents } = await import('./standing/incidents.js');
      return listIncidents({ config, client, onUnread }, most);
    },
    recordOf: async (incidentId, onUnread) => {
      const { recordOfIncident } = await import('./standing/incidents.js');
      return recordOfIncident({ config, client, onUnread }, incidentId);
    },
  };
}

/** Before the night. */
function readiness(
  config: Config,
  client: () => Promise<Client>,
): Pick<Operations, 'plan' | 'watched' | 'killAsCrash' | 'engineCheck' | 'doctor'> {
  return {
    plan: async (engineId) => {
      requireVenueSecrets(config, engineId);
      const { planNow } = await import('./plan/index.js');
      return planNow(config, engineId, client);
    },
    watched: async (engineId) => {
      const { watchedHere } = await import('./drill/index.js');
      return watchedHere(config, engineId);
    },
    killAsCrash: async (process) => {
      const { killAsCrash } = await import('./drill/index.js');
      return killAsCrash(config, process);
    },
    engineCheck: async (engines) => {
      const { capabilitiesIn } = await import('../config/engine/integration.js');
      const checked = engines.map((engineId) => {
        return { engineId, capabilities: capabilitiesIn(engineOf(config, engineId)) };
      });
      return { engines: checked };
    },
    doctor: async (engines, options) => {
      const { runDoctor } = await import('./doctor/index.js');
      return runDoctor(config, engines, options);
    },
  };
}

/** Of the venues, and of the engine itself. */
function venues(
  config: Config,
  unread: Unread,
): Pick<Operations, 'reconcile' | 'positions' | 'orders' | 'watch'> {
  return {
    reconcile: async (engineId) => {
      const without = unread[engineId] ?? [];
      if (without.includes('control')) requireVenueSecrets(config, engineId);
      else requireEngineSecrets(config, engineId);
      const { reconcileNow } = await import('./reconcile-now.js');
      return reconcileNow(config, engineId, without);
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
