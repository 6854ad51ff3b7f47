/**
 * The steps on the engine's host where the engine offers less: what is done in place of each command, and that
 * nothing of it is called passed. Real processes, and a health URL of the test's own.
 */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isFailure } from '../../../../activities/errors.js';
import { createHostActivities } from '../../../../activities/index.js';
import type { HostPorts } from '../../../../activities/ports.js';
import { ALWAYS } from '../../../../activities/procedures/lease.js';
import { stopForGood } from '../../../../activities/procedures/stopping/stop-for-good.js';
import { createArtifactStore } from '../../../../clients/artifacts/index.js';
import {
  createCommandControl,
  type CommandControlSettings,
} from '../../../../clients/engine/commands/command-control.js';
import { healthInPlace } from '../../../../clients/engine/health-in-place.js';
import { createFence } from '../../../../clients/host/fence.js';
import { createProcessTable, readStat } from '../../../../clients/host/process-table.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { folderOf, ignoresTerm } from '../../../clients/host/processes.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { clock, inActivity, withState } from '../../ports.js';

const engineId = 'least';
const HELD = ['positions', 'orders', 'balances', 'risk breaker and daily result'];

interface Change {
  commands?: CommandControlSettings['commands'];
  urls?: string[];
  stopWithinMs?: number;
  program?: string;
}

/** An engine that somebody started: nothing of ours is in its environment, and only its pid is known. */
async function openHost(t: TestContext, change: Change = {}) {
  const home = folderOf(t);
  const children: ChildProcess[] = [];
  const seen: { instanceId: string; pid: number; startTicks: string }[] = [];
  const start = async () => {
    const child = spawn('sh', ['-c', change.program ?? 'exec sleep 600'], { stdio: 'ignore' });
    children.push(child);
    const pid = child.pid ?? assert.fail('no process');
    const startTicks = (await readStat(pid))?.startTicks ?? assert.fail('it is gone');
    const process = { instanceId: `pid-${pid}-${startTicks}`, pid, startTicks };
    seen.push(process);
    return { process, child };
  };
  t.after(() => children.forEach((child) => child.kill('SIGKILL')));
  const processes = createProcessTable(async () => seen.at(-1) ?? null);
  const living = async () => (await processes.ofEngine(engineId)).length;
  const control = createCommandControl({
    commands: change.commands ?? {},
    health: healthInPlace({ urls: change.urls ?? [], timeoutMs: 5_000, living }),
    timeoutMs: 5_000,
    launch: {
      engineId,
      start: null,
      workingFolder: home,
      logFile: null,
      environment: { PATH: process.env['PATH'] ?? '' },
    },
  });
  const artifacts = createArtifactStore(join(home, 'artifacts'));
  const fence = createFence(join(home, 'fence'));
  const ports = {
    clock,
    artifacts,
    processes,
    fence,
    lease: () => ALWAYS,
    hasEngine: () => true,
    whyUnseen: async () => null,
    control: () => control,
    stopWithinMs: () => change.stopWithinMs ?? null,
  } as unknown as HostPorts;
  const activities = createHostActivities(ports);
  const state = await artifacts.put('engine-state', withState({}));
  const instanceOf = (instanceId: string) => ({
    engineId,
    instanceId,
    epoch: 7,
    idempotencyKey: 'k',
  });
  return {
    start,
    ports,
    fence,
    activities,
    living,
    instanceOf,
    health: (instanceId: string) =>
      inActivity(activities, 'checkComprehensiveHealth', {
        engineId,
        instanceId,
        digest: 'd'.repeat(64),
        state,
      }),
    started: (died: { pid: number; startTicks: string }[], withinMs = 5_000) =>
      inActivity(activities, 'awaitStarted', { engineId, epoch: 7, withinMs, died }),
  };
}

async function urlAnswering(t: TestContext, status: () => number): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status()).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`;
}

test('with nothing to ask, that its process lives is all, and everything else is unverified', async (t) => {
  const host = await openHost(t);
  const { process } = await host.start();
  const verdict = await host.health(process.instanceId);
  assert.deepEqual([verdict.healthy, verdict.compared], [true, 'nothing'], verdict.failed.join());
  assert.equal(verdict.checks, 2, 'that it lives, and that it is this instance');
  assert.deepEqual(verdict.unverified, [
    ...HELD,
    'whether it works: that its process lives is all that is seen',
    'its services, of which it offers no comprehensive check',
    'whether it trades already',
  ]);
  const ready = { engineId, instanceId: process.instanceId, withinMs: 1 };
  assert.equal((await inActivity(host.activities, 'awaitReady', ready)).ready, true);
  const other = await host.health('pid-1-1');
  assert.equal(other.healthy, false);
  assert.match(other.failed.join(), /another instance answers/);
});

test('one that is gone is ill, and its window ends at once', async (t) => {
  const host = await openHost(t);
  const { process, child } = await host.start();
  child.kill('SIGKILL');
  while ((await host.living()) > 0) await sleep(10);
  const { instanceId } = process;
  const watching = { engineId, instanceId, windowMs: 100, everyMs: 50 };
  assert.equal((await inActivity(host.activities, 'watchEngine', watching)).kind, 'hard_fail');
});

test('a health URL takes the place of a command, and only its 2xx is well', async (t) => {
  let status = 200;
  const host = await openHost(t, { urls: [await urlAnswering(t, () => status)] });
  const { process } = await host.start();
  const verdict = await host.health(process.instanceId);
  assert.equal(verdict.healthy, true);
  assert.ok(!verdict.unverified?.some((each) => each.startsWith('whether it works')));
  for (const ill of [503, 302]) {
    status = ill;
    const { healthy, failed } = await host.health(process.instanceId);
    assert.equal(healthy, false);
    assert.match(failed.join(), new RegExp(`/health answered ${ill}`));
  }
});

test('a refused connection of the URL is silence, and never well', async (t) => {
  const host = await openHost(t, { urls: ['http://127.0.0.1:9/health'] });
  const { process } = await host.start();
  await assert.rejects(host.health(process.instanceId), (error) =>
    isFailure(error, 'EngineUnreachable'),
  );
});

test('limits that it has no word for are told as such, and what it holds as nothing', async (t) => {
  const { activities } = await openHost(t);
  const expected = { maxDailyLoss: '25000' };
  const limits = await inActivity(activities, 'verifyRiskLimits', { engineId, expected });
  assert.deepEqual(limits, { mismatches: [], loaded: 0, unlisted: ['maxDailyLoss'], untold: true });
  const books = await inActivity(activities, 'readEngineState', { engineId });
  assert.deepEqual(books.tells, { except: [], nothing: true });
});

test('of a stage only what is by command is done; both together are refused before either', async (t) => {
  const setLimits = { argv: ['sh', '-c', 'echo {percent} > limits'], answers: 'exit' } as const;
  const host = await openHost(t, { commands: { setLimits } });
  const stage = { percent: 50, strategies: 'low', soakMs: 0, monitorMs: 0 } as const;
  const input = { ...host.instanceOf('any'), stage };
  await assert.rejects(
    inActivity(host.activities, 'applyStage', input),
    /does not offer a way to enable its strategies/,
  );
  await inActivity(host.activities, 'applyStage', { ...input, only: 'limits' });
});

test('a start by a person is seen as a new process, never as the one that died', async (t) => {
  const host = await openHost(t);
  const { process: first } = await host.start();
  assert.equal(await host.started([first], 1), null, 'it lives, and is the one that is said dead');
  const looking = host.started([first]);
  const { process: second } = await host.start();
  const { instanceId, pid } = second;
  assert.deepEqual(await looking, { instanceId, pid });
});

test('what a person starts against the kill switch is ended', async (t) => {
  const host = await openHost(t);
  await host.fence.engage(engineId, 'stop all', 'mei');
  const { child } = await host.start();
  const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
  await assert.rejects(host.started([]), (error) => isFailure(error, 'KillSwitchEngaged'));
  assert.equal(await ended, 'SIGKILL');
});

const pace = { sleep, why: String };
const STUBBORN = "trap '' TERM; while :; do sleep 0.05; done";

test('without a command it is stopped by SIGTERM; one that does not listen is killed', async (t) => {
  for (const [program, signal, killed] of [
    ['exec sleep 600', 'SIGTERM', 'gone'],
    [STUBBORN, 'SIGKILL', 'killed'],
  ] as const) {
    const host = await openHost(t, { program, stopWithinMs: 300 });
    const { process, child } = await host.start();
    if (program === STUBBORN) {
      await eventually('the shell has its trap', () => ignoresTerm(process.pid));
    }
    const ended = new Promise((resolve) => child.once('exit', (_code, by) => resolve(by)));
    const input = { ...host.instanceOf(process.instanceId), mode: 'emergency' as const };
    const { detail } = await inActivity(host.activities, 'stopEngine', input);
    const told = `told to stop by SIGTERM, as it offers no other way; ${killed}`;
    assert.equal(detail, `${process.instanceId} (pid ${process.pid}): ${told}`);
    assert.equal(await ended, signal);
  }
});

test('the kill switch stops it the same way, and of one unseen says that it may live', async (t) => {
  const host = await openHost(t);
  const { child } = await host.start();
  const stopped = await stopForGood(host.ports, { engineId, hostName: 'here' }, pace);
  assert.deepEqual([stopped.result, stopped.failed], ['stopped', false]);
  assert.equal(child.signalCode ?? 'SIGTERM', 'SIGTERM');
  const again = await stopForGood(host.ports, { engineId, hostName: 'here' }, pace);
  assert.equal(again.failed, true);
  assert.match(again.result, /COULD NOT TELL whether it runs: .*THE ENGINE MAY LIVE/);
});

test('what nobody here can start is refused by name', async (t) => {
  const { ports } = await openHost(t);
  const request = { instanceId: 'least-e7', statePath: '/', epoch: 7, idempotencyKey: 'start' };
  await assert.rejects(ports.control(engineId).start(request), /a person starts it/);
});
