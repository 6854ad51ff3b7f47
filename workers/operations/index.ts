/** What the command line asks for, done with the real parts. */
import { basename, join } from 'node:path';
import { readdir, readFile } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import type {
  EngineStatus,
  OpenGate,
  Operations,
  ReportAnswer,
} from '../../clients/cli/operations.js';
import {
  guardianStatusOf,
  openGateOf,
  recordOf,
  sendDecision,
} from '../../clients/temporal/recoveries.js';
import type { RecoveryReport } from '../../workflows/domain/record.js';
import { recoveryWorkflowId } from '../../workflows/ids.js';
import { verifyCheckpoint } from './checkpoints.js';
import { composeFence } from '../compose.js';
import { engineOf } from '../config/engines.js';
import type { Config } from '../config/schema.js';
import { shutdownNow } from './shutdown.js';
import { connectClient } from '../processes/temporal.js';
import { requireEngineSecrets, requireVenueSecrets } from '../config/secrets.js';
import { reconcileNow } from './reconcile-now.js';
import { ordersNow, positionsNow } from './venue-views.js';
import { watchEngine } from './keep-watch.js';

export function createOperations(config: Config): Operations {
  let connecting: Promise<Client> | null = null;
  const client = () => (connecting ??= connectClient(config));
  return {
    engines: () => Object.keys(config.engines),
    status: async (engineId) => statusOf(config, await client(), engineId),
    openGates: async () => openGates(config, await client()),
    decide: async (decision) => {
      const incidentId = decision.gateId.split('/').slice(0, -1).join('/');
      const outcome = await sendDecision(await client(), recoveryWorkflowId(incidentId), decision);
      return outcome.accepted ? { accepted: true, status: outcome.receipt.status } : outcome;
    },
    reconcile: async (engineId) => {
      requireEngineSecrets(config, engineId);
      return reconcileNow(config, engineId);
    },
    positions: async (engineId) => {
      requireVenueSecrets(config, engineId);
      return positionsNow(config, engineId);
    },
    orders: async (engineId) => {
      requireVenueSecrets(config, engineId);
      return ordersNow(config, engineId);
    },
    watch: async (engineId, options) => {
      requireEngineSecrets(config, engineId);
      return watchEngine(config, engineId, options);
    },
    verifyCheckpoint: (engineId, file) => verifyCheckpoint(config, engineId, file),
    shutdown: (engineId, reason, options) => shutdownNow(config, { engineId, reason, ...options }),
    releaseKillSwitch: (engineId) => composeFence(config).release(engineId),
    reports: () => listReports(config),
    close: async () => {
      const connected = await connecting?.catch(() => null);
      await connected?.connection.close();
    },
  };
}

async function statusOf(config: Config, client: Client, engineId: string): Promise<EngineStatus> {
  engineOf(config, engineId);
  const guardian = await guardianStatusOf(client, engineId);
  const workflowId = (guardian?.openIncident ?? guardian?.past.at(-1))?.workflowId;
  return {
    engineId,
    killSwitch: await composeFence(config).killSwitch(engineId),
    guardian,
    recovery: workflowId === undefined ? null : await recordOf(client, workflowId),
    gate: workflowId === undefined ? null : await openGateOf(client, workflowId),
  };
}

async function openGates(config: Config, client: Client): Promise<OpenGate[]> {
  const gates = await Promise.all(
    Object.keys(config.engines).map(async (engineId) => {
      const guardian = await guardianStatusOf(client, engineId);
      const workflowId = guardian?.openIncident?.workflowId;
      if (workflowId === undefined) return [];
      const gate = await openGateOf(client, workflowId);
      return gate === null ? [] : [{ engineId, workflowId, gate }];
    }),
  );
  return gates.flat();
}

async function listReports(config: Config): Promise<ReportAnswer[]> {
  const folder = join(config.dataDir, 'reports');
  const names = await readdir(folder).catch(() => []);
  const reports = await Promise.all(
    names.map(async (name) => {
      const json = join(folder, basename(name), 'recovery.json');
      const content = await readFile(json, 'utf8').catch(() => null);
      if (content === null) return [];
      const { incidentId, outcome, endedAtMs } = (JSON.parse(content) as RecoveryReport).record;
      return [{ incidentId, outcome, endedAtMs, pdf: json.replace(/json$/, 'pdf'), json }];
    }),
  );
  return reports.flat().toSorted((a, b) => (b.endedAtMs ?? 0) - (a.endedAtMs ?? 0));
}
