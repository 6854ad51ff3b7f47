/** What doctor says of a host and of the engine on it: real files, real processes. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { loadConfig } from '../../../../workers/config/load.js';
import type { Config } from '../../../../workers/config/schema.js';
import { watchedRecordPath } from '../../../../clients/detector/watched.js';
import { makeMessageKeys } from '../../../../workers/compose/messages.js';
import {
  CHECKPOINT_VERSION,
  encodeCheckpoint,
} from '../../../../workflows/domain/engine/checkpoint.js';
import { emptyState } from '../../../../workflows/domain/books/state.js';
import { folderOf, run } from '../../../clients/host/processes.js';
import { writeConfig } from '../../processes/parts.js';
import { lookAt, said } from './looking.js';

function setUp(t: TestContext) {
  const folder = folderOf(t);
  const config = loadConfig(writeConfig(folder));
  mkdirSync(config.dataDir);
  return { folder, config, at: (name: string) => join(folder, name) };
}

/** Of a name that no other test's engine has. */
function renamed(config: Config): { config: Config; engineId: string } {
  const engineId = `desk-${randomUUID()}`;
  const { desk } = config.engines;
  assert.ok(desk !== undefined);
  return { engineId, config: { ...config, engines: { [engineId]: desk } } };
}

test('private folders that stand open, are links or are not there', async (t) => {
  const { config } = setUp(t);
  const of = async () => said(await lookAt(config, ['private_folders']));
  assert.deepEqual(await of(), [`ok what is the agent's own in ${config.dataDir} is closed`]);
  mkdirSync(join(config.dataDir, 'fence'), { mode: 0o700 });
  mkdirSync(join(config.dataDir, 'keys'));
  chmodSync(join(config.dataDir, 'keys'), 0o755);
  symlinkSync('/tmp', join(config.dataDir, 'evidence'));
  assert.deepEqual(await of(), [
    `warning ${join(config.dataDir, 'keys')} stands open to others`,
    `fault ${join(config.dataDir, 'evidence')} is a link, not a folder`,
  ]);
});

test('a data folder that cannot be made is a fault, and one that can be is not made', async (t) => {
  const { config, folder } = setUp(t);
  const of = async (dataDir: string) =>
    said(await lookAt({ ...config, dataDir }, ['private_folders', 'free_space']))[0];
  assert.match(
    (await of('/dev/null/nowhere')) ?? '',
    /^fault dataDir \/dev\/null\/nowhere cannot be written/,
  );
  const other = join(folder, 'other');
  assert.equal(await of(other), `ok ${other} is not there yet, and can be made`);
  assert.ok(!readdirSync(folder).includes('other'));
});

test('folders, programs and logs of an engine', async (t) => {
  const { config, at } = setUp(t);
  const names = ['folders', 'programs', 'logs'] as const;
  mkdirSync(at('written'));
  writeFileSync(at('engine.log'), '');
  for (const line of said(await lookAt(config, names))) assert.match(line, /^ok /);
  const { desk } = config.engines;
  assert.ok(desk !== undefined);
  const sick = {
    ...desk,
    checkpoints: {
      ...desk.checkpoints,
      written: at('nowhere'),
      recovered: '/dev/null/recovered',
    },
    control: { ...desk.control, start: ['no-such-program', '--now'], logFile: at('gone.log') },
    forensics: { ...desk.forensics, executable: at('relight.yaml') },
  };
  assert.deepEqual(said(await lookAt({ ...config, engines: { desk: sick } }, names)), [
    'fault control.start: no-such-program is no program here',
    `warning forensics.executable: ${at('relight.yaml')} is no program here, so a core has no names in it`,
    `warning checkpoints.written: ${at('nowhere')} is not there`,
    'fault checkpoints.recovered: /dev/null/recovered cannot be written to (ENOTDIR)',
    `warning ${at('gone.log')} is not there`,
  ]);
});

test('a program of a command that is missing is a fault, before a night needs it', async (t) => {
  const { config, at } = setUp(t);
  const { desk } = config.engines;
  assert.ok(desk !== undefined);
  writeFileSync(at('stop.sh'), '#!/bin/sh\n', { mode: 0o755 });
  const commands = { quickHealth: ['./helth.sh'], shutdown: { argv: ['./stop.sh'] } };
  const control = { ...desk.control, kind: 'commands', commands, workingFolder: at('.') };
  const engines = { desk: { ...desk, control } } as unknown as typeof config.engines;
  const told = said(await lookAt({ ...config, engines }, ['programs']));
  assert.deepEqual(
    told.filter((line) => line.includes('commands')),
    [`fault control.commands.quickHealth: ${at('helth.sh')} is no program here`],
  );
});

test('an engine that lives by its pid file is not told to be started again', async (t) => {
  const { config, engineId } = renamed(setUp(t).config);
  const { [engineId]: engine } = config.engines;
  assert.ok(engine !== undefined);
  const one = await run(t, { env: {} });
  const pidFile = join(config.dataDir, 'engine.pid');
  mkdirSync(config.dataDir, { recursive: true });
  writeFileSync(pidFile, `${one.pid}\n`);
  const liveness = [{ kind: 'process', pidFile, everyMs: 25 }];
  const engines = { [engineId]: { ...engine, liveness } } as unknown as typeof config.engines;
  const [line] = said(await lookAt({ ...config, engines }, ['process']));
  const named = `its pid file names pid ${one.pid}`;
  assert.equal(line, `warning NOT WATCHED YET: ${named}, and no agent here has noted it`);
});

test('an engine that runs and is not known to an agent is a fault, and so are two', async (t) => {
  const { config, engineId } = renamed(setUp(t).config);
  const of = async () => (await lookAt(config, ['process']))[0];
  assert.equal((await of())?.found, 'it does not run here');
  assert.equal((await of())?.verdict, 'warning');
  const env = { RELIGHT_ENGINE: engineId, RELIGHT_INSTANCE: 'i1' };
  const one = await run(t, { env });
  const unknown = await of();
  assert.equal(unknown?.verdict, 'fault');
  assert.equal(unknown.found, `NOT WATCHED: pid ${one.pid} runs, and no agent here has noted it`);
  const { pid, startTicks } = one;
  const instance = { instanceId: 'i1', pid, startTicks, build: 'b', epoch: 0 };
  mkdirSync(join(config.dataDir, 'watched'));
  writeFileSync(
    watchedRecordPath(config.dataDir, engineId),
    JSON.stringify({ instance, ended: 'no' }),
  );
  assert.deepEqual(said([(await of()) ?? assert.fail()]), [
    `ok pid ${pid} (i1) runs, and the agent knows it`,
  ]);
  await run(t, { env });
  assert.equal((await of())?.verdict, 'ok', 'what the engine has started is no second one');
  await run(t, { env: { ...env, RELIGHT_INSTANCE: 'i2' } });
  assert.match((await of())?.found ?? '', /^2 instances of it live \(pid .* is i2.*\): two trade/);
  assert.equal((await of())?.verdict, 'fault');
});

test('an engine that its agent looks for in vain is told with since when', async (t) => {
  const { config, engineId } = renamed(setUp(t).config);
  mkdirSync(join(config.dataDir, 'watched', 'unseen'), { recursive: true });
  writeFileSync(join(config.dataDir, 'watched', 'unseen', engineId), '1700000000000');
  const [line] = said(await lookAt(config, ['process']));
  assert.match(line ?? '', /^warning it does not run here: no sign of it yet, .*2023-11-14/);
});

test('the newest checkpoint is proved: none, a good one, one that was spoilt', async (t) => {
  const { config, at } = setUp(t);
  const of = async () => (await lookAt(config, ['checkpoint']))[0];
  assert.match(
    (await of())?.found ?? '',
    /^There is no checkpoint of desk in .*begin from the exch/,
  );
  assert.equal((await of())?.verdict, 'warning');
  mkdirSync(at('written'));
  const takenAtNs = `${Date.now()}000000`;
  const of1 = { version: CHECKPOINT_VERSION, engineId: 'desk', instanceId: 'i1', epoch: 1 };
  const checkpoint = { header: { ...of1, sequence: 1, takenAtNs }, state: emptyState() };
  const bytes = encodeCheckpoint(checkpoint);
  writeFileSync(join(at('written'), '0001.ckpt'), bytes);
  const good = await of();
  assert.equal(good?.verdict, 'ok', good?.found);
  writeFileSync(join(at('written'), '0001.ckpt'), bytes.slice(0, -20));
  assert.equal((await of())?.verdict, 'fault');
});

test('message keys of the roles that belong here: missing, there, open to others', async (t) => {
  const { config } = setUp(t);
  const address = '127.0.0.1:1';
  const fleet = { ...config, temporal: { ...config.temporal, address } };
  const of = async (one: Config) => lookAt(one, ['message_keys']);
  const subjects = (rows: Awaited<ReturnType<typeof of>>) =>
    rows.map(({ subject, verdict }) => `${subject} ${verdict}`);
  assert.deepEqual(subjects(await of(config)), [
    'operator warning',
    'host warning',
    'control warning',
  ]);
  assert.deepEqual(subjects(await of(fleet)), ['operator fault', 'host fault']);
  await makeMessageKeys(config);
  assert.deepEqual(subjects(await of(fleet)), ['operator ok', 'host ok']);
  chmodSync(join(config.dataDir, 'keys', 'messages', 'host-here.key'), 0o644);
  const [, host] = await of(fleet);
  assert.equal(host?.verdict, 'fault');
  assert.match(host.found, /host-here\.key can be read by others\. Do: chmod 600/);
});

test('of an engine that lives elsewhere its host is not looked at, and that is said', async (t) => {
  const { config } = setUp(t);
  const { desk } = config.engines;
  assert.ok(desk !== undefined);
  const rows = await lookAt({ ...config, engines: { desk: { ...desk, host: 'there' } } }, [
    'engines',
    'debugger',
    'process',
    'folders',
  ]);
  assert.deepEqual(said(rows), [
    'unverified it lives on there, and this is here: its host was not looked at',
  ]);
});
