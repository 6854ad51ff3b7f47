/** An engine that has the procedure's scripts and nothing else: each of them, as it is, and its bad days. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isFailure } from '../../../activities/errors.js';
import { capabilitiesOf, offered } from '../../../activities/procedures/capabilities.js';
import type { FailureKind } from '../../../workflows/domain/failure.js';
import { readStat } from '../../../clients/host/process-table.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { openScripts } from './script-rig.js';

const STAMP = { epoch: 7, idempotencyKey: 'key' };

const fails = (kind: FailureKind, words: RegExp) => (error: unknown) =>
  isFailure(error, kind) && words.test(error.message);

const inShell = (code: string) => ({ argv: ['sh', '-c', code], answers: 'exit' }) as const;

test('a well engine: each script is what the procedure takes it for', async (t) => {
  const rig = openScripts(t);
  const { control, engineId } = rig;
  assert.deepEqual(capabilitiesOf(control), [
    'comprehensiveHealth',
    'positions',
    'riskLimits',
    'setLimits',
    'enableStrategies',
    'shutdown',
  ]);
  await rig.start();
  const untold = { instanceId: null, epoch: null };
  assert.deepEqual(await control.quickHealth(), {
    ...untold,
    healthy: true,
    hard: false,
    note: 'OK',
  });
  assert.deepEqual(await control.comprehensiveHealth?.(), {
    ...untold,
    healthy: true,
    trading: null,
    checks: [{ name: 'health_check.sh', ok: true, detail: 'all checks passed' }],
  });
  assert.deepEqual(await control.riskLimits?.(), {
    limits: null,
    loaded: true,
    words: 'max order notional 50,000; max daily loss 25,000',
  });
  assert.deepEqual((await control.positions?.())?.positions, [
    {
      venue: 'binanceusdm',
      account: 'main',
      instrument: 'BTC/USDT:USDT',
      side: 'net',
      quantity: '0.5',
      averagePrice: '60000.10',
    },
    {
      venue: 'krakenfutures',
      account: 'main',
      instrument: 'ETH/USD:USD',
      side: 'net',
      quantity: '-2',
      averagePrice: '3000',
    },
  ]);
  await control.setLimits?.(75, STAMP);
  assert.equal(rig.read('limit_percent'), '75\n');
  for (const level of ['low', 'medium', 'all'] as const) {
    await control.enableStrategies?.(level, STAMP);
    assert.equal(rig.read('strategies'), `${level}\n`);
  }
  const [running] = await rig.table.ofEngine(engineId);
  await control.shutdown?.('emergency', STAMP);
  assert.equal(rig.read('limit_percent'), '0\n');
  await eventually('it is gone', async () => (await rig.table.ofEngine(engineId)).length === 0);
  assert.notEqual(running, undefined);
});

test('an ill engine: each script says no in its own words, and nobody calls it unreachable', async (t) => {
  const rig = openScripts(t);
  const { control, home } = rig;
  const quick = await control.quickHealth();
  assert.deepEqual(
    [quick.healthy, quick.hard, quick.note],
    [false, true, 'trading_engine is not running'],
  );
  await rig.start();
  rig.put('breaker', '');
  const health = await control.comprehensiveHealth?.();
  assert.deepEqual(health?.checks, [
    { name: 'health_check.sh', ok: false, detail: 'risk breaker: LATCHED' },
  ]);
  assert.equal(health?.healthy, false);
  rmSync(join(home, 'risk_limits'));
  assert.deepEqual(await control.riskLimits?.(), {
    limits: null,
    loaded: false,
    words: 'risk limits are not loaded',
  });
  rmSync(join(home, 'limit_percent'), { force: true });
  mkdirSync(join(home, 'limit_percent'));
  await assert.rejects(
    offered(control, 'setLimits')(50, STAMP),
    fails('EngineRefused', /^command setLimits says no: limit service: connection refused$/),
  );
  rmSync(join(home, 'positions'));
  await assert.rejects(
    offered(control, 'positions')(),
    fails('EngineUnreachable', /^command state failed with 1: cat: .*positions: No such file/),
  );
});

test('a start command returns, and what it leaves is the engine: found, told apart, and stopped', async (t) => {
  const rig = openScripts(t);
  await rig.start();
  const running = await rig.table.ofEngine(rig.engineId);
  assert.deepEqual(
    running.map(({ instanceId, pid }) => [instanceId, `${pid}\n`]),
    [[`${rig.engineId}-e7`, rig.read('pid')]],
  );
  assert.equal(rig.read('limit_percent'), '0\n', 'it does not trade');
  const gone = `${rig.engineId}-e7`;
  assert.match((await rig.control.ending(gone))?.words ?? '', /left by its start command, whose/);
  await rig.control.shutdown?.('graceful', STAMP);
  await eventually('it is gone', async () => (await rig.table.ofEngine(rig.engineId)).length === 0);
});

test('a start command that fails has failed, in its words, and leaves nothing', async (t) => {
  const failing = 'sleep 600 & echo "token=hunter2-hunter2 no license"; exit 3';
  const rig = openScripts(t, { start: ['sh', '-c', failing] });
  await assert.rejects(
    rig.start(),
    fails('EngineDied', /-e7 failed with 3: token=\[redacted\] no license$/),
  );
  await eventually('nothing is left', async () => {
    return (await rig.table.ofEngine(rig.engineId)).length === 0;
  });
  const unset = openScripts(t, { environment: { ENGINE_HOME: '' } });
  await assert.rejects(unset.start(), fails('EngineDied', /failed with 2: .*ENGINE_HOME/));
  const slow = openScripts(t, { start: ['sleep', '600'], returnsWithinMs: 300 });
  await assert.rejects(slow.start(), fails('EngineDied', /did not return within 300 ms/));
  await eventually('the slow one is ended', async () => {
    return (await slow.table.ofEngine(slow.engineId)).length === 0;
  });
});

test('only a command that could not be run, took too long or was ended is unreachable', async (t) => {
  const bad = [
    [{ argv: ['/no/such/script.sh'], answers: 'exit' }, /quickHealth does not exist$/],
    // Of a script whose interpreter is not there, nobody has looked at the engine.
    [inShell('exit 127'), /quickHealth failed with 127$/],
    [inShell('exit 126'), /quickHealth failed with 126$/],
    [inShell('echo waits for a lock >&2; sleep 600'), /took too long: waits for a lock$/],
    [inShell('kill -KILL $$'), /was ended by a signal$/],
  ] as const;
  for (const [quickHealth, words] of bad) {
    const { control } = openScripts(t, { commands: { quickHealth }, timeoutMs: 500 });
    await assert.rejects(control.quickHealth(), fails('EngineUnreachable', words));
  }
  const stale = openScripts(t, { commands: { shutdown: inShell('exit 77') } });
  await assert.rejects(
    async () => stale.control.shutdown?.('emergency', STAMP),
    fails('StaleEpoch', /^command shutdown: stale epoch$/),
  );
});

test('no secret is in the words of a script, whichever way it got there', async (t) => {
  const code = 'echo "venue refuses $KEY with token=hunter2-hunter2 of planted-secret" >&2; exit 1';
  const { control } = openScripts(t, {
    commands: { quickHealth: inShell(code) },
    environment: { KEY: 'correct-horse' },
    secrets: () => ['planted-secret'],
  });
  const { note } = await control.quickHealth();
  assert.equal(note, 'venue refuses [redacted] with token=[redacted] of [redacted]');
});

test('10 MB of words are an answer all the same, and 10 MB of a state are none', async (t) => {
  const chatty =
    'yes a line of no use | head -c 10000000; yes oh | head -c 10000000 >&2; echo; echo all well';
  const { control } = openScripts(t, { commands: { quickHealth: inShell(chatty) } });
  const { healthy, note } = await control.quickHealth();
  assert.deepEqual([healthy, note], [true, 'all well']);
  const large = {
    argv: ['sh', '-c', 'yes binanceusdm X 1 1 | head -c 70000000'],
    answers: 'positions',
  } as const;
  const rig = openScripts(t, { commands: { state: large } });
  await assert.rejects(
    offered(rig.control, 'positions')(),
    fails('EngineUnreachable', /^command state printed too much$/),
  );
});

test('whom a script leaves with its pipes is neither waited for nor killed', async (t) => {
  const { control, home } = openScripts(t, {
    commands: { enableStrategies: inShell('sleep 600 & echo $! > left; echo done') },
  });
  await control.enableStrategies?.('low', STAMP);
  const pid = Number(readFileSync(join(home, 'left'), 'utf8'));
  const stat = await readStat(pid);
  process.kill(pid, 'SIGKILL');
  assert.equal(stat?.state, 'S');
});

test('a script is told whose engine it is for, and is never taken for that engine', async (t) => {
  const tells = 'env | grep ^RELIGHT | sort > told; echo "$@" >> told; exec sleep 2';
  const argv = ['sh', '-c', tells, 'sh', '{instance}', '{epoch}'];
  const rig = openScripts(t, { commands: { quickHealth: { argv, answers: 'exit' } } });
  const { control, engineId, table } = rig;
  const first = control.quickHealth();
  await eventually('it runs', () => rig.read('told').split('\n').length === 3);
  assert.deepEqual(await table.ofEngine(engineId), [], 'a leftover would be killed');
  await first;
  assert.equal(rig.read('told'), `RELIGHT_FOR_ENGINE=${engineId}\n \n`, 'nothing is known yet');
  await rig.start();
  await control.quickHealth();
  assert.deepEqual(rig.read('told').split('\n'), [
    `RELIGHT_FOR_ENGINE=${engineId}`,
    'RELIGHT_FOR_EPOCH=7',
    `RELIGHT_FOR_INSTANCE=${engineId}-e7`,
    `${engineId}-e7 7`,
    '',
  ]);
  const watched = async () => ({ instanceId: 'later', epoch: 9 });
  const write = inShell('env | grep ^RELIGHT | sort > told');
  const other = openScripts(t, { commands: { setLimits: write }, watched });
  await other.start();
  await other.control.setLimits?.(50, { epoch: 8, idempotencyKey: 'k' });
  assert.deepEqual(other.read('told').split('\n').slice(0, -1), [
    'RELIGHT_EPOCH=8',
    `RELIGHT_FOR_ENGINE=${other.engineId}`,
    'RELIGHT_FOR_EPOCH=9',
    'RELIGHT_FOR_INSTANCE=later',
    'RELIGHT_IDEMPOTENCY_KEY=k',
  ]);
});
