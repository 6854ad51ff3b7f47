/** An engine of a user of its own: what it reaches, what it does not, and who may start it so. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isFailure } from '../../../activities/errors.js';
import { entryOf } from '../../../clients/detector/settings.js';
import { startHelloSource } from '../../../clients/detector/sources/hello.js';
import { createCommandControl } from '../../../clients/engine/commands/command-control.js';
import { engineUserOf, findUser } from '../../../clients/engine/engine-user.js';
import { Ending } from '../../../clients/engine/ending.js';
import { launchEngine } from '../../../clients/engine/launch.js';
import { createCheckpointStore } from '../../../clients/host/checkpoint-store.js';
import { createFence } from '../../../clients/host/fence.js';
import { keepPrivate } from '../../../clients/host/private-folders.js';
import { emptyState } from '../../../workflows/domain/books/state.js';
import { CHECKPOINT_VERSION } from '../../../workflows/domain/engine/checkpoint.js';
import { loadConfig } from '../../../workers/config/load.js';
import { prepareHost } from '../../../workers/compose/host-folders.js';
import { whyNotRoot } from '../../needs.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { writeConfig } from '../../workers/processes/parts.js';
import { folderOf } from '../host/processes.js';

const NOBODY = 65_534;
const PASSWD = [
  'root:x:0:0:root:/root:/bin/sh',
  'toor:x:0:0::/root:/bin/sh',
  'desk:x:1001:1002:Desk,,,:/srv/desk:/usr/sbin/nologin',
  'damaged',
  '',
].join('\n');

test('a user is found by name or number, a number needs no name, a strange name is nobody', () => {
  const desk = { name: 'desk', uid: 1_001, gid: 1_002, home: '/srv/desk' };
  assert.deepEqual(findUser('desk', PASSWD), desk);
  assert.deepEqual(findUser(1_001, PASSWD), desk);
  assert.deepEqual(findUser(7, PASSWD), { name: '7', uid: 7, gid: 7, home: '/' });
  for (const name of ['', 'des', 'desk:x', 'damaged', '1001']) {
    assert.equal(findUser(name, PASSWD), null, name);
  }
});

test("a user who is nobody here, or root, is a fault in words, and no user is nobody's concern", () => {
  const fault = (text: RegExp) => (error: unknown) =>
    isFailure(error, 'ConfigurationInvalid') && text.test(error.message);
  assert.throws(
    () => engineUserOf('desk', 'no-such-user'),
    fault(/engines\.desk\.control\.user: "no-such-user" is no user/),
  );
  assert.throws(() => engineUserOf('desk', 'root'), fault(/is root/));
  assert.throws(() => engineUserOf('desk', 0), fault(/is root/));
  assert.equal(engineUserOf('desk', null), null);
});

test(
  'who is not root cannot start it as another, and is told what to do',
  { skip: whyNotRoot() },
  (t) => {
    t.mock.method(process as { getuid: () => number }, 'getuid', () => 1_234);
    assert.throws(
      () => engineUserOf('desk', NOBODY),
      /only root can start it as "65534".*uid 1234/,
    );
    assert.equal(engineUserOf('desk', 1_234), null, 'its own user it is already');
  },
);

async function openHost(t: TestContext) {
  const folder = folderOf(t);
  chmodSync(folder, 0o711); // others pass through, as on a real host
  const [engineId, at] = ['desk', (name: string) => join(folder, name)];
  const loaded = loadConfig(writeConfig(folder));
  const before = loaded.engines[engineId];
  assert.ok(before !== undefined);
  const engine = {
    ...before,
    control: { ...before.control, user: NOBODY, workingFolder: at('run'), logFile: at('run/log') },
    forensics: { ...before.forensics, coreFolder: at('run') },
    liveness: [
      { kind: 'socket' as const, socket: at('liveness.sock'), goodbyeMs: 500 },
      { kind: 'heartbeat' as const, file: at('beat/heartbeat') },
    ],
  };
  const config = { ...loaded, engines: { [engineId]: engine } };
  const users = await prepareHost(config, { warn: () => undefined });
  const fence = createFence(join(config.dataDir, 'fence'));
  await fence.raise(engineId, 3);
  await fence.engage(engineId, 'enough', 'ada');
  return { folder, config, engineId, engine, fence, users };
}

/** Says of each attempt whether it was allowed, and writes that where an engine may write. */
const ATTEMPTS = `
const fs = require('node:fs'), net = require('node:net');
const [fence, evidence, keys, state, recovered, socket, out] = process.argv.slice(1);
const tries = {
  'read the kill switch': () => fs.readFileSync(fence + '/kill-switch.json'),
  'remove the kill switch': () => fs.rmSync(fence + '/kill-switch.json'),
  'write the epoch': () => fs.writeFileSync(fence + '/epoch', '999'),
  'replace the fence': () => fs.renameSync(require('node:path').dirname(fence), fence + '-old'),
  'list the evidence': () => fs.readdirSync(evidence),
  'list the keys': () => fs.readdirSync(keys),
  'change its state': () => fs.appendFileSync(state, 'x'),
  'leave a state': () => fs.writeFileSync(recovered + '/recovered-e900.ckpt', 'x'),
  'become root': () => process.setuid(0),
  'read its state': () => fs.readFileSync(state),
  'write a core': () => fs.writeFileSync('core', 'x'),
};
const told = { uid: process.getuid(), gid: process.getgid(), groups: process.getgroups(), env: process.env };
for (const [name, act] of Object.entries(tries)) {
  try { act(); told[name] = true; } catch (error) { told[name] = error.code; }
}
const done = () => { fs.writeFileSync(out + '.part', JSON.stringify(told)); fs.renameSync(out + '.part', out); };
net.connect(socket).once('connect', function () { told.socket = true; this.destroy(); done(); })
  .once('error', (error) => { told.socket = error.code; done(); });
`;

test(
  'an engine of its own user reaches what is its own, and no kill switch, epoch or key',
  { skip: whyNotRoot() },
  async (t) => {
    const { config, engineId, engine, fence, users } = await openHost(t);
    const store = createCheckpointStore(() => engine.checkpoints);
    const header = {
      version: CHECKPOINT_VERSION,
      engineId,
      instanceId: 'e3',
      epoch: 3,
      sequence: 1,
      takenAtNs: '1',
    };
    const state = await store.writeRecovered(engineId, { header, state: emptyState() });
    const owner = users.get(engineId) ?? null;
    assert.equal(owner?.uid, NOBODY);
    const watch = {
      engineId,
      hello: async () => null,
      goodbye: () => undefined,
      beat: () => undefined,
      connection: () => undefined,
      disconnected: () => undefined,
      warn: () => undefined,
    };
    const socket = entryOf(engine.liveness, 'socket')?.socket ?? '';
    const source = await startHelloSource({ socket, owner }, watch);
    t.after(() => source.stop());
    const at = (name: string) => join(config.dataDir, name);
    const out = join(engine.control.workingFolder, 'told.json');
    const args = [
      join(at('fence'), engineId),
      at('evidence'),
      at('keys'),
      state,
      engine.checkpoints.recovered,
      socket,
      out,
    ];
    await launchEngine(
      {
        engineId,
        ...engine.control,
        environment: { ONLY: 'this' },
        start: [process.execPath, '-e', ATTEMPTS, ...args],
      },
      { state, epoch: 3, instance: 'e3' },
      new Ending(),
    );
    const told = await eventually(
      'it has told',
      () => existsSync(out) && (JSON.parse(readFileSync(out, 'utf8')) as Record<string, unknown>),
    );
    const { env, ...rest } = told;
    assert.deepEqual(rest, {
      uid: NOBODY,
      gid: NOBODY,
      groups: [NOBODY],
      'read the kill switch': 'EACCES',
      'remove the kill switch': 'EACCES',
      'write the epoch': 'EACCES',
      'replace the fence': 'EACCES',
      'list the evidence': 'EACCES',
      'list the keys': 'EACCES',
      'change its state': 'EACCES',
      'leave a state': 'EACCES',
      'become root': 'EPERM',
      'read its state': true,
      'write a core': true,
      socket: true,
    });
    const variables = Object.keys(env as object).filter(
      (name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name),
    );
    assert.deepEqual(variables.toSorted(), [
      'HOME',
      'LOGNAME',
      'ONLY',
      'RELIGHT_ENGINE',
      'RELIGHT_EPOCH',
      'RELIGHT_INSTANCE',
      'USER',
    ]);
    assert.equal((await fence.killSwitch(engineId)).engaged, true);
    await assert.rejects(fence.raise(engineId, 2), (error) => isFailure(error, 'StaleEpoch'));
  },
);

test('its commands run as it, and not as root', { skip: whyNotRoot() }, async (t) => {
  const { engineId, engine } = await openHost(t);
  const answer = '{"healthy":true,"hard":false,"note":"\'$(id -u)\'","instanceId":"one","epoch":1}';
  const health = ['sh', '-c', `echo '${answer}'`];
  const control = createCommandControl({
    commands: { quickHealth: health, shutdown: ['true'] },
    timeoutMs: 5_000,
    launch: {
      engineId,
      ...engine.control,
      start: [],
      environment: { PATH: process.env['PATH'] ?? '' },
    },
  });
  assert.equal((await control.quickHealth()).note, String(NOBODY));
});

test(
  'a log that its user made a link or a pipe of is not written to',
  { skip: whyNotRoot() },
  async (t) => {
    const { folder, engineId, engine } = await openHost(t);
    const target = join(folder, 'target');
    writeFileSync(target, 'as it was');
    const logFile = join(engine.control.workingFolder, 'link.log');
    symlinkSync(target, logFile);
    const launch = { engineId, ...engine.control, logFile, start: ['/bin/echo', 'hello'] };
    const values = { state: target, epoch: 1, instance: 'e1' };
    await assert.rejects(launchEngine(launch, values, new Ending()), /ELOOP/);
    assert.equal(readFileSync(target, 'utf8'), 'as it was');
  },
);

test(
  "folders that stood open are closed, and what is another's is an error",
  { skip: whyNotRoot() },
  async (t) => {
    const folder = folderOf(t);
    mkdirSync(join(folder, 'fence'), { mode: 0o755 });
    chmodSync(join(folder, 'fence'), 0o777);
    assert.deepEqual(await keepPrivate(folder), [join(folder, 'fence')]);
    for (const name of ['fence', 'keys', 'evidence', 'spool', 'watched']) {
      assert.equal(statSync(join(folder, name)).mode & 0o7777, 0o700, name);
    }
    assert.deepEqual(await keepPrivate(folder), []);
    t.mock.method(process as { getuid: () => number }, 'getuid', () => 1_234);
    await assert.rejects(
      keepPrivate(folder),
      /fence belongs to uid 0, and this agent is uid 1234: chown -R 1234/,
    );
  },
);

test(
  'a folder of the agent that is a link, and a data folder that others may replace, are errors',
  { skip: whyNotRoot() },
  async (t) => {
    const { folder, config } = await openHost(t);
    const quiet = { warn: () => undefined };
    chmodSync(config.dataDir, 0o777);
    await assert.rejects(prepareHost(config, quiet), /others may write to .*: chmod go-w/);
    chmodSync(config.dataDir, 0o755);
    await prepareHost(config, quiet);
    const other = { ...config, dataDir: join(folder, 'linked') };
    mkdirSync(other.dataDir);
    symlinkSync(join(config.dataDir, 'fence'), join(other.dataDir, 'fence'));
    await assert.rejects(prepareHost(other, quiet), /is a link, not a folder/);
  },
);
