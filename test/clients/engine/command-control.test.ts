/** An engine that is controlled by commands, each a real process of this host. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isFailure } from '../../../activities/errors.js';
import type { EngineControl, HostPorts } from '../../../activities/ports.js';
import { capabilitiesOf, offered } from '../../../activities/procedures/capabilities.js';
import { createRampActivities } from '../../../activities/steps/ramp.js';
import { createCommandControl } from '../../../clients/engine/commands/command-control.js';
import { COMMAND_NAMES } from '../../../clients/engine/commands/command-names.js';
import { createProcessTable } from '../../../clients/host/process-table.js';
import type { FailureKind } from '../../../workflows/domain/failure.js';
import { emptyState } from '../../../workflows/domain/books/state.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { folderOf } from '../host/processes.js';

const is = (kind: FailureKind) => (error: unknown) => isFailure(error, kind);
const script = (code: string, ...args: string[]) => [process.execPath, '-e', code, ...args];
const prints = (value: unknown) => script(`console.log(${JSON.stringify(JSON.stringify(value))})`);

/** Writes its arguments and its stamp into a file, one line a run. */
const RECORDS = `
  const { RELIGHT_EPOCH, RELIGHT_IDEMPOTENCY_KEY, ...rest } = process.env;
  const line = [process.argv.slice(1), RELIGHT_EPOCH, RELIGHT_IDEMPOTENCY_KEY, Object.keys(rest)];
  require('fs').appendFileSync('{file}', JSON.stringify(line) + '\\n');
`;

interface Options {
  commands?: Record<string, readonly string[]>;
  start?: readonly string[];
  timeoutMs?: number;
}

function openControl(t: TestContext, { commands = {}, start = [], timeoutMs = 10_000 }: Options) {
  const folder = folderOf(t);
  const file = join(folder, 'runs');
  const named = COMMAND_NAMES.map((name) => [
    name,
    (commands[name] ?? script('process.exit(1)')).map((arg) => arg.replace('{file}', file)),
  ]);
  const engineId = `command-test-${process.pid}`;
  const launch = {
    engineId,
    start: start.map((arg) => arg.replace('{file}', file)),
    workingFolder: join(folder, 'engine'),
    logFile: join(folder, 'logs', 'engine.log'),
    environment: { ONLY_THIS: 'yes' },
  };
  const all = Object.fromEntries(named) as Record<(typeof COMMAND_NAMES)[number], string[]>;
  const settings = { commands: all, timeoutMs, launch };
  const control = createCommandControl(settings) as Required<EngineControl>;
  const runs = () =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as [string[], string, string, string[]]);
  return { control, settings, folder, engineId, runs };
}

test('reads are what the commands print', async (t) => {
  const quickHealth = { healthy: true, hard: false, note: 'ok', instanceId: 'one', epoch: 3 };
  const comprehensiveHealth = { ...quickHealth, trading: false, checks: [] };
  const stateDigest = { digest: 'd', sequence: 5, instanceId: 'one', epoch: 3 };
  const state = { sequence: 5, state: emptyState() };
  const riskLimits = { percent: 50, limits: { maxPosition: '10' } };
  const answers = { quickHealth, comprehensiveHealth, stateDigest, state, riskLimits };
  const commands = Object.fromEntries(
    Object.entries(answers).map(([name, value]) => [name, prints(value)]),
  );
  const { control } = openControl(t, { commands });
  assert.deepEqual(await control.quickHealth(), quickHealth);
  assert.equal((await control.comprehensiveHealth()).trading, false);
  assert.deepEqual(await control.stateDigest(), stateDigest);
  assert.deepEqual(await control.state(), state);
  assert.deepEqual(await control.riskLimits(), riskLimits);
});

test('writes fill in their arguments and carry epoch and key, without a shell', async (t) => {
  const commands = {
    setLimits: script(RECORDS, 'limits', '--percent={percent}', '$(id); "quoted"'),
    enableStrategies: script(RECORDS, '{level}'),
    shutdown: script(RECORDS, '{mode}', '{unknown}'),
  };
  const variables = ['ONLY_THIS', 'RELIGHT_FOR_ENGINE'];
  const { control, runs } = openControl(t, { commands });
  await control.setLimits(75, { epoch: 8, idempotencyKey: 'a:b' });
  await control.enableStrategies('medium', { epoch: 8, idempotencyKey: 'c' });
  await control.shutdown('graceful', { epoch: 9, idempotencyKey: 'd' });
  assert.deepEqual(runs(), [
    [['limits', '--percent=75', '$(id); "quoted"'], '8', 'a:b', variables],
    [['medium'], '8', 'c', variables],
    [['graceful', '{unknown}'], '9', 'd', variables],
  ]);
});

test('exit code 77 is a stale epoch, any other an engine that cannot be reached', async (t) => {
  const stamp = { epoch: 1, idempotencyKey: 'k' };
  const { control } = openControl(t, { commands: { setLimits: script('process.exit(77)') } });
  await assert.rejects(control.setLimits(50, stamp), is('StaleEpoch'));
  await assert.rejects(control.enableStrategies('low', stamp), is('EngineUnreachable'));
  const absent = openControl(t, { commands: { quickHealth: ['/no/such/command'] } });
  await assert.rejects(absent.control.quickHealth(), is('EngineUnreachable'));
});

test('a command runs where its folder is not there, and makes none', async (t) => {
  const { control, folder, runs } = openControl(t, {
    commands: { shutdown: script(RECORDS, '{mode}') },
  });
  await control.shutdown('emergency', { epoch: 9, idempotencyKey: 'd' });
  assert.equal(runs().length, 1);
  assert.equal(existsSync(join(folder, 'engine')), false);
});

test('output outside the contract is a refusal, never a default', async (t) => {
  for (const code of ["console.log('{}')", "console.log('not json')", '']) {
    const { control } = openControl(t, { commands: { riskLimits: script(code) } });
    await assert.rejects(control.riskLimits(), is('EngineRefused'), code);
  }
});

test('a command that does not end is given up, even one that ignores SIGTERM', async (t) => {
  const deaf = "process.on('SIGTERM', () => {}); setTimeout(() => {}, 20_000)";
  const { control } = openControl(t, { commands: { quickHealth: script(deaf) }, timeoutMs: 400 });
  const outcome = await Promise.race([
    control.quickHealth().catch((error: unknown) => error),
    new Promise((resolve) => setTimeout(resolve, 10_000, 'still waiting').unref()),
  ]);
  assert.ok(isFailure(outcome, 'EngineUnreachable'), String(outcome));
  assert.match(outcome.message, /took too long/);
});

test('a failure has the last line of standard error, no secret, and nothing of what is printed for us', async (t) => {
  const code = `
    console.error('token=hunter2-hunter2 of ' + process.env.ONLY_THIS);
    console.error('cannot reach the engine: password: hunter2-hunter2, ' + process.env.ONLY_THIS);
    console.log('{"balance": "canary"}');
    process.exit(4)`;
  const { settings } = openControl(t, { commands: { quickHealth: script(code) } });
  const launch = { ...settings.launch, environment: { ONLY_THIS: 'correct horse' } };
  const control = createCommandControl({ ...settings, launch, secrets: () => ['engine:'] });
  const error: unknown = await control.quickHealth().catch((reason: unknown) => reason);
  assert.ok(isFailure(error, 'EngineUnreachable'));
  assert.match(
    error.message,
    /^command quickHealth failed with 4: cannot reach the \[redacted\] password: \[red/,
  );
  assert.doesNotMatch(`${error.message}${error.stack}`, /canary|hunter2|horse|token/);
});

test('an engine is started in its folder, found by its variables, and outlives the call', async (t) => {
  const start = script(
    `${RECORDS} console.log(process.cwd()); setInterval(() => {}, 1000)`,
    '{state}',
    '{epoch}',
    '{instance}',
  );
  const { control, engineId, folder, runs } = openControl(t, { start });
  const table = createProcessTable();
  t.after(async () => {
    for (const process of await table.ofEngine(engineId)) await table.kill(process, 'SIGKILL');
  });
  const request = { instanceId: 'engine-e6', statePath: '/the state', epoch: 6 };
  await control.start({ ...request, idempotencyKey: 'start' });
  const [running] = await table.ofEngine(engineId);
  assert.equal(running?.instanceId, 'engine-e6');
  await eventually('it has written', () => runs().length === 1);
  assert.deepEqual(runs()[0]?.[0], ['/the state', '6', 'engine-e6']);
  const log = join(folder, 'logs', 'engine.log');
  await eventually('its log has its folder', () =>
    readFileSync(log, 'utf8').includes(join(folder, 'engine')),
  );
  const limits = readFileSync(`/proc/${running?.pid}/limits`, 'utf8');
  const [, soft, hard] = /^Max core file size +(\S+) +(\S+)/m.exec(limits) ?? [];
  assert.equal(soft, hard, 'core dumps are on as far as this host allows');
});

test('a start command that does not exist leaves no process, and its failures say why', async (t) => {
  const { control, engineId, folder } = openControl(t, { start: ['/no/such/engine'] });
  const stamp = { epoch: 1, idempotencyKey: 'k', instanceId: 'one', statePath: '/s' };
  await control.start(stamp);
  const log = join(folder, 'logs', 'engine.log');
  await eventually('its log says why', () => readFileSync(log, 'utf8').includes('not found'));
  const table = createProcessTable();
  await eventually('it is gone', async () => (await table.ofEngine(engineId)).length === 0);
  await assert.rejects(
    control.riskLimits(),
    / failed with 1; one exited with status 127; the last/,
  );
});

test('what failed since a start says how the engine ended, and its last line without secrets', async (t) => {
  const code = `
    console.log('margin 12.50 USD is below 40.00 USD, token=hunter2-hunter2 key ' + process.env.ONLY_THIS + '\\n');
    process.exit(Number(process.argv[1]))`;
  const { settings, folder } = openControl(t, { start: script(code, '{epoch}') });
  const log = join(folder, 'logs', 'engine.log');
  mkdirSync(join(folder, 'logs'));
  writeFileSync(log, 'of an earlier life\n');
  const launch = { ...settings.launch, environment: { ONLY_THIS: 'correct horse' } };
  const control = createCommandControl({ ...settings, launch });
  const why = () => control.quickHealth().then(String, (error: Error) => error.message);
  assert.doesNotMatch(await why(), /earlier life/); // nothing is known of what another started
  await control.start({ instanceId: 'e7', statePath: '/s', epoch: 7, idempotencyKey: 'k' });
  await eventually('it has ended', async () => /exited/.test(await why()));
  assert.equal(
    await why(),
    'command quickHealth failed with 1; e7 exited with status 7; the last line of its log: ' +
      'margin 12.50 USD is below 40.00 USD, token=[redacted] key [redacted]',
  );
  assert.match(
    (await control.ending('e7'))?.words ?? '',
    /^e7 exited with status 7; .*token=\[red/,
  );
  assert.equal((await control.ending('e7'))?.failed, true);
  assert.equal(await control.ending('e6'), null, 'of that nothing is known');
  await control.start({ instanceId: 'e0', statePath: '/s', epoch: 0, idempotencyKey: 'k' });
  const well = await eventually('it ended well', async () => {
    return (await control.ending('e0')) ?? false;
  });
  assert.equal(well.failed, false);
  const dumb = script('process.kill(process.pid, "SIGKILL")');
  const other = createCommandControl({ ...settings, launch: { ...launch, start: dumb } });
  await other.start({ instanceId: 'e8', statePath: '/s', epoch: 8, idempotencyKey: 'k' });
  await eventually('it is said', async () => {
    const said = await other.quickHealth().then(
      () => '',
      (error: Error) => error.message,
    );
    return said.endsWith('e8 was ended by SIGKILL; it wrote nothing to its log');
  });
});

test('a part without a command is not offered, and asking for it says which setting lacks', async (t) => {
  const { settings } = openControl(t, {});
  const { state, setLimits, ...commands } = settings.commands;
  assert.ok(state !== undefined && setLimits !== undefined);
  const control = createCommandControl({ ...settings, commands });
  assert.deepEqual(capabilitiesOf(control), [
    'comprehensiveHealth',
    'stateDigest',
    'riskLimits',
    'enableStrategies',
    'shutdown',
    'sync',
    'updatePosition',
    'importOrder',
    'openOrders',
    'exposure',
  ]);
  assert.throws(
    () => offered(control, 'state'),
    (error) =>
      isFailure(error, 'EngineRefused') &&
      /does not offer its state: set control\.commands\.state/.test(error.message),
  );
  const artifacts = { put: async () => ({}) };
  const ports = { control: () => control, artifacts } as unknown as HostPorts;
  const books = await createRampActivities(ports).readEngineState({ engineId: 'desk' });
  assert.deepEqual(books, { tells: { except: [], nothing: true } }, 'not flat: told by nothing');
  assert.equal(capabilitiesOf(createCommandControl(settings)).length, 12);
});
