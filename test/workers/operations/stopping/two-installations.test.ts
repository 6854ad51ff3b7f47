/**
 * Two installations of Relight on one machine whose engines have one id, as staging beside production: each
 * stops, sees and watches its own. Real engines at real venues, each started by its own installation.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pino } from 'pino';
import { createHostActivities } from '../../../../activities/index.js';
import { engineCommand } from '../../../../sandbox/engine/launch.js';
import { ALWAYS } from '../../../../activities/procedures/lease.js';
import { createProcessTable } from '../../../../clients/host/process-table.js';
import { composeHost } from '../../../../workers/compose/host.js';
import { prepareHost } from '../../../../workers/compose/host-folders.js';
import type { Config } from '../../../../workers/config/schema.js';
import { engageHere } from '../../../../workers/operations/stopping/latch.js';
import { shutdownNow } from '../../../../workers/operations/stopping/shutdown.js';
import { inActivity } from '../../../activities/ports.js';
import {
  createRig,
  ENGINE_ID,
  eventually,
  openOrderCount,
  ready,
} from '../../../sandbox/engine/rig.js';
import { configOf } from '../../config/rig-config.js';

/** Its engine trades. */
async function openInstallation(t: TestContext) {
  t.after(endAll);
  const rig = await createRig(t);
  const configFile = join(rig.dataDir, 'engine.json');
  const command = { configFile, epoch: '{epoch}', instanceId: '{instance}' };
  const config = configOf(rig, { start: engineCommand(command) });
  await prepareHost(config, pino({ enabled: false }));
  const host = composeHost(config);
  const stamp = { epoch: 1, idempotencyKey: 'start' };
  await host.control(ENGINE_ID).start({ ...stamp, instanceId: 'e1', statePath: '/no/state' });
  await ready(rig);
  const [engine] = await host.processes.ofEngine(ENGINE_ID);
  if (engine === undefined) throw new Error('it does not run');
  const lives = async () => (await host.processes.liveness(engine)) !== 'gone';
  return { rig, config, host, engine, lives };
}

async function endAll(): Promise<void> {
  const table = createProcessTable();
  for (const one of await table.ofEngine(ENGINE_ID)) await table.kill(one, 'SIGKILL');
}

async function shutdown(config: Config) {
  const request = { engineId: ENGINE_ID, reason: 'test', keepOrders: false };
  return shutdownNow(config, {
    ...request,
    latch: await engageHere({ config, away: null }, request),
  });
}

test(
  'the kill switch of one installation kills its hung engine, and leaves the other alone',
  { timeout: 360_000 },
  async (t) => {
    const staging = await openInstallation(t);
    const production = await openInstallation(t);
    assert.equal((await createProcessTable().ofEngine(ENGINE_ID)).length, 2);
    for (const { host, engine } of [staging, production]) {
      assert.deepEqual(await host.processes.ofEngine(ENGINE_ID), [engine]);
    }
    process.kill(staging.engine.pid, 'SIGSTOP');
    process.kill(production.engine.pid, 'SIGSTOP'); // what would be killed, too
    const { engine } = await shutdown(staging.config);
    assert.deepEqual(engine, { result: 'killed', failed: false });
    await eventually('it is gone', async () => !(await staging.lives()));
    assert.ok(await production.lives());
    assert.ok(openOrderCount(await production.rig.admin.ledger()) > 0);
    const again = await shutdown(staging.config);
    assert.match(again.engine.result, /^was not running/);
    assert.equal(again.engine.failed, false);
    assert.ok(await production.lives());
  },
);

test(
  'an engine is started beside that of another installation, and beside none that may be ours',
  { timeout: 360_000 },
  async (t) => {
    const staging = await openInstallation(t);
    const production = await openInstallation(t);
    const { host, rig, config } = staging;
    const start = () => {
      const instance = { engineId: ENGINE_ID, instanceId: 'e2', epoch: 2 };
      const statePath = host.checkpoints.recoveredPath(ENGINE_ID, 2);
      return inActivity(createHostActivities({ ...host, lease: () => ALWAYS }), 'startEngine', {
        ...instance,
        statePath,
        idempotencyKey: 'start-2',
      });
    };
    await host.processes.kill(staging.engine, 'SIGKILL');
    await eventually('it is gone', async () => !(await staging.lives()));
    const byHand = rig.launch({ trading: false, instanceId: 'by-hand' });
    await eventually('it is seen', async () => {
      const [one] = await host.processes.ofEngine(ENGINE_ID);
      return one?.instanceId === 'by-hand';
    });
    await assert.rejects(start(), { type: 'EngineStillAlive' });
    byHand.kill('SIGKILL');
    await byHand.exited;
    const { pid } = await start();
    assert.deepEqual(
      (await composeHost(config).processes.ofEngine(ENGINE_ID)).map((one) => one.pid),
      [pid],
    );
    assert.ok(await production.lives());
  },
);
