/** A fail-over on the two hosts: what is looked at before a fence rises, and who is ended. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isFailure } from '../../../activities/errors.js';
import { createMoveActivities } from '../../../activities/guardian/move-engine.js';
import type { HostPorts } from '../../../activities/ports.js';
import { createFence } from '../../../clients/host/fence.js';
import type { FailureKind } from '../../../workflows/domain/failure.js';
import { folderOf } from '../../clients/host/processes.js';
import { inActivity } from '../ports.js';
import { INCIDENT, openScene, reportOf } from '../steps/death/scene.js';

const is = (kind: FailureKind) => (error: unknown) => isFailure(error, kind);

async function opened(t: TestContext, change: Partial<HostPorts> = {}) {
  const scene = await openScene(t);
  const { engineId } = reportOf(scene.engine, 'dead');
  const fence = createFence(join(folderOf(t), 'fence'));
  const silent = { quickHealth: async () => Promise.reject(new Error('nobody listens')) };
  const ports = {
    ...scene.ports,
    fence,
    watched: async () => null,
    control: () => silent,
    ...change,
  } as unknown as HostPorts;
  const activities = createMoveActivities(ports);
  const leave = (epoch: number, end = false) =>
    inActivity(activities, 'leaveHost', { engineId, epoch, end });
  const enter = (epoch: number) => inActivity(activities, 'enterHost', { engineId, epoch });
  return { ...scene, engineId, fence, leave, enter };
}

test('a host is left when nothing lives there, and refuses what is older from then on', async (t) => {
  const { engine, engineId, fence, leave } = await opened(t);
  assert.equal((await leave(3)).kind, 'alive');
  assert.equal(await fence.epoch(engineId), 0, 'who stays keeps its epoch');
  assert.equal(engine.child.signalCode, null);
  engine.child.kill('SIGKILL');
  await engine.exited;
  assert.deepEqual(await leave(3), { kind: 'left', epoch: 4, report: null, ended: [] });
  await assert.rejects(fence.raise(engineId, 3), is('StaleEpoch'));
});

test('the epoch is above that of what lived there, which the guardian may not know', async (t) => {
  const scene = await openScene(t);
  const { instance, host } = reportOf(scene.engine, 'dead');
  scene.engine.child.kill('SIGKILL');
  await scene.engine.exited;
  const last = { instance: { ...instance, epoch: 9 }, host };
  const { leave, engine } = await opened(t, { watched: async () => last });
  engine.child.kill('SIGKILL');
  await engine.exited;
  const left = await leave(3);
  assert.ok(left.kind === 'left');
  assert.deepEqual([left.epoch, left.report?.instance.epoch, left.report?.host], [10, 9, host]);
});

test('what cannot be seen is not gone, and raises nothing', async (t) => {
  const blind = async () => Promise.reject(Object.assign(new Error('EMFILE'), { code: 'EMFILE' }));
  const { engineId, fence, leave, enter } = await opened(t, {
    processes: { ofEngine: blind, liveness: blind, kill: blind },
  });
  await assert.rejects(leave(3), /EMFILE/);
  assert.equal(await fence.epoch(engineId), 0);
  await assert.rejects(enter(4), /EMFILE/);
});

test('one that lives on after its machine was said to be off is ended, unless it came back since', async (t) => {
  const { engine, engineId, fence, leave } = await opened(t);
  await fence.raise(engineId, 8);
  await assert.rejects(leave(3, true), is('StaleEpoch'));
  assert.equal(engine.child.signalCode, null);
  const left = await leave(8, true);
  assert.equal(await engine.exited, 'SIGKILL');
  assert.deepEqual(left.kind === 'left' && left.ended, [`one lived as pid ${engine.pid}`]);
  assert.equal(await fence.epoch(engineId), 9);
});

test('a host takes an engine that does not live there, and not under its kill switch', async (t) => {
  const { engine, engineId, fence, enter } = await opened(t);
  assert.equal((await enter(4)).kind, 'alive');
  engine.child.kill('SIGKILL');
  await engine.exited;
  await fence.engage(engineId, 'by hand', 'mei');
  await assert.rejects(enter(5), is('KillSwitchEngaged'));
  await fence.release(engineId, { reason: 'over', by: 'mei' });
  assert.deepEqual(await enter(5), { kind: 'ready' });
  await assert.rejects(enter(4), is('StaleEpoch'));
});

test('a death that was proven elsewhere is taken here, and no stranger beside it', async (t) => {
  const { activities, engine } = await openScene(t, { instanceId: 'another' });
  const report = { ...reportOf(engine, 'dead'), host: 'old-host' };
  const input = { incidentId: INCIDENT, report, ownInstances: [] };
  const confirm = (more: object) => inActivity(activities, 'confirmDeath', { ...input, ...more });
  await assert.rejects(confirm({}), is('NotOurs'));
  await assert.rejects(confirm({ provenThere: 'seen there' }), is('AnotherEngineAlive'));
  engine.child.kill('SIGKILL');
  await engine.exited;
  assert.deepEqual(await confirm({ provenThere: 'seen there' }), {
    detail: 'seen there',
    stacks: null,
  });
});
