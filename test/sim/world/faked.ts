/**
 * The world of `test/workflows/fakes/world.ts` on the simulated server: the same engines, fakes, keys and
 * clients, so that one scenario runs on both and is compared.
 */
import { Context } from '@temporalio/activity';
import { createFollowActivities } from '../../../activities/guardian/follow-recovery.js';
import { createOpeningActivities } from '../../../activities/steps/opening.js';
import { signedClient } from '../../../clients/temporal/connect.js';
import { createStarts } from '../../../clients/temporal/messages/starts.js';
import { createWorkflows } from '../../../clients/temporal/workflows.js';
import { hostTaskQueue, TASK_QUEUE } from '../../../workflows/ids.js';
import { happyControlPlane, happyHost } from '../../workflows/fakes/activities.js';
import { createEngine, type Engine, type EngineOptions } from '../../workflows/fakes/engine.js';
import { checkInvariants } from '../../workflows/fakes/invariants.js';
import type { TestKeys } from '../../workflows/fakes/keys.js';
import type { World } from '../../workflows/fakes/world.js';
import { SimulatedServer } from '../temporal/server.js';
import { Service } from '../temporal/service.js';
import { Interference, type Activities } from '../faults/interference.js';
import { Process } from '../worker/process.js';
import { forgetRuns, isolateFor, serve, type Arrive } from '../worker/worker.js';
import { BEGINS_AT_MS, useTime } from '../time/installed.js';
import { randomOf } from '../time/random.js';
import { VirtualTime } from '../time/virtual-time.js';
import { keysOfWorlds } from './keys.js';
import { workerOptions } from './worker-options.js';

const HOST = 'host-1';
const IDENTITY = 'relight';
const NONE = { ofEngine: async () => null };
const QUICK = { everyMs: 250, attempts: 2, failingMs: 0, askEvery: 2, unanswered: 2 };
/** Longer than any scenario takes. */
const LIMIT_MS = 3_600_000;

export interface SimulatedWorld extends World {
  server: SimulatedServer;
  time: VirtualTime;
  /** Of the control plane, and of the host's agent. */
  processes(): Process[];
  /** Whose invariants somebody else looks after. */
  letBe(engine: Engine): void;
}

export interface SimulationOptions {
  seed: string;
  /** The workflows, bundled. */
  code: string;
  /** What goes wrong; nothing, where it is missing. */
  interference?: Interference;
}

/** Runs that in a world of its own, in virtual time, to its end. */
export async function inFakedWorld<T>(
  { seed, code, interference = new Interference([], () => undefined) }: SimulationOptions,
  act: (world: SimulatedWorld) => Promise<T>,
): Promise<T> {
  const keys = await keysOfWorlds();
  const [ties, math] = [randomOf(seed, 'ties'), randomOf(seed, 'math')];
  const time = new VirtualTime(BEGINS_AT_MS, () => ties.next());
  useTime(time, () => math.next());
  try {
    const world = openWorld({ time, seed, keys, code, interference });
    return await through(time, async () => {
      const result = await act(world);
      await world.close();
      return result;
    });
  } finally {
    useTime(null);
    await forgetRuns();
  }
}

async function through<T>(time: VirtualTime, act: () => Promise<T>): Promise<T> {
  let isOver = false;
  const acting = act().finally(() => (isOver = true));
  acting.catch(() => undefined); // told below
  await time.until(() => isOver, LIMIT_MS);
  return acting;
}

interface Opening {
  time: VirtualTime;
  seed: string;
  keys: TestKeys;
  code: string;
  interference: Interference;
}

function openWorld({ time, seed, keys, code, interference }: Opening): SimulatedWorld {
  const latency = { lowMs: 2, highMs: 12 };
  const server = new SimulatedServer(time, { random: randomOf(seed, 'server'), latency });
  const connection = new Service(server, { isReachable: true }).connection() as never;
  const common = { connection, identity: IDENTITY };
  const client = signedClient(keys.of('host', HOST), common);
  const operator = signedClient(keys.of('operator'), common);
  const control = keys.of('control');
  const workflows = createWorkflows({
    connection,
    namespace: 'default',
    codec: control.codec,
    client: signedClient(control, common),
  });
  const engines = new Map<string, Engine>();
  const judgedElsewhere = new Set<Engine>();
  const creator = isolateFor(code);
  const starts = createStarts({ connection, namespace: 'default', codec: control.codec });
  const onAnswer = (token: string, arrive: Arrive) => void interference.answer(token, arrive);
  const runHost = (host: string) =>
    new Process(time, (process) =>
      serve(server, {
        options: workerOptions({
          ...common,
          messages: keys.of('host', host),
          taskQueue: hostTaskQueue(host),
          activities: interference.wrapped(routed(Object.keys(happyHost()), engines), process),
        }),
        creator: undefined,
        onAnswer,
      }),
    );
  const { lookAtRecovery } = createOpeningActivities({ rules: NONE, starts });
  const ofControl = { ...routed(Object.keys(happyControlPlane()), engines), lookAtRecovery };
  const runControl = () =>
    new Process(time, (process) =>
      serve(server, {
        options: workerOptions({
          ...common,
          messages: control,
          taskQueue: TASK_QUEUE,
          activities: interference.wrapped(ofControl, process),
        }),
        creator,
        onAnswer,
      }),
    );
  let workers = [runControl(), runHost(HOST)];
  const others: Process[] = [];
  let made = 0;
  return {
    client,
    operator,
    keys,
    connection,
    host: HOST,
    address: 'simulated',
    server,
    time,
    processes: () => workers.map(({ current }) => current),
    follow: createFollowActivities({ workflows, clock: { nowMs: () => Date.now() } }, QUICK),
    engine: (options: EngineOptions = {}) => {
      const engine = createEngine({
        client,
        operator,
        host: HOST,
        number: (made += 1),
        ...options,
      });
      engines.set(engine.engineId, engine);
      return engine;
    },
    openHost: async (other) => void others.push(runHost(other)),
    withoutWorkers: async (work) => {
      for (const worker of workers) worker.end();
      await work();
      workers = [runControl(), runHost(HOST)];
    },
    forget: (engine) => void engines.delete(engine.engineId),
    letBe: (engine) => void judgedElsewhere.add(engine),
    close: async () => {
      for (const engine of engines.values()) {
        if (!judgedElsewhere.has(engine)) await checkInvariants(engine);
      }
      for (const worker of [...workers, ...others]) worker.end();
    },
  };
}

function routed(names: string[], engines: ReadonlyMap<string, Engine>): Activities {
  const route = (name: string) => async (input: unknown) => {
    const { workflowExecution } = Context.current().info;
    const [, engineId = ''] = (workflowExecution?.workflowId ?? '').split('/');
    const engine = engines.get(engineId);
    if (engine === undefined) throw new Error(`no engine ${engineId} in this test`);
    return engine.call(name, input);
  };
  return Object.fromEntries(names.map((name) => [name, route(name)]));
}
