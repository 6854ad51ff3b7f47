/**
 * One sandbox world: venues, engine, and Relight itself, each a process of its own, over a real
 * Temporal server. Used by the demo and by the end-to-end tests.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { createProcessTable } from '../../clients/host/process-table.js';
import { connectTemporal } from '../../clients/temporal/connect.js';
import { openMessages } from '../../clients/temporal/messages/index.js';
import { findEmbeddedTemporal, findFreePort } from '../../clients/temporal/embedded/index.js';
import { pollersOf } from '../../clients/temporal/pollers.js';
import { hostTaskQueue, TASK_QUEUE } from '../../workflows/ids.js';
import type { EngineState } from '../../workflows/domain/books/state.js';
import { nodeCommand, relightCommand } from '../../workers/processes/self.js';
import { launchEngine, type LaunchedEngine } from '../engine/launch.js';
import { createVenueAdmin, type VenueAdmin } from '../venues/admin-client.js';
import { payFees } from './fees.js';
import { firstJsonLine, startPart, until, type Part } from './processes.js';
import { writeWorldFiles, type VenueAccess, type Windows, type WorldFiles } from './settings.js';

export interface World {
  folder: string;
  files: WorldFiles;
  admin: VenueAdmin;
  access: VenueAccess;
  client: Client;
  temporal: { address: string; uiUrl: string | null };
  venues: Part;
  /** `relight up`, which keeps the others running. */
  up: Part;
  engine: LaunchedEngine;
  /** How long its on-call engineer takes for an answer; a second where it is not said. */
  thinkingMs?: number;
  engineState(): Promise<{ sequence: number; state: EngineState }>;
  /** Ends every process of this world. */
  close(): Promise<void>;
}

export interface WorldRequest {
  folder: string;
  orders: number;
  windows: Windows;
  temporalCli: string;
  memoryLimitBytes?: number;
  containment?: 'none' | 'cancel_own_orders';
  byAgent?: boolean;
  told?: boolean;
  thinkingMs?: number;
  /** Given to every venue account, though none of these venues asks for one. */
  passphrase?: string;
  say: (line: string) => void;
}

type Ready = VenueAccess & { adminUrl: string };

const VENUES = new URL('../venues/main.ts', import.meta.url).href;

export async function startWorld(request: WorldRequest): Promise<World> {
  const { folder, say } = request;
  mkdirSync(folder, { recursive: true });
  const closing: (() => Promise<void>)[] = [];
  try {
    const { venues, access, admin } = await startVenueProcess(folder);
    closing.push(() => venues.stop());
    await payFees(admin);
    say('venues are open: Binance spot and USD-M, Coinbase, Kraken');
    const { files, socket } = await writeFiles(request, access, admin);
    closing.push(async () => rmSync(socket, { force: true }));
    const env = { RELIGHT_TEMPORAL_CLI: request.temporalCli };
    const upCommand = relightCommand('up', '--config', files.relight);
    const up = startPart(upCommand, join(folder, 'relight.log'), { env });
    closing.push(() => up.stop());
    say('Temporal, worker and agent are starting: some seconds');
    const temporal = await temporalOf(files);
    const client = await connectTemporal(
      {
        ...temporal,
        namespace: 'default',
        apiKey: null,
        tls: null,
      },
      () =>
        openMessages(
          { folder: join(files.dataDir, 'keys', 'messages'), encryption: false },
          { role: 'operator', host: null },
        ),
    );
    closing.push(() => client.connection.close());
    await untilPolled(client);
    say(`Temporal, worker and agent are up: ${addressesOf(temporal)}`);
    const engine = launchEngine({
      configFile: files.engine,
      ...(request.memoryLimitBytes === undefined
        ? {}
        : { memoryLimitBytes: request.memoryLimitBytes }),
    });
    closing.push(async () => engine.kill('SIGKILL'));
    say(`the engine runs as pid ${engine.pid}`);
    return {
      folder,
      files,
      admin,
      access,
      client,
      temporal,
      venues,
      up,
      engine,
      ...(request.thinkingMs === undefined ? {} : { thinkingMs: request.thinkingMs }),
      engineState: () => stateOf(files.controlUrl),
      close: () => closeAll(closing, files),
    };
  } catch (error) {
    await closeAll(closing, null);
    throw error;
  }
}

async function startVenueProcess(folder: string) {
  const log = join(folder, 'venues.log');
  const venues = startPart(nodeCommand(VENUES), log, { pipeStdout: true });
  const ready = await firstJsonLine<Ready>(venues);
  const access = { urls: ready.urls, credentials: ready.credentials };
  return { venues, access, admin: createVenueAdmin(ready.adminUrl) };
}

async function writeFiles(request: WorldRequest, access: VenueAccess, admin: VenueAdmin) {
  const controlPort = await findFreePort();
  const socket = join(tmpdir(), `relight-${process.pid}-${controlPort}.sock`);
  const files = writeWorldFiles({
    folder: request.folder,
    engineId: `alpha-${process.pid.toString(36)}${controlPort.toString(36)}`,
    socket,
    controlPort,
    orders: request.orders,
    access,
    ledger: await admin.ledger(),
    windows: request.windows,
    containment: request.containment ?? 'none',
    byAgent: request.byAgent ?? false,
    told: request.told ?? false,
    passphrase: request.passphrase ?? null,
    temporalAddress: null,
  });
  return { files, socket };
}

async function temporalOf(files: WorldFiles) {
  const record = await until('the Temporal server answers', async () => {
    return (await findEmbeddedTemporal(join(files.dataDir, 'temporal'))) ?? null;
  });
  return { address: record.address, uiUrl: record.uiUrl ?? null };
}

function addressesOf({ address, uiUrl }: World['temporal']): string {
  return `Temporal at ${address}, ${uiUrl === null ? 'without a page' : `page ${uiUrl}`}`;
}

/** Whatever ends with this world: `relight up` ends what it has started, engines excepted. */
export async function pidsOf({ up, files, venues }: World): Promise<number[]> {
  const engines = await createProcessTable().ofEngine(files.engineId);
  return [up.pid, ...engines.map(({ pid }) => pid), venues.pid];
}

/** Both workers poll: what is reported from now on is acted upon at once. */
async function untilPolled(client: Client): Promise<void> {
  for (const name of [TASK_QUEUE, hostTaskQueue('sandbox')]) {
    await until(`a worker polls ${name}`, async () => {
      const { connection } = client;
      const pollers = await pollersOf({ connection, namespace: 'default' }, name, 'activity');
      return pollers.length > 0 ? true : null;
    });
  }
}

async function stateOf(controlUrl: string) {
  const response = await fetch(`${controlUrl}/state`, { signal: AbortSignal.timeout(5_000) });
  if (!response.ok) throw new Error(`the engine answered ${response.status}`);
  return (await response.json()) as { sequence: number; state: EngineState };
}

/** In the reverse order of starting; engines that Relight started are found by their variable. */
async function closeAll(closing: (() => Promise<void>)[], files: WorldFiles | null): Promise<void> {
  for (const close of closing.toReversed()) await close().catch(() => undefined);
  const processes = createProcessTable();
  const left = files === null ? [] : await processes.ofEngine(files.engineId);
  for (const engine of left) await processes.kill(engine, 'SIGKILL');
}
