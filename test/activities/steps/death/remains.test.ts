/** What lives on in the cgroup of an engine that has died: a fork of it is no death, a helper is named. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { isFailure } from '../../../../activities/errors.js';
import type { HostPorts } from '../../../../activities/ports.js';
import { createAnalyseActivities } from '../../../../activities/steps/analyse.js';
import type { LeftInGroup, Remains } from '../../../../workflows/domain/crash/life/remains.js';
import { inActivity } from '../../ports.js';
import { INCIDENT, openScene, reportOf } from './scene.js';

const HELPER: LeftInGroup = { pid: 55, name: 'logger', isFork: false, connections: 0 };
const FORK: LeftInGroup = { pid: 56, name: 'engine\u001b[2J', isFork: true, connections: 2 };
const looked = (...left: LeftInGroup[]): Remains => ({ kind: 'looked', left });

/** An engine that has died, and a clock by which every wait is over at once. */
async function openDead(t: TestContext, remains: () => Remains) {
  const scene = await openScene(t);
  let nowMs = 0;
  const clock = { nowMs: () => (nowMs += 4_000) };
  const ports: HostPorts = { ...scene.ports, clock, remains: async () => remains() };
  scene.engine.child.kill('SIGKILL');
  await scene.engine.exited;
  const report = reportOf(scene.engine, 'dead');
  const input = { incidentId: INCIDENT, report, ownInstances: [] };
  return () => inActivity(createAnalyseActivities(ports), 'confirmDeath', input);
}

const SAID: [name: string, remains: Remains, words: RegExp][] = [
  ['nothing', looked(), /gone after \d+ ms; its cgroup is empty$/],
  [
    'a helper',
    looked(HELPER),
    /; left in its cgroup, and no engine: pid 55 \(logger\); stop them where nobody needs them$/,
  ],
  [
    'a helper that is connected',
    looked({ ...HELPER, connections: 1 }),
    /pid 55 \(logger, 1 connection to other machines open\)/,
  ],
  ['what may not be read', { kind: 'unread', why: 'EACCES' }, /could not be read: EACCES$/],
  ['a group of others', { kind: 'unknown' }, /gone after \d+ ms$/],
];

for (const [name, remains, words] of SAID) {
  test(`with ${name} left in its cgroup the death is confirmed, and says so`, async (t) => {
    const confirm = await openDead(t, () => remains);
    assert.match((await confirm()).detail, words);
  });
}

test('a fork that lives on keeps the death from being confirmed', async (t) => {
  const confirm = await openDead(t, () => looked(HELPER, FORK));
  await assert.rejects(confirm(), (error: Error) => {
    assert.ok(isFailure(error, 'AnotherEngineAlive'));
    assert.match(error.message, /^pid 56 \(engine.*, 2 connections to other machines open\) of /);
    assert.doesNotMatch(error.message, /logger/);
    assert.ok(!error.message.includes('\u001b'));
    return true;
  });
});

test('a fork that its service manager is about to end is waited for', async (t) => {
  let looks = 0;
  const confirm = await openDead(t, () => (++looks < 2 ? looked(FORK) : looked()));
  assert.match((await confirm()).detail, /its cgroup is empty$/);
  assert.equal(looks, 2);
});
