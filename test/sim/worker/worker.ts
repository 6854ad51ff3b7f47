/**
 * A worker process: the SDK's own worker, with the product's converter, codec and interceptors, over a native part
 * that is simulated.
 *
 * Invariant: one isolate for all runs of a process, made once, because it is the code and not the state.
 */
import { createRequire } from 'node:module';
import vm from 'node:vm';
import { noopMetricMeter } from '@temporalio/common';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { compileWorkerOptions } from '@temporalio/worker/lib/worker-options.js';
import type { Workflow, WorkflowCreator } from '@temporalio/worker/lib/workflow/interface.js';
import { changedCode } from '../../workers/processes/bundled.js';
import { Beats } from './beats.js';
import { NativeWorker } from './native-worker.js';
import type { Poller } from '../temporal/parts.js';
import type { SimulatedServer } from '../temporal/server.js';

const require = createRequire(import.meta.url);
const { ReusableVMWorkflowCreator: Creator } =
  require('@temporalio/worker/lib/workflow/reusable-vm.js') as {
    ReusableVMWorkflowCreator: (new (...given: unknown[]) => WorkflowCreator & Globals) & {
      workflowByRunId: Map<string, Workflow>;
    };
  };
interface Globals {
  injectGlobals(context: object): void;
}

const silent = () => undefined;
const LOGGER = {
  log: silent,
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
};

/** What of the SDK's runtime its worker uses. */
const RUNTIME = {
  logger: LOGGER,
  metricMeter: noopMetricMeter,
  registerShutdownSignalCallback: silent,
  deregisterShutdownSignalCallback: silent,
};

interface Serving extends WorkerOptions {
  taskQueue: string;
  connection: never;
}

type Construct = new (...given: unknown[]) => Worker;

export interface ServingWorker {
  poller: Poller;
  /** As by SIGKILL: what it was doing is never heard of. */
  kill(): void;
  /** As by SIGSTOP: what it is sent, and what it says, waits. */
  freeze(): void;
  wake(): void;
  /** Ended in order. */
  stop(): Promise<void>;
}

/** An answer comes to the server; `taken`: the run hears of it. */
export type Arrive = (taken: () => void) => void;

interface Serve {
  options: Serving;
  creator: WorkflowCreator | undefined;
  /** What becomes of an answer on its way, by the token of its attempt; it arrives, where nobody says. */
  onAnswer?: (token: string, arrive: Arrive) => void;
}

export function serve(
  server: SimulatedServer,
  { options, creator, onAnswer = (_, arrive) => arrive(silent) }: Serve,
): ServingWorker {
  const above = {
    workflowCompleted: (completion: Parameters<typeof server.tasks.completed>[1]) =>
      server.tasks.completed(poller, completion),
    activityCompleted: (completion: { taskToken?: Uint8Array | null } & object) => {
      server.time.stir();
      const token = Buffer.from(completion.taskToken ?? []).toString();
      onAnswer(token, (taken) => {
        server.later(() => {
          const asked = server.activities.get(token);
          if (asked?.isHeard(token) === true) taken();
          asked?.completed(token, completion as never);
        });
      });
    },
    heartbeat: (token: string, details: unknown) => beats.record(token, details as unknown[]),
  };
  const native = new NativeWorker(above);
  const { taskQueue } = options;
  const takesWorkflows = creator !== undefined;
  const poller: Poller = { taskQueue, native, takesWorkflows, cached: new Set() };
  const beats = new Beats(server, () => poller);
  const compiled = compileWorkerOptions(options, LOGGER, noopMetricMeter);
  const { connection } = options;
  const given = [RUNTIME, native, creator, compiled, LOGGER, noopMetricMeter, [], connection];
  const worker = new (Worker as unknown as Construct)(...given);
  const running = worker.run();
  running.catch(silent);
  server.register(poller);
  return {
    poller,
    kill: () => server.unregister(poller),
    freeze: () => server.freeze(poller),
    wake: () => server.wake(poller),
    stop: async () => {
      server.unregister(poller);
      worker.shutdown();
      await running.catch(silent);
    },
  };
}

/**
 * Lets go of what runs have left in the isolate. The SDK does so for each as its worker is told to, which one that is
 * killed never is; and what is kept costs time, too: each has a storage that node looks at for every promise.
 */
export async function forgetRuns(): Promise<void> {
  for (const run of Creator.workflowByRunId.values()) await run.dispose();
}

/** One for all worlds of a process: it is the code, and not the state. */
export function isolateFor(code: string): WorkflowCreator {
  if (isolate?.code !== code) isolate = { code, creator: isolateOf(code) };
  return isolate.creator;
}

let isolate: { code: string; creator: WorkflowCreator } | null = null;

let patchToCome: string | null = null;

/** What runs from now on is told that it has no such patch, as older code was; null: it has all. */
export function useCodeBefore(patch: string | null): void {
  patchToCome = patch;
}

const ASKED = /patchInternal\(patchId, deprecated\) \{/;

class Isolate extends Creator {
  override injectGlobals(context: object): void {
    super.injectGlobals(context);
    Object.assign(context, { lacksPatch: (patch: string) => patch === patchToCome });
  }
}

/** By its constructor: `create` would have each promise of the process traced. */
function isolateOf(bundled: string): WorkflowCreator {
  const code = changedCode(
    bundled,
    ASKED,
    (asked) => `${asked} if (lacksPatch(patchId)) return false;`,
  );
  const bundle = {
    code,
    sourceMap: { version: 3, sources: [], mappings: '' },
    filename: 'workflows.js',
  };
  const script = new vm.Script(code, { filename: bundle.filename });
  return new Isolate(script, bundle, undefined, new Set());
}
