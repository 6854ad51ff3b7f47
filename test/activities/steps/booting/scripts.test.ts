/**
 * The steps on the engine's host, with the procedure's scripts as all that the engine has: what they prove,
 * and what is named because nothing does.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { isFailure } from '../../../../activities/errors.js';
import { stopForGood } from '../../../../activities/procedures/stopping/stop-for-good.js';
import { surfaceOf } from '../../../../activities/procedures/stopping/surface.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../../sandbox/engine/rig.js';
import { openScripts } from '../../../clients/engine/script-rig.js';
import { position } from '../../../workflows/domain/builders.js';
import { inActivity, withState } from '../../ports.js';
import { scriptHost } from './script-host.js';

const POSITIONS = [
  position({
    venue: 'binanceusdm',
    instrument: 'BTC/USDT:USDT',
    quantity: '0.5',
    averagePrice: '60000.1',
  }),
  position({
    venue: 'krakenfutures',
    instrument: 'ETH/USD:USD',
    quantity: '-2',
    averagePrice: '3000',
  }),
];

type Change = Parameters<typeof openScripts>[1];

async function openHost(t: TestContext, change: Change & { stopWithinMs?: number } = {}) {
  const rig = openScripts(t, change);
  const { artifacts, ports, activities, instance } = scriptHost(rig, {
    stopWithinMs: () => change.stopWithinMs ?? null,
    checkpoints: { recoveredPath: () => '/state' },
  });
  const state = await artifacts.put('engine-state', withState({ positions: POSITIONS }));
  const digest = 'd'.repeat(64);
  return {
    rig,
    ports,
    activities,
    instance,
    start: () => inActivity(activities, 'startEngine', { ...instance, statePath: '/state' }),
    ready: (withinMs: number) => inActivity(activities, 'awaitReady', { ...instance, withinMs }),
    health: () =>
      inActivity(activities, 'checkComprehensiveHealth', { ...instance, digest, state }),
    watch: () =>
      inActivity(activities, 'watchEngine', { ...instance, windowMs: 200, everyMs: 100 }),
  };
}

test('from start to stop by scripts alone', async (t) => {
  const host = await openHost(t);
  const { rig, activities, instance } = host;
  const { pid } = await host.start();
  assert.equal(`${pid}\n`, rig.read('pid'), 'the engine, and not the script');
  assert.equal((await host.start()).pid, pid, 'started once');
  assert.equal((await host.ready(5_000)).ready, true);
  const verdict = await host.health();
  assert.deepEqual([verdict.healthy, verdict.compared], [true, 'positions'], verdict.failed.join());
  assert.deepEqual(verdict.unverified, [
    'orders',
    'balances',
    'risk breaker and daily result',
    'whether it trades already',
  ]);
  const expected = { maxDailyLoss: '25000' };
  const limits = await inActivity(activities, 'verifyRiskLimits', { ...instance, expected });
  assert.deepEqual(limits, { mismatches: [], loaded: 0, unlisted: ['maxDailyLoss'] });
  const stage = { percent: 100, strategies: 'all', soakMs: 0, monitorMs: 0 } as const;
  await inActivity(activities, 'applyStage', { ...instance, stage });
  assert.deepEqual([rig.read('limit_percent'), rig.read('strategies')], ['100\n', 'all\n']);
  const books = await inActivity(activities, 'readEngineState', instance);
  assert.deepEqual(books.tells, { except: [] });
  assert.equal((await host.watch()).kind, 'pass');
  const stopped = await inActivity(activities, 'stopEngine', { ...instance, mode: 'emergency' });
  assert.match(stopped.detail, /\(pid \d+\): asked to stop; gone$/);
  assert.deepEqual(await rig.table.ofEngine(instance.engineId), []);
});

test('what the scripts say against it stops it, by name and figure', async (t) => {
  const host = await openHost(t);
  const { rig, activities, instance } = host;
  await host.start();
  rig.put('positions', 'binanceusdm BTC/USDT:USDT 0.4\nkrakenfutures ETH/USD:USD -2\n');
  rig.put('breaker', '');
  rig.put('risk_limits', '');
  const { healthy, failed } = await host.health();
  assert.equal(healthy, false);
  assert.match(failed.join('; '), /health_check\.sh: risk breaker: LATCHED/);
  assert.match(failed.join('; '), /binanceusdm BTC\/USDT:USDT: quantity 0\.4, expected 0\.5/);
  const input = { ...instance, expected: {} };
  const limits = await inActivity(activities, 'verifyRiskLimits', input);
  assert.equal(limits.refusal, 'risk limits are not loaded');
  rig.put('pid', '2147483647\n');
  assert.deepEqual(await host.watch(), {
    kind: 'hard_fail',
    why: 'trading_engine is not running',
  });
});

test('an exit code answers for the one instance that lives, and for no other', async (t) => {
  const always = { argv: ['true'], answers: 'exit' } as const;
  const host = await openHost(t, {
    commands: { quickHealth: always, comprehensiveHealth: always },
  });
  assert.match((await host.ready(1)).note, /another instance answers: no process of it that is/);
  await host.rig.start({ instanceId: 'somebody-e3' });
  assert.match((await host.ready(1)).note, /another instance answers: somebody-e3/);
  assert.match((await host.health()).failed.join(), /another instance answers: somebody-e3/);
  const watched = await host.watch();
  assert.deepEqual(watched, { kind: 'hard_fail', why: 'another instance: somebody-e3' });
});

test('an engine that boots slowly is waited for, and one that has died is not', async (t) => {
  const slow = 'test -e up || { echo "loads its books" >&2; exit 1; }';
  const quickHealth = { argv: ['sh', '-c', slow], answers: 'exit' } as const;
  const host = await openHost(t, { commands: { quickHealth } });
  const { pid } = await host.start();
  const early = await host.ready(2_500); // a busy machine takes long for a shell
  assert.deepEqual([early.ready, early.note], [false, 'loads its books']);
  const waiting = host.ready(60_000);
  await sleep(300);
  host.rig.put('up', '');
  assert.equal((await waiting).ready, true);
  process.kill(pid, 'SIGKILL');
  await assert.rejects(host.ready(60_000), (error) => {
    return isFailure(error, 'EngineDied') && /left by its start command/.test(error.message);
  });
});

test('one that is not seen for a moment, as while it becomes what it runs, has not died', async (t) => {
  const quickHealth = { argv: ['false'], answers: 'exit' } as const;
  const host = await openHost(t, { commands: { quickHealth } });
  await host.start();
  const table = { ...host.ports.processes };
  let looks = 0;
  host.ports.processes.ofEngine = async (engineId) =>
    (looks += 1) % 3 === 0 ? table.ofEngine(engineId) : [];
  assert.deepEqual((await host.ready(1)).ready, false);
  assert.ok(looks >= 3);
});

test('a start by script that has failed is not begun again under its name', async (t) => {
  const host = await openHost(t, { start: ['sh', '-c', 'echo no license >&2; exit 4'] });
  await assert.rejects(host.start(), /failed with 4: no license/);
  await assert.rejects(host.start(), /was started at .*it is not started again/);
});

test('the no of a script tells nothing of whether somebody is there; its yes does', async (t) => {
  const { rig } = await openHost(t);
  assert.equal(await surfaceOf(rig.control), 'untold');
  await rig.start();
  assert.equal(await surfaceOf(rig.control), 'answers');
});

const SLOW_TO_STOP = `#!/bin/sh
trap 'sleep 3; exit 0' TERM
while :; do sleep 0.1; done
`;

test('a stop takes as long as it may: by the setting, or as long as whoever asks waits by itself', async (t) => {
  const shutdown = { argv: ['sh', '-c', 'kill -TERM $(cat pid)'], answers: 'exit' } as const;
  const pace = { sleep, why: String };
  for (const [stopWithinMs, result] of [
    [8_000, 'stopped'],
    [undefined, 'killed'],
  ] as const) {
    const setting = stopWithinMs === undefined ? {} : { stopWithinMs };
    const host = await openHost(t, { commands: { shutdown }, ...setting });
    host.rig.put('bin/trading_engine', SLOW_TO_STOP);
    await host.start();
    const { engineId } = host.instance;
    // By its pid file and command line, which a shell has a moment after it was begun.
    await eventually('it runs', async () => (await host.rig.table.ofEngine(engineId)).length === 1);
    const done = await stopForGood(host.ports, { engineId, hostName: 'here' }, pace);
    assert.deepEqual([done.result, done.failed], [result, false]);
    await eventually('gone', async () => (await host.rig.table.ofEngine(engineId)).length === 0);
  }
});
