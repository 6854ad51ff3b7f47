/**
 * A real engine is started, watched and stopped: one process, no trading before it is told, no
 * stale epoch.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isFailure } from '../../../activities/errors.js';
import type { EngineEnding, EngineProcess, HostPorts } from '../../../activities/ports.js';
import { createStartActivities } from '../../../activities/steps/start.js';
import { failure } from '../../../workflows/failure.js';
import { offered } from '../../../activities/procedures/capabilities.js';
import type { FailureKind } from '../../../workflows/domain/failure.js';
import { ENGINE_VENUE_IDS } from '../../../sandbox/venues/index.js';
import { agreement, ENGINE_ID, eventually } from '../../sandbox/engine/rig.js';
import { inActivity, openHost, withState, type Host } from '../ports.js';

const is = (kind: FailureKind) => (error: unknown) => isFailure(error, kind);
const stamp = { engineId: ENGINE_ID, epoch: 5, idempotencyKey: 'recovery:start' };
const instance = { ...stamp, instanceId: `${ENGINE_ID}-e5` };

/** A recovered checkpoint of what the venues hold, written as a recovery writes it. */
async function recovered(host: Host, change = {}) {
  const ledger = await host.rig.admin.ledger();
  const balances = ENGINE_VENUE_IDS.flatMap((venue) =>
    Object.entries(ledger.venues[venue].balances).map(([asset, { total }]) => {
      return { venue, account: 'main', asset, total };
    }),
  );
  const risk = { dailyPnl: '0', breakerLatched: false };
  const state = await host.ports.artifacts.put(
    'engine-state',
    withState({ balances, risk, ...change }),
  );
  const takenAtMs = Date.now();
  const input = { ...instance, sequence: 1, takenAtMs, state };
  return inActivity(host.activities, 'writeRecoveredCheckpoint', input);
}

/** Without the helpers that an engine starts itself, which inherit its variables. */
async function enginesOf({ ports }: Host) {
  const all = await ports.processes.ofEngine(ENGINE_ID);
  const pids = new Set(all.map(({ pid }) => pid));
  return all.filter(({ pid }) => !pids.has(parentOf(pid)));
}

function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

async function started(t: TestContext, change = {}) {
  const host = await openHost(t);
  const checkpoint = await recovered(host, change);
  const start = () =>
    inActivity(host.activities, 'startEngine', { ...instance, statePath: checkpoint.path });
  const { pid } = await start();
  await eventually('the engine answers', () => host.ports.control(ENGINE_ID).quickHealth());
  return { ...host, checkpoint, start, pid };
}

test('an engine started twice is one process, holds the recovered state, and does not trade', async (t) => {
  const host = await started(t);
  assert.equal((await host.start()).pid, host.pid);
  const live = await enginesOf(host);
  assert.deepEqual(
    live.map(({ pid, instanceId }) => [pid, instanceId]),
    [[host.pid, instance.instanceId]],
  );
  const { digest } = host.checkpoint;
  const check = (change: object) =>
    inActivity(host.activities, 'checkComprehensiveHealth', { ...instance, digest, ...change });
  const healthy = await eventually('it is healthy', async () => {
    const verdict = await check({});
    return verdict.healthy ? verdict : false;
  });
  assert.equal(healthy.engineDigest, digest);
  const wrong = await check({ digest: 'd'.repeat(64) });
  const shown = digest.slice(0, 12);
  assert.deepEqual(wrong.failed, [
    `the engine does not hold the recovered state (digest ${shown}, expected dddddddddddd)`,
  ]);
  const elsewhere = await host.ports.artifacts.put('engine-state', withState({}));
  const echoed = await check({ state: elsewhere });
  assert.equal(echoed.compared, 'state');
  assert.match(echoed.failed.join(), /recovered state: .*held, and not in the recovered state/);
  const other = await check({ instanceId: 'another' });
  assert.deepEqual(other.failed, [`another instance answers: ${ENGINE_ID}-e5, and not another`]);

  const stage = { percent: 50, strategies: 'all', soakMs: 0, monitorMs: 0 } as const;
  const grant = { ...instance, idempotencyKey: 'recovery:stage-1', stage };
  await inActivity(host.activities, 'applyStage', grant);
  await inActivity(host.activities, 'applyStage', grant);
  const limits = await offered(host.ports.control(ENGINE_ID), 'riskLimits')();
  assert.ok(limits.limits !== null);
  assert.equal(limits.percent, 50);
  const trades = await check({});
  assert.ok(trades.failed.includes('the engine trades already'), trades.failed.join());
  await assert.rejects(
    inActivity(host.activities, 'applyStage', { ...grant, epoch: 4, idempotencyKey: 'stale' }),
    is('StaleEpoch'),
  );
  await host.fence.engage(ENGINE_ID, 'enough', 'ada');
  await assert.rejects(inActivity(host.activities, 'applyStage', grant), is('KillSwitchEngaged'));
  await agreement(host.rig);
});

test('no engine is started under the kill switch, beside another, or by a stale epoch', async (t) => {
  const host = await openHost(t);
  const { path: statePath } = await recovered(host);
  const start = (change = {}) =>
    inActivity(host.activities, 'startEngine', { ...instance, statePath, ...change });
  const live = () => host.ports.processes.ofEngine(ENGINE_ID);
  await host.fence.engage(ENGINE_ID, 'enough', 'ada');
  await assert.rejects(start(), is('KillSwitchEngaged'));
  await host.fence.release(ENGINE_ID, { reason: 'test', by: 'ops' });
  await assert.rejects(start({ epoch: 4 }), is('StaleEpoch'));
  assert.deepEqual(await live(), []);
  const other = host.rig.launch({ trading: false, epoch: 3, instanceId: 'by-hand' });
  await eventually('the other lives', async () => (await live()).length === 1);
  await assert.rejects(start(), is('EngineStillAlive'));
  assert.deepEqual(
    (await enginesOf(host)).map(({ pid }) => pid),
    [other.pid],
  );
});

test('an engine that was started once and died is not started again under its name', async (t) => {
  const host = await started(t);
  for (const live of await host.ports.processes.ofEngine(ENGINE_ID)) {
    await host.ports.processes.kill(live, 'SIGKILL');
  }
  const live = async () => (await host.ports.processes.ofEngine(ENGINE_ID)).length;
  await eventually('it is gone', async () => (await live()) === 0);
  const exit = '-e5 was ended by SIGKILL; the last line of its log: [^;]+';
  await assert.rejects(host.start(), (error: Error) => {
    const again = '-e5 was started at .*not started again under the same name';
    assert.match(error.message, new RegExp(`${again}; .*${exit}$`));
    return is('EngineDied')(error);
  });
  assert.equal(await live(), 0);

  // Nor is it asked again and again how it is.
  const { digest } = host.checkpoint;
  const asked = inActivity(host.activities, 'checkComprehensiveHealth', { ...instance, digest });
  await assert.rejects(asked, (error: Error) => {
    assert.match(error.message, new RegExp(`${exit}; no process of it is here any more$`));
    return is('EngineDied')(error);
  });
});

const FAILED = { words: 'e5 exited with status 7; it wrote nothing to its log', failed: true };
const LIVING = [{ pid: 7, startTicks: '1', instanceId: instance.instanceId }];

/** What is known of the end of who was started, what the host shows, and whether that is a death. */
const SILENCES: [string, EngineEnding | null, () => Promise<EngineProcess[]>, FailureKind][] = [
  ['failed, and is gone', FAILED, async () => [], 'EngineDied'],
  ['failed, and left another process', FAILED, async () => LIVING, 'EngineUnreachable'],
  [
    'ended well, and may have handed over',
    { ...FAILED, failed: false },
    async () => [],
    'EngineUnreachable',
  ],
  ['is not known to have ended', null, async () => [], 'EngineUnreachable'],
  [
    'failed, while processes cannot be read',
    FAILED,
    async () => Promise.reject(failure('ProcessesUnreadable', 'no /proc')),
    'EngineUnreachable',
  ],
];

for (const [what, ending, ofEngine, kind] of SILENCES) {
  test(`an engine that does not answer is ${kind} where what was started ${what}`, async () => {
    const silent = async () => Promise.reject(failure('EngineUnreachable', 'no answer'));
    const ports = {
      control: () => ({ comprehensiveHealth: silent, ending: async () => ending }),
      processes: { ofEngine },
    } as unknown as HostPorts;
    const activities = createStartActivities(ports);
    const input = { ...instance, digest: 'd'.repeat(64) };
    await assert.rejects(activities.checkComprehensiveHealth(input), is(kind));
  });
}

test('a start that made no process may be tried again', async (t) => {
  const host = await openHost(t);
  const { path: statePath } = await recovered(host);
  const { launches } = host.ports;
  const broken = {
    ...host.ports,
    control: () => ({ start: async () => Promise.reject(failure('EngineUnreachable', 'no file')) }),
  } as unknown as HostPorts;
  const { startEngine } = createStartActivities(broken);
  const start = { ...instance, statePath };
  await assert.rejects(inActivity({ startEngine }, 'startEngine', start), is('EngineUnreachable'));
  assert.equal(await launches.begunAtMs(ENGINE_ID, instance.idempotencyKey), null);
});

test('what was started and cannot be read lets nothing start', async (t) => {
  const host = await openHost(t);
  const { path: statePath } = await recovered(host);
  writeFileSync(join(host.rig.dataDir, 'fence', ENGINE_ID, 'starts.json'), '{"torn"');
  const start = inActivity(host.activities, 'startEngine', { ...instance, statePath });
  await assert.rejects(start, is('StartsUnreadable'));
  assert.deepEqual(await host.ports.processes.ofEngine(ENGINE_ID), []);
});

const watch = (everyMs: number, samples: number) => ({
  ...instance,
  everyMs,
  windowMs: everyMs * samples,
});

test('a window passes when every check is healthy, and goes on from its heartbeat', async (t) => {
  const host = await started(t);
  const passed = await inActivity(host.activities, 'watchEngine', watch(100, 3));
  assert.deepEqual(passed, { kind: 'pass', samples: 3 });
  const sample = { atMs: 1, healthy: true, hard: false, note: 'ok' };
  // With its window already full, a restarted activity asks the engine nothing more.
  for (const live of await host.ports.processes.ofEngine(ENGINE_ID)) {
    await host.ports.processes.kill(live, 'SIGKILL');
  }
  const heartbeatDetails = [sample, sample, sample];
  const resumed = await inActivity(host.activities, 'watchEngine', watch(100, 3), {
    heartbeatDetails,
  });
  assert.deepEqual(resumed, { kind: 'pass', samples: 3 });
  const short = await inActivity(host.activities, 'watchEngine', watch(100, 4), {
    heartbeatDetails,
  });
  assert.equal(short.kind, 'fail');
});

test('a latched breaker and another instance fail the window at once and hard', async (t) => {
  const host = await started(t, { risk: { dailyPnl: '-1', breakerLatched: true } });
  const latched = await inActivity(host.activities, 'watchEngine', watch(50, 1_000));
  assert.deepEqual(latched, { kind: 'hard_fail', why: 'circuit breaker is latched' });
  const other = { ...watch(50, 1_000), instanceId: 'expected' };
  const strange = await inActivity(host.activities, 'watchEngine', other);
  assert.deepEqual(strange, { kind: 'hard_fail', why: `another instance: ${ENGINE_ID}-e5` });
});

test('an engine that is asked to stop stops, one that is gone is no trouble', async (t) => {
  const host = await started(t);
  const stop = { ...instance, mode: 'graceful', idempotencyKey: 'recovery:stop' } as const;
  const { detail } = await inActivity(host.activities, 'stopEngine', stop);
  const { instanceId } = instance;
  assert.match(detail, new RegExp(`^${instanceId} \\(pid \\d+\\): asked to stop; gone$`));
  assert.equal(host.rig.detector.messages.at(-1)?.type, 'goodbye');
  assert.deepEqual(await host.ports.processes.ofEngine(ENGINE_ID), []);
  const again = await inActivity(host.activities, 'stopEngine', stop);
  assert.match(
    again.detail,
    /\(no process of it seen\): could not be asked \(EngineUnreachable.*; gone$/,
  );
});

test('a frozen engine is stopped by force', async (t) => {
  const host = await started(t);
  await host.rig.post('/sandbox/die', { how: 'freeze' });
  const stop = { ...instance, mode: 'emergency' } as const;
  const { detail } = await inActivity(host.activities, 'stopEngine', stop);
  assert.match(detail, /\(pid \d+\): could not be asked \(EngineUnreachable.*; killed$/);
  assert.deepEqual(await host.ports.processes.ofEngine(ENGINE_ID), []);
});

test('a stop of an earlier instance neither stops nor kills the one that came after it', async (t) => {
  const host = await started(t);
  const stale = { ...instance, epoch: 4, instanceId: `${ENGINE_ID}-e4`, mode: 'graceful' } as const;
  await assert.rejects(inActivity(host.activities, 'stopEngine', stale), is('AnotherEngineAlive'));
  assert.deepEqual(
    (await enginesOf(host)).map(({ pid }) => pid),
    [host.pid],
  );
});
