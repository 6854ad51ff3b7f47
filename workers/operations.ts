/** What the command line asks for, done with the real parts. */
import { basename, join } from 'node:path';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { describeError } from '../activities/errors.js';
import { readVenues } from '../activities/snapshot.js';
import type {
  CheckpointAnswer,
  EngineStatus,
  OpenGate,
  Operations,
  ReconcileAnswer,
  ReportAnswer,
} from '../clients/cli/operations.js';
import {
  guardianStatusOf,
  openGateOf,
  recordOf,
  sendDecision,
} from '../clients/temporal/recoveries.js';
import { takenAtMs, validateCheckpoint } from '../workflows/domain/checkpoint.js';
import { countVerdicts, reconcile } from '../workflows/domain/reconciliation.js';
import type { RecoveryReport } from '../workflows/domain/record.js';
import { unreadableVenues } from '../workflows/domain/snapshot.js';
import type { EngineState } from '../workflows/domain/state.js';
import { recoveryWorkflowId } from '../workflows/ids.js';
import { composeFence, composeHost, composeVenues, engineOf } from './compose.js';
import { ConfigError, type Config } from './config.js';
import { shutdownNow } from './shutdown.js';
import { connectClient } from './temporal.js';

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
    reconcile: (engineId) => reconcileNow(config, engineId),
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

/** The live engine's own state where it answers, its newest valid checkpoint where it does not. */
async function reconcileNow(config: Config, engineId: string): Promise<ReconcileAnswer> {
  const { policy } = engineOf(config, engineId);
  const internal = await internalState(config, engineId);
  const sinceMs = internal.takenAtMs - policy.reconciliation.fillOverlapMs;
  const pace = { sleep: (ms: number) => sleep(ms), beat: () => undefined };
  const venues = await readVenues(composeVenues(config).ofEngine(engineId), sinceMs, pace);
  const snapshot = { takenAtMs: Date.now(), venues };
  const { lines, fillsApplied } = reconcile(internal.state, snapshot, policy.reconciliation);
  return {
    engineId,
    source: internal.source,
    counts: countVerdicts(lines),
    fillsApplied,
    unreadable: unreadableVenues(snapshot),
    lines,
  };
}

interface InternalState {
  source: string;
  takenAtMs: number;
  state: EngineState;
}

async function internalState(config: Config, engineId: string): Promise<InternalState> {
  const host = composeHost(config);
  try {
    const { state, sequence } = await host.control(engineId).state();
    return { source: `live engine, sequence ${sequence}`, takenAtMs: Date.now(), state };
  } catch (error) {
    const why = describeError(error);
    for (const { name, bytes } of await host.checkpoints.newest(engineId, 5)) {
      const { checkpoint, valid } = validate(config, engineId, bytes);
      if (!valid || checkpoint === null) continue;
      const source = `checkpoint ${name}, because the engine does not answer (${why})`;
      return { source, takenAtMs: takenAtMs(checkpoint.header), state: checkpoint.state };
    }
    throw new ConfigError(`${engineId} does not answer (${why}) and has no valid checkpoint`);
  }
}

function validate(config: Config, engineId: string, bytes: Uint8Array) {
  const { oldMs, absurdQuantity } = engineOf(config, engineId).policy.checkpoint;
  return validateCheckpoint(bytes, { engineId, nowMs: Date.now(), oldMs, absurdQuantity });
}

async function verifyCheckpoint(
  config: Config,
  engineId: string,
  file: string | null,
): Promise<CheckpointAnswer> {
  const { path, bytes } =
    file === null ? await newestOf(config, engineId) : await readCheckpoint(file);
  const { checkpoint, ...verdict } = validate(config, engineId, bytes);
  const contents =
    checkpoint === null
      ? { sequence: null, orders: null, positions: null }
      : {
          sequence: checkpoint.header.sequence,
          orders: checkpoint.state.orders.length,
          positions: checkpoint.state.positions.length,
        };
  return { path, ...verdict, ...contents };
}

async function newestOf(config: Config, engineId: string) {
  const { written } = engineOf(config, engineId).checkpoints;
  const [newest] = await composeHost(config).checkpoints.newest(engineId, 1);
  if (newest === undefined)
    throw new ConfigError(`There is no checkpoint of ${engineId} in ${written}`);
  return { path: join(written, newest.name), bytes: newest.bytes };
}

async function readCheckpoint(path: string): Promise<{ path: string; bytes: Buffer }> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(`The checkpoint ${path} cannot be read (${error.code})`);
  });
  return { path, bytes };
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
