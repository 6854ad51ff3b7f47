/** Which engines an agent acts on, and who else must not act in its place. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { claimFolder } from '../../../clients/host/data-folder.js';
import { composeHost } from '../../../workers/compose/host.js';
import { composeRules } from '../../../workers/compose/rules.js';
import { enginesHere } from '../../../workers/config/engines.js';
import { loadConfig } from '../../../workers/config/load.js';
import { agentIdentity, isLater, secondOf } from '../../../workers/processes/host/second-agent.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { folderOf, run } from '../../clients/host/processes.js';
import { relight, writeConfig } from './parts.js';

function configWith(folder: string, changes: object) {
  const path = writeConfig(folder);
  const text = readFileSync(path, 'utf8');
  const [indent] = /^ +(?=orderIdPrefix)/m.exec(text) ?? [''];
  const lines = Object.entries(changes).map(([k, v]) => `${indent}${k}: ${JSON.stringify(v)}\n`);
  writeFileSync(
    path,
    text.replace(/^ +orderIdPrefix/m, (found) => `${lines.join('')}${found}`),
  );
  return loadConfig(path);
}

test('an engine is of the host that is named, or of that of the file', async (t) => {
  const rows: [changes: object, isHere: boolean, host: string][] = [
    [{}, true, 'here'],
    [{ host: 'here' }, true, 'here'],
    [{ host: 'there' }, false, 'there'],
  ];
  for (const [changes, isHere, host] of rows) {
    const config = configWith(folderOf(t), changes);
    const shown = JSON.stringify(changes);
    assert.equal(enginesHere(config).length === 1, isHere, shown);
    assert.equal(composeHost(config).hasEngine('desk'), isHere, shown);
    const rules = await composeRules(config, () => config).ofEngine('desk');
    assert.equal(rules?.host, host, shown);
  }
});

test('a data folder is of the host that used it first, whatever it is called later', async (t) => {
  const dataDir = join(folderOf(t), 'data');
  await claimFolder(dataDir, 'one');
  await claimFolder(dataDir, 'one');
  await assert.rejects(claimFolder(dataDir, 'two'), /is of host "one", and this is "two"/);
  writeFileSync(join(dataDir, 'host.json'), '{');
  await assert.rejects(claimFolder(dataDir, 'one'), /does not tell whose it is/);
});

test('an agent refuses the data folder of another host, and a socket that another has', async (t) => {
  const folder = folderOf(t);
  const path = writeConfig(folder);
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  const keys = relight(t, ['keys', 'messages', 'make', '--config', path]);
  assert.equal(await keys.ended, 0, keys.seen.stderr);
  writeFileSync(join(dataDir, 'host.json'), JSON.stringify({ host: 'there' }));
  const stranger = relight(t, ['agent', '--config', path]);
  assert.notEqual(await stranger.ended, 0);
  assert.match(stranger.seen.stderr, /is of host "there", and this is "here"/);

  writeFileSync(join(dataDir, 'host.json'), JSON.stringify({ host: 'here' }));
  const socket = join(folder, 'live.sock');
  const owner = `require('net').createServer().listen('${socket}', () => console.log())`;
  await run(t, { command: [process.execPath, '-e', owner] });
  await eventually('it listens', () => readFileSync('/proc/net/unix', 'utf8').includes(socket));
  const second = relight(t, ['agent', '--config', path]);
  assert.notEqual(await second.ended, 0);
  assert.match(second.seen.stderr, /No engine can be watched. desk: another process listens/);
});

test('two agents of one host and server are two on one machine, whatever their folders', async (t) => {
  const [one, two] = [folderOf(t), folderOf(t)];
  const temporal = { address: '127.0.0.1:1' };
  const paths = [one, two].map((folder) => writeConfig(folder, { temporal }));
  for (const path of paths) {
    const keys = relight(t, ['keys', 'messages', 'make', '--config', path]);
    assert.equal(await keys.ended, 0, keys.seen.stderr);
  }
  const first = relight(t, ['agent', '--config', paths[0] ?? '']);
  await eventually('it watches', () => first.seen.stderr.includes('detector ready'));
  const second = relight(t, ['agent', '--config', paths[1] ?? '']);
  assert.notEqual(await second.ended, 0);
  assert.match(second.seen.stderr, /Another "relight agent" of host "here" already runs/);
});

test('of two agents at one queue the later one ends, and one that has ended is none', () => {
  const [a, b] = [
    agentIdentity({ host: 'h', bootId: 'x' }),
    agentIdentity({ host: 'h', bootId: 'y' }),
  ];
  assert.notEqual(isLater(a, b), isLater(b, a));
  assert.equal(isLater(a, '4711@a-machine'), false);
  const early = 'relight-agent/h/x/1/1000/aa';
  assert.deepEqual([isLater(a, early), isLater(early, a)], [true, false]);
  const own = { identity: a, firstMs: 100 };
  const pollers = [
    { identity: a, atMs: 500 },
    { identity: 'ended before', atMs: 99 },
    { identity: 'polls too', atMs: 101 },
  ];
  assert.deepEqual(
    secondOf(pollers, own).map(({ identity }) => identity),
    ['polls too'],
  );
});
