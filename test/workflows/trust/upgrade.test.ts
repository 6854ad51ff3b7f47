/**
 * What was begun before there were keys goes on when there are: an incident with an open question, a
 * guardian with a memory, an activity that waits. And from the first message with a key on, a guardian
 * takes none without.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { signedClient } from '../../../clients/temporal/connect.js';
import {
  findTemporalCli,
  startEmbeddedTemporal,
} from '../../../clients/temporal/embedded/index.js';
import { recordOf, reportCrash, sendDecision } from '../../../clients/temporal/recoveries.js';
import { loadWorkflowBundle } from '../../../workers/processes/bundle.js';
import { createWorker } from '../../../workers/processes/runtime.js';
import { hostTaskQueue, TASK_QUEUE } from '../../../workflows/ids.js';
import { guardianStatus, newGuardian, openGate } from '../../../workflows/messages.js';
import { SEARCH_ATTRIBUTES } from '../../../workflows/search-attributes.js';
import { happyControlPlane, happyHost } from '../fakes/activities.js';
import { createEngine } from '../fakes/engine.js';
import { makeTestKeys, type TestKeys } from '../fakes/keys.js';
import { sign } from '../fakes/people.js';
import * as troubles from '../fakes/troubles.js';
import { eventually } from '../fakes/waiting.js';
import { createAttacker, json } from './attacker.js';
// Installs the runtime, once for each process.
import '../fakes/world.js';

const HOST = 'host-1';
const ENTRY = fileURLToPath(new URL('../../../workflows/index.ts', import.meta.url));
const QUIET = () => undefined;

async function surroundings(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'relight-upgrade-'));
  const server = await startEmbeddedTemporal({
    dataDir: folder,
    cliPath: await findTemporalCli({ env: process.env, onProgress: QUIET }),
    searchAttributes: SEARCH_ATTRIBUTES,
    ui: false,
  });
  const connection = await Connection.connect({ address: server.address });
  const native = await NativeConnection.connect({ address: server.address });
  const workers = new Set<{ stop(): Promise<void> }>();
  t.after(async () => {
    for (const each of workers) await each.stop();
    await connection.close();
    await native.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 9 });
  });
  return { folder, connection, native, workers };
}

type Activities = Record<string, (input: unknown) => Promise<unknown>>;

/** As workers were before: no codec, no converter, no interceptor. */
async function oldWorkers(connection: NativeConnection, activities: Activities) {
  const logger = { log: QUIET, trace: QUIET, debug: QUIET, info: QUIET, warn: QUIET, error: QUIET };
  const workflowBundle = await bundleWorkflowCode({ workflowsPath: ENTRY, logger });
  return running([
    await Worker.create({ connection, taskQueue: TASK_QUEUE, workflowBundle, activities }),
    await Worker.create({ connection, taskQueue: hostTaskQueue(HOST), activities }),
  ]);
}

async function newWorkers(connection: NativeConnection, activities: Activities, keys: TestKeys) {
  const workflowBundle = await loadWorkflowBundle();
  const control = keys.of('control');
  const host = keys.of('host', HOST);
  return running([
    await createWorker({
      connection,
      messages: control,
      taskQueue: TASK_QUEUE,
      workflowBundle,
      activities,
    }),
    await createWorker({ connection, messages: host, taskQueue: hostTaskQueue(HOST), activities }),
  ]);
}

function running(workers: Worker[]) {
  const all = Promise.all(workers.map((worker) => worker.run()));
  return {
    stop: async () => {
      for (const worker of workers) worker.shutdown();
      await all;
    },
  };
}

test('what was begun without keys goes on with them', { timeout: 720_000 }, async (t) => {
  const { folder, connection, native, workers } = await surroundings(t);
  const before = new Client({ connection });
  const engine = createEngine({
    client: before,
    operator: before,
    host: HOST,
    number: 1,
    fakes: troubles.volatile,
  });
  const names = [...Object.keys(happyControlPlane()), ...Object.keys(happyHost())];
  const activities = Object.fromEntries(
    names.map((name) => [name, (input: unknown) => engine.call(name, input)]),
  );
  const old = await oldWorkers(native, activities);
  const { workflowId } = engine.guardian;
  await before.workflow.start('engineGuardian', {
    workflowId,
    taskQueue: TASK_QUEUE,
    args: [newGuardian(engine.engineId)],
  });
  await engine.guardian.executeUpdate('reportCrash', { args: [engine.noticeOf(0)] });
  const gate = await engine.gate('volatility');
  await old.stop();

  const keys = await makeTestKeys(join(folder, 'keys'), HOST);
  const client = signedClient(keys.of('host', HOST), { connection });
  const now = await newWorkers(native, activities, keys);
  workers.add(now);
  const guardian = client.workflow.getHandle(workflowId);
  assert.equal((await guardian.query(guardianStatus)).openIncident?.workflowId, engine.workflowId);
  const recovery = client.workflow.getHandle(engine.workflowId);
  assert.deepEqual(await recovery.query(openGate), gate);
  // A message of before may still be on its way.
  const attacker = createAttacker({ client });
  assert.equal(
    await attacker.update(workflowId, 'holdEngine', [json({ reason: 'r', by: 'b' })]),
    null,
  );
  assert.equal(
    await attacker.update(workflowId, 'releaseHold', [json({ reason: 'r', by: 'b' })]),
    null,
  );
  // The first that is signed is the last of that.
  assert.equal((await reportCrash(client, engine.noticeOf(0))).disposition, 'duplicate');
  const why = await attacker.update(workflowId, 'holdEngine', [json({ reason: 'r', by: 'b' })]);
  assert.match(why ?? '', /holdEngine is not signed/);
  const decision = sign(gate, 'approve');
  assert.equal((await sendDecision(client, engine.workflowId, decision)).accepted, true);
  await eventually('it is recovered', async () => {
    const record = await recordOf(client, engine.workflowId);
    const { openIncident } = await guardian.query(guardianStatus);
    return record?.outcome === 'recovered' && openIncident === null;
  });
  assert.equal((await recordOf(client, engine.workflowId))?.refused, undefined);
  assert.equal((await reportCrash(client, engine.noticeOf(1))).disposition, 'opened');
});
