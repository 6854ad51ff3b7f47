/**
 * A real server, and control planes of two versions: this code, and the same in which a recovery asks one
 * thing more. Activities are fakes; each call says which program ran it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import { Context } from '@temporalio/activity';
import { signedClient } from '../../../../clients/temporal/connect.js';
import { startEmbeddedTemporal } from '../../../../clients/temporal/embedded/index.js';
import { createVersions } from '../../../../clients/temporal/versions.js';
import { createWorker } from '../../../../workers/processes/runtime.js';
import { createKeptVersions } from '../../../../workers/processes/versions/kept.js';
import { serveVersions } from '../../../../workers/processes/versions/serve.js';
import { hostTaskQueue, TASK_QUEUE } from '../../../../workflows/ids.js';
import { SEARCH_ATTRIBUTES } from '../../../../workflows/search-attributes.js';
import { bundledCode, changedCode } from '../bundled.js';
import { happyControlPlane, happyHost } from '../../../workflows/fakes/activities.js';
import { createEngine, type Engine, type EngineOptions } from '../../../workflows/fakes/engine.js';
import { makeTestKeys } from '../../../workflows/fakes/keys.js';
import { temporalWith } from '../temporal-with.js';
// Installs the runtime, once for each process.
import '../../../workflows/fakes/world.js';

const HOST = 'host-1';
const EVERY_MS = 200;

/** What recoveries of the changed code ask besides, and no others. */
export const ASKED_BESIDES = 'lookAtRecovery';
const BEFORE = /const source = await \(0,\w+\.checkSafety\)/;
const CALLS = /__webpack_require__\(\/\*! \S*\/calls\.js \*\/ "[^"]+"\)/;

/** With one activity call more. */
function changedWorkflows(code: string): string {
  const [calls] = CALLS.exec(code) ?? [];
  if (calls === undefined) throw new Error('the bundle has no calls');
  const besides = `await ${calls}.recoveries.lookAtRecovery({ workflowId: 'recovery/x/y' });`;
  return changedCode(code, BEFORE, (before = '') => `${besides}\n    ${before}`);
}

/** `flags`: of the server, besides ours. */
export async function openVersionsWorld(t: TestContext, flags: readonly string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'relight-versions-'));
  const before = await bundledCode();
  const changed = changedWorkflows(before);
  const cliPath = await temporalWith(folder, flags);
  const server = await startEmbeddedTemporal({
    dataDir: join(folder, 'temporal'),
    cliPath,
    searchAttributes: SEARCH_ATTRIBUTES,
    ui: false,
  });
  const connection = await Connection.connect({ address: server.address });
  const native = await NativeConnection.connect({ address: server.address });
  const keys = await makeTestKeys(join(folder, 'keys'), HOST);
  const client = signedClient(keys.of('host', HOST), { connection });
  const operator = signedClient(keys.of('operator'), { connection });
  const engines = new Map<string, Engine>();
  const kept = createKeptVersions(join(folder, 'versions'));
  const versions = createVersions({ connection, namespace: 'default' });
  const ends: (() => Promise<void>)[] = [];

  const routed = (names: string[]) => {
    const call = (name: string) => async (input: unknown) => {
      const [, engineId = ''] = (Context.current().info.workflowExecution?.workflowId ?? '').split(
        '/',
      );
      return engines.get(engineId)?.call(name, input);
    };
    return Object.fromEntries(names.map((name) => [name, call(name)]));
  };
  const controlPlane = routed([...Object.keys(happyControlPlane()), ASKED_BESIDES]);

  const host = await createWorker({
    connection: native,
    messages: keys.of('host', HOST),
    taskQueue: hostTaskQueue(HOST),
    activities: routed(Object.keys(happyHost())),
  });
  const hostRuns = host.run();

  t.after(async () => {
    for (const end of ends) await end();
    host.shutdown();
    await hostRuns;
    await native.close();
    await connection.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 9 });
  });

  const stoppable = (stop: () => Promise<void>) => {
    let ended: Promise<void> | null = null;
    const end = () => (ended ??= stop());
    ends.push(end);
    return end;
  };

  return {
    client,
    kept,
    versions,
    bundles: { before, changed },
    /** From then on nobody else may name the version that takes what begins. */
    nameManager: async (identity: string): Promise<void> => {
      await connection.workflowService.setWorkerDeploymentManager({
        namespace: 'default',
        deploymentName: 'relight',
        identity,
        self: true,
      });
    },
    engine: (options: EngineOptions = {}): Engine => {
      const engine = createEngine({
        client,
        operator,
        host: HOST,
        number: engines.size + 1,
        ...options,
        fakes: {
          lookAtRecovery: async () => ({ startedByUs: true }),
          ...options.fakes,
        },
      });
      engines.set(engine.engineId, engine);
      return engine;
    },
    /** `relight worker` of this version; gives what it says. */
    start: async (buildId: string, code: string, settings: { goneAfterMs?: number } = {}) => {
      const said: string[] = [];
      const logger = pino({}, { write: (line) => void said.push(line) });
      const own = await NativeConnection.connect({ address: server.address });
      const serving = await serveVersions(
        {
          connection: own,
          namespace: 'default',
          messages: keys.of('control'),
          activities: controlPlane,
          own: { buildId, bundle: { code } },
          kept,
          logger,
        },
        { everyMs: EVERY_MS, ...settings },
      );
      const runs = serving.worker.run();
      const stop = stoppable(async () => {
        serving.worker.shutdown();
        await serving.stop();
        await runs;
        await own.close();
      });
      return { stop, said: (text: RegExp) => said.some((line) => text.test(line)) };
    },
    /** As workers were before there were versions. */
    startUnversioned: async (code: string) => {
      const own = await NativeConnection.connect({ address: server.address });
      const worker = await createWorker({
        connection: own,
        messages: keys.of('control'),
        taskQueue: TASK_QUEUE,
        workflowBundle: { code },
        activities: controlPlane,
      });
      const runs = worker.run();
      return stoppable(async () => {
        worker.shutdown();
        await runs;
        await own.close();
      });
    },
    versionOf: async (engine: Engine) => versions.versionOf(engine.guardian.workflowId),
  };
}
