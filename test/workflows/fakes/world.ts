/**
 * One real Temporal server, one worker with the workflows and one for the host. Both run fake
 * activities, and each call goes to the fakes of the engine whose recovery makes it, so tests of
 * one file may run side by side.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { Connection, type Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import { createFollowActivities } from '../../../activities/guardian/follow-recovery.js';
import { createOpeningActivities } from '../../../activities/steps/opening.js';
import {
  findTemporalCli,
  startEmbeddedTemporal,
} from '../../../clients/temporal/embedded/index.js';
import { signedClient } from '../../../clients/temporal/connect.js';
import { createWorkflows } from '../../../clients/temporal/workflows.js';
import { createStarts } from '../../../clients/temporal/messages/starts.js';
import { createWorker, installRuntime } from '../../../workers/processes/runtime.js';
import { hostTaskQueue, TASK_QUEUE } from '../../../workflows/ids.js';
import { SEARCH_ATTRIBUTES } from '../../../workflows/search-attributes.js';
import { happyControlPlane, happyHost } from './activities.js';
import { createEngine, type Engine, type EngineOptions } from './engine.js';
import { bundleWhereHold, type PatchesThatHold } from '../patches.js';
import { checkInvariants } from './invariants.js';
import { testKeys, type TestKeys } from './keys.js';

export interface World {
  /** Speaks as the agent of the host. */
  client: Client;
  operator: Client;
  keys: TestKeys;
  connection: Connection;
  address: string;
  host: string;
  /** What really looks at Temporal: a test that is about it has it among its fakes. */
  follow: ReturnType<typeof createFollowActivities>;
  /** A new engine with fakes of its own. */
  engine(options?: EngineOptions): Engine;
  /** The agent of another host, from now on. */
  openHost(host: string): Promise<void>;
  /** Does something while no worker is there; all recoveries of this world wait meanwhile. */
  withoutWorkers(act: () => Promise<void>): Promise<void>;
  /** An engine whose workflow id an attacker has taken: its recovery cannot be asked any more. */
  forget(engine: Engine): void;
  /** Checks the invariants over everything that ran, then stops it all. */
  close(): Promise<void>;
}

/** Each engine's rules are its fakes'. */
const NONE = { ofEngine: async () => null };

/** A workflow task that fails is tried again at once, and then after its time-out of ten seconds. */
const QUICK = { everyMs: 250, attempts: 2, failingMs: 0, askEvery: 2, unanswered: 2 };

/** In every history; the default would name the machine. */
const IDENTITY = 'relight';

installRuntime(pino({ level: 'silent' }));

interface WorldOptions {
  /** The server sees no content. */
  encryption?: boolean;
  /** Others that have a key. */
  hosts?: readonly string[];
  /** Those that hold. */
  patches?: PatchesThatHold;
}

/** Of those that want nothing special there is one in a process: to open it takes seconds of computing. */
export async function openWorld(options?: WorldOptions): Promise<World> {
  if (options !== undefined) return openOwn(options);
  shared ??= { world: openOwn({}), users: 0 };
  const { world } = shared;
  shared.users += 1;
  return { ...(await world), close: async () => left(await world) };
}

let shared: { world: Promise<World>; users: number } | null = null;

async function left(world: World): Promise<void> {
  if (shared === null || (shared.users -= 1) > 0) return;
  shared = null;
  await world.close();
}

async function openOwn({
  encryption = false,
  hosts = ['host-2'],
  patches = 'all',
}: WorldOptions): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'relight-workflows-'));
  const cliPath = await findTemporalCli({ env: process.env, onProgress: () => undefined });
  const server = await startEmbeddedTemporal({
    dataDir: folder,
    cliPath,
    searchAttributes: SEARCH_ATTRIBUTES,
    ui: false,
  });
  const connection = await Connection.connect({ address: server.address });
  const host = 'host-1';
  const keys = await testKeys(join(folder, 'keys'), { hosts: [host, ...hosts], encryption });
  const common = { connection, identity: IDENTITY };
  const client = signedClient(keys.of('host', host), common);
  const operator = signedClient(keys.of('operator'), common);
  const workflows = createWorkflows({
    connection,
    namespace: 'default',
    codec: keys.of('control').codec,
    client: signedClient(keys.of('control'), common),
  });
  const engines = new Map<string, Engine>();
  const others: Awaited<ReturnType<typeof runWorkers>>[] = [];
  let made = 0;
  const running = { engines, keys, patches };
  let workers = await runWorkers(server.address, host, running);
  return {
    client,
    operator,
    keys,
    connection,
    address: server.address,
    host,
    follow: createFollowActivities({ workflows, clock: { nowMs: () => Date.now() } }, QUICK),
    engine: (options = {}) => {
      const engine = createEngine({ client, operator, host, number: (made += 1), ...options });
      engines.set(engine.engineId, engine);
      return engine;
    },
    openHost: async (other) => {
      others.push(await runHost(server.address, other, { engines, keys }));
    },
    withoutWorkers: async (act) => {
      await workers.stop();
      try {
        await act();
      } finally {
        workers = await runWorkers(server.address, host, running);
      }
    },
    forget: (engine) => void engines.delete(engine.engineId),
    close: async () => {
      try {
        for (const engine of engines.values()) await checkInvariants(engine);
      } finally {
        await Promise.all([workers, ...others].map((each) => each.stop()));
        await connection.close();
        await server.stop();
        await rm(folder, { recursive: true, force: true, maxRetries: 9 });
      }
    },
  };
}

interface Running {
  engines: ReadonlyMap<string, Engine>;
  keys: TestKeys;
  patches: PatchesThatHold;
}

async function runWorkers(address: string, host: string, { engines, keys, patches }: Running) {
  const connection = await NativeConnection.connect({ address });
  const common = { connection, identity: IDENTITY };
  const { codec } = keys.of('control');
  const starts = createStarts({ connection, namespace: 'default', codec });
  const worker = await createWorker({
    ...common,
    messages: keys.of('control'),
    taskQueue: TASK_QUEUE,
    workflowBundle: await bundleWhereHold(patches),
    activities: {
      ...routed(Object.keys(happyControlPlane()), engines),
      lookAtRecovery: createOpeningActivities({ rules: NONE, starts }).lookAtRecovery,
    },
  });
  const own = await runHost(address, host, { engines, keys });
  const running = worker.run();
  return {
    stop: async () => {
      worker.shutdown();
      await Promise.all([running, own.stop()]);
      await connection.close();
    },
  };
}

async function runHost(
  address: string,
  host: string,
  { engines, keys }: { engines: ReadonlyMap<string, Engine>; keys: TestKeys },
) {
  const connection = await NativeConnection.connect({ address });
  const worker = await createWorker({
    connection,
    identity: IDENTITY,
    messages: keys.of('host', host),
    taskQueue: hostTaskQueue(host),
    activities: routed(Object.keys(happyHost()), engines),
  });
  const running = worker.run();
  return {
    stop: async () => {
      worker.shutdown();
      await running;
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
