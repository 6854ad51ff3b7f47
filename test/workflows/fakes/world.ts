/**
 * One real Temporal server, one worker with the workflows and one for the host. Both run fake
 * activities, and each call goes to the fakes of the engine whose recovery makes it, so tests of
 * one file may run side by side.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, type Worker } from '@temporalio/worker';
import { pino } from 'pino';
import {
  findTemporalCli,
  startEmbeddedTemporal,
} from '../../../clients/temporal/embedded/index.js';
import { loadWorkflowBundle } from '../../../workers/processes/bundle.js';
import { createWorker, installRuntime } from '../../../workers/processes/runtime.js';
import { hostTaskQueue, TASK_QUEUE } from '../../../workflows/ids.js';
import { SEARCH_ATTRIBUTES } from '../../../workflows/search-attributes.js';
import { happyControlPlane, happyHost } from './activities.js';
import { createEngine, type Engine, type EngineOptions } from './engine.js';
import { checkInvariants } from './invariants.js';

export interface World {
  client: Client;
  host: string;
  /** A new engine with fakes of its own. */
  engine(options?: EngineOptions): Engine;
  /** Checks the invariants over everything that ran, then stops it all. */
  close(): Promise<void>;
}

/** In every history; the default would name the machine. */
const IDENTITY = 'relight';

installRuntime(pino({ level: 'silent' }));

export async function openWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'relight-workflows-'));
  const cliPath = await findTemporalCli({ env: process.env, onProgress: () => undefined });
  const server = await startEmbeddedTemporal({
    dataDir: folder,
    cliPath,
    searchAttributes: SEARCH_ATTRIBUTES,
    ui: false,
  });
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection, identity: IDENTITY });
  const engines = new Map<string, Engine>();
  const host = 'host-1';
  const workers = await runWorkers(server.address, host, engines);
  return {
    client,
    host,
    engine: (options = {}) => {
      const engine = createEngine({ client, host, number: engines.size + 1, ...options });
      engines.set(engine.engineId, engine);
      return engine;
    },
    close: async () => {
      try {
        for (const engine of engines.values()) await checkInvariants(engine);
      } finally {
        await workers.stop();
        await connection.close();
        await server.stop();
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

async function runWorkers(address: string, host: string, engines: ReadonlyMap<string, Engine>) {
  const connection = await NativeConnection.connect({ address });
  const common = { connection, identity: IDENTITY };
  const workers: Worker[] = [
    await createWorker({
      ...common,
      taskQueue: TASK_QUEUE,
      workflowBundle: await loadWorkflowBundle(),
      activities: routed(Object.keys(happyControlPlane()), engines),
    }),
    await createWorker({
      ...common,
      taskQueue: hostTaskQueue(host),
      activities: routed(Object.keys(happyHost()), engines),
    }),
  ];
  const running = workers.map((worker) => worker.run());
  return {
    stop: async () => {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      await connection.close();
    },
  };
}

function routed(names: string[], engines: ReadonlyMap<string, Engine>) {
  const route = (name: string) => async (input: unknown) => {
    const [, engineId = ''] = (Context.current().info.workflowExecution?.workflowId ?? '').split(
      '/',
    );
    const engine = engines.get(engineId);
    if (engine === undefined) throw new Error(`no engine ${engineId} in this test`);
    return engine.call(name, input);
  };
  return Object.fromEntries(names.map((name) => [name, route(name)]));
}
