/** The death of an engine that never ran: that nothing lives is seen, and nobody is killed by a number it never had. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isFailure } from '../../../../activities/errors.js';
import type { HostPorts } from '../../../../activities/ports.js';
import { createAnalyseActivities } from '../../../../activities/steps/analyse.js';
import { neverCameUp, type SourceSigns } from '../../../../workflows/domain/crash/unseen.js';
import { SILENT, UNCLEAR, type FailureKind } from '../../../../workflows/domain/failure.js';
import { failure } from '../../../../workflows/failure.js';
import { inActivity } from '../../ports.js';
import { collection, INCIDENT, openScene, reportOf } from './scene.js';

const NOTHING: SourceSigns = { looking: 1, named: [], doubts: [] };
const surface = (details?: object) => ({
  quickHealth: async () => Promise.reject(failure('EngineUnreachable', 'for the test', details)),
});
const is = (kind: FailureKind) => (error: unknown) => isFailure(error, kind);

/** Of an engine that was never seen, beside a process that is marked as one of it. */
async function openNever(t: TestContext, change: Partial<HostPorts> = {}) {
  const scene = await openScene(t, { instanceId: 'by-hand' });
  const { engineId } = reportOf(scene.engine, 'dead');
  const report = neverCameUp({ engineId, host: 'this-host', sinceMs: 1 }, Date.now());
  const silent = () => surface(SILENT);
  const parts = { ...scene.ports, control: silent, signs: async () => NOTHING, ...change };
  const ports = parts as unknown as HostPorts;
  const activities = createAnalyseActivities(ports);
  const confirm = (ownInstances: string[] = [], said: { saidGone?: true } = {}) =>
    inActivity(activities, 'confirmDeath', { incidentId: INCIDENT, report, ownInstances, ...said });
  const end = async () => {
    scene.engine.child.kill('SIGKILL');
    await scene.engine.exited;
  };
  return { ...scene, activities, report, confirm, end };
}

test('nothing is waited for or killed, and that nothing of it lives is seen', async (t) => {
  const { confirm, end, engine } = await openNever(t);
  await assert.rejects(confirm(), is('AnotherEngineAlive'));
  assert.equal(engine.child.signalCode, null);
  await end();
  assert.deepEqual(await confirm(), {
    detail: 'no process of it was ever seen on this-host',
    stacks: null,
  });
});

test('what its own recovery has started is ended, and what has only its name is not', async (t) => {
  const { confirm, engine, end, report, start } = await openNever(t);
  const { instanceId } = report.instance;
  const { detail } = await confirm(['by-hand']);
  assert.match(detail, new RegExp(` ever seen on this-host; ended leftover ${engine.pid}$`));
  assert.equal(await engine.exited, 'SIGKILL');
  await end();
  const named = await start(instanceId);
  await assert.rejects(confirm(), is('AnotherEngineAlive'), 'a name that anybody can take');
  assert.equal(named.child.signalCode, null);
});

test('one that answers, or that a source names, lives, whatever people say', async (t) => {
  const signs = async () => ({ ...NOTHING, named: ['its unit names pid 7'] });
  const health = { healthy: true, instanceId: null };
  const control = () => ({ quickHealth: async () => health }) as never;
  for (const change of [{ signs }, { control }]) {
    const { confirm, end } = await openNever(t, change);
    await end();
    await assert.rejects(confirm([], { saidGone: true }), is('AnotherEngineAlive'));
  }
});

test('what nobody can tell is not dead, until people say that nothing of it runs', async (t) => {
  const changes: Partial<HostPorts>[] = [
    { control: () => surface(UNCLEAR) as never },
    { control: () => surface() as never, signs: async () => ({ ...NOTHING, looking: 0 }) },
    { signs: async () => ({ ...NOTHING, doubts: ['of a source'] }) },
  ];
  for (const change of changes) {
    const { confirm, end, report } = await openNever(t, change);
    await end();
    const unproven = (error: unknown) =>
      is('DeathNotProven')(error) &&
      // As the question of the manual checklist is recognized by.
      (error as Error).message.startsWith(`${report.instance.instanceId} `);
    await assert.rejects(confirm(), unproven);
    assert.match((await confirm([], { saidGone: true })).detail, /as people have said/);
  }
});

test('its evidence says that there is no process, and its cause that it never came up', async (t) => {
  const { activities, report, log, end } = await openNever(t);
  await end();
  // Of an earlier life, or of nobody: neither is what this one died of.
  writeFileSync(log, 'engine.cpp:7: int main(): Assertion `ok\' failed.\n"pid":null, FATAL\n');
  const input = collection(report);
  const { folder, items, classification } = await inActivity(activities, 'collectEvidence', input);
  assert.deepEqual(
    [classification.cause, classification.advice?.scenario],
    ['never_came_up', 'Never came up'],
  );
  for (const name of ['core.dump', 'limits.txt', 'resources.csv']) {
    const item = items.find((one) => one.name === name);
    assert.deepEqual(
      [item?.collected, /no process .* ever seen/.test(item?.detail ?? '')],
      [false, true],
    );
  }
  const logs = items.find((one) => one.name === 'logs_recent.txt');
  assert.match(logs?.detail ?? '', /may be of an earlier life/);
  assert.match(readFileSync(join(folder, 'index.json'), 'utf8'), /"pid": null/);
});
