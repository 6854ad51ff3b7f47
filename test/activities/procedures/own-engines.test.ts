/** Whoever reaches a host's task queue: what of their words is believed, which is nearly nothing. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createHostActivities } from '../../../activities/index.js';
import { isFailure } from '../../../activities/errors.js';
import { run } from '../../clients/host/processes.js';
import { openScene, reportOf } from '../steps/death/scene.js';
import { inActivity, openHost } from '../ports.js';
import { ENGINE_ID } from '../../sandbox/engine/rig.js';

const notOurs = (error: unknown) => isFailure(error, 'NotOurs') && error.nonRetryable === true;

async function openScenes(t: TestContext) {
  const scene = await openScene(t);
  const { engineId } = reportOf(scene.engine, 'dead');
  const isIts = (id: string) => id === engineId;
  const ports = { ...scene.ports, hasEngine: isIts, knowsEngine: isIts };
  return { ...scene, ports, engineId, activities: createHostActivities(ports) };
}

test('no activity acts on an engine of another configuration, or without one', async (t) => {
  const { activities, engine, engineId } = await openScenes(t);
  const report = { ...reportOf(engine, 'hung'), engineId: 'other' };
  const strangers = [
    { engineId: 'other' },
    { engineId: 'constructor' },
    { engineId: '__proto__' },
    { engineId: '' },
    { report },
    { engineId, report },
    { engineId: 7 },
    {},
    null,
    undefined,
    'desk',
    [],
  ];
  for (const name of Object.keys(activities)) {
    for (const input of strangers) {
      const call = inActivity(activities, name as keyof typeof activities, input as never);
      await assert.rejects(call, notOurs, `${name} ${JSON.stringify(input)}`);
    }
  }
  assert.equal(engine.child.signalCode, null);
});

test('of an engine that has left this host only what it left is read, and that it left', async (t) => {
  const { ports, engine, engineId } = await openScenes(t);
  const left = { ...ports, hasEngine: () => false, knowsEngine: (id: string) => id === engineId };
  const activities = createHostActivities(left);
  const taken: string[] = [];
  for (const name of Object.keys(activities)) {
    const call = inActivity(activities, name as keyof typeof activities, { engineId });
    const refused = await call.then(() => false, notOurs);
    if (!refused) taken.push(name);
  }
  const whats = 'collectEvidence inspectCheckpoints leaveHost loadCheckpoint readIntents'.split(
    ' ',
  );
  assert.deepEqual(taken.toSorted(), whats);
  assert.equal(engine.child.signalCode, null);
});

test('no incident writes outside its own folder', async (t) => {
  const { activities, engine, engineId, engineFolder } = await openScenes(t);
  engine.child.kill('SIGKILL');
  await engine.exited;
  const around = readdirSync(dirname(engineFolder)).toSorted();
  const report = reportOf(engine, 'dead');
  const odd = [
    '..',
    '.',
    '',
    '/',
    '../..',
    'other/one',
    engineId,
    `${engineId}/`,
    `${engineId}/..`,
    `${engineId}/../../etc`,
    `${engineId}/a/../b`,
    `${engineId}/a\\b`,
    `${engineId}/a\u0000b`,
    `${engineId}/a\nb`,
    `${engineId}/a\u202eb`,
    `${engineId}/${'a'.repeat(1_200)}`,
  ];
  for (const incidentId of odd) {
    const input = { incidentId, report, snapshot: null, stacks: null };
    await assert.rejects(inActivity(activities, 'collectEvidence', input), notOurs, incidentId);
    const death = { incidentId, report, ownInstances: [] };
    await assert.rejects(inActivity(activities, 'confirmDeath', death), notOurs, incidentId);
  }
  assert.deepEqual(readdirSync(dirname(engineFolder)).toSorted(), around);
});

test('a process that is not the engine is neither traced nor killed, whatever is said of it', async (t) => {
  const { activities, engineId, engineFolder } = await openScenes(t);
  const unmarked = await run(t);
  const other = await run(t, { env: { RELIGHT_ENGINE: `${engineId}-2`, RELIGHT_INSTANCE: 'one' } });
  for (const victim of [unmarked, other]) {
    const input = {
      incidentId: `${engineId}/one`,
      report: reportOf(victim, 'hung'),
      ownInstances: ['one'],
    };
    await assert.rejects(inActivity(activities, 'confirmDeath', input), notOurs);
    assert.deepEqual([victim.child.exitCode, victim.child.signalCode], [null, null]);
  }
  assert.equal(existsSync(join(dirname(engineFolder), 'evidence')), false, 'something was traced');
});

test('odd instances, times of start, epochs and names of files are refused before anything', async (t) => {
  const { activities, engine, engineId } = await openScenes(t);
  const report = reportOf(engine, 'hung');
  const incidentId = `${engineId}/one`;
  const instances: object[] = [
    { pid: null },
    { startTicks: null },
    { pid: 0 },
    { pid: -1 },
    { pid: 1.5 },
    { pid: 2 ** 31 },
    { startTicks: '' },
    { startTicks: '1 2' },
    { startTicks: '1'.repeat(50) },
    { instanceId: '..' },
    { instanceId: 'a\u0000' },
  ];
  for (const change of instances) {
    const instance = { ...report.instance, ...(change as Partial<typeof report.instance>) };
    const input = { incidentId, report: { ...report, instance }, ownInstances: [] };
    await assert.rejects(
      inActivity(activities, 'confirmDeath', input),
      notOurs,
      JSON.stringify(change),
    );
  }
  const stop = { engineId, instanceId: 'one', mode: 'emergency', idempotencyKey: 'k' } as const;
  for (const epoch of [-1, 1.5, NaN, 2 ** 53, 9_007_199_254_740_000]) {
    const input = { ...stop, epoch };
    await assert.rejects(inActivity(activities, 'stopEngine', input), notOurs, String(epoch));
  }
  const rules = { engineId, crashedAtMs: 1, oldMs: 1, absurdQuantity: '1' };
  for (const name of ['..', '../x.ckpt', '/etc/passwd', 'x', 'a/b.ckpt', 'a\u0000.ckpt', '']) {
    const input = { ...rules, name };
    await assert.rejects(inActivity(activities, 'loadCheckpoint', input), notOurs, name);
  }
  assert.equal(engine.child.signalCode, null);
});

test('an engine starts from the checkpoint that its recovery wrote, and from no other file', async (t) => {
  const host = await openHost(t);
  const epoch = 5;
  const instance = { engineId: ENGINE_ID, instanceId: `${ENGINE_ID}-e5`, epoch };
  const start = (statePath: string) =>
    inActivity(host.activities, 'startEngine', { ...instance, idempotencyKey: 'k', statePath });
  const own = host.ports.checkpoints.recoveredPath(ENGINE_ID, epoch);
  const others = [
    '/etc/passwd',
    host.ports.checkpoints.recoveredPath(ENGINE_ID, 4),
    join(dirname(own), 'x', '..', 'other.ckpt'),
    join(dirname(own), 'mine.ckpt'),
    '',
  ];
  for (const path of others) await assert.rejects(start(path), notOurs, path);
  assert.deepEqual(await host.ports.processes.ofEngine(ENGINE_ID), []);
});

test('a stop by an epoch far ahead is refused whole, and the next recovery is not stale', async (t) => {
  const host = await openHost(t);
  const stop = (epoch: number) =>
    inActivity(host.activities, 'stopEngine', {
      engineId: ENGINE_ID,
      instanceId: 'one',
      mode: 'emergency',
      idempotencyKey: 'k',
      epoch,
    });
  await host.fence.raise(ENGINE_ID, 1);
  const far = (error: unknown) => isFailure(error, 'EpochOutOfBounds');
  await assert.rejects(stop(5_000), far);
  await assert.rejects(stop(999_999_999_999_999), far);
  await host.fence.raise(ENGINE_ID, 2);
});
