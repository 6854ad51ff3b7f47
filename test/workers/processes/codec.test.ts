/** `relight codec` as a process: what it refuses, what it prints, and that a signal ends it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeCipherKey } from '../../../clients/temporal/messages/cipher.js';
import { folderOf } from '../../clients/host/processes.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { relight, writeConfig } from './parts.js';

test('refuses where nothing is encrypted, where there is no key, and odd options', async (t) => {
  const folder = folderOf(t);
  const plain = writeConfig(folder);
  const off = relight(t, ['codec', '--config', plain]);
  assert.equal(await off.ended, 2);
  assert.match(off.seen.stderr, /messages\.encryption is off/);
  const without = relight(t, [
    'codec',
    '--config',
    writeConfig(folder, { messages: { encryption: true } }),
  ]);
  assert.equal(await without.ended, 2);
  assert.match(without.seen.stderr, /encryption\.key is missing/);
  for (const odd of [
    ['--port', '0'],
    ['--port', '70000'],
    ['--ui', '*'],
    ['--ui', 'http://127.0.0.1:8233/path'],
    ['--ui', 'file:///'],
  ]) {
    const refused = relight(t, ['codec', '--config', plain, ...odd]);
    assert.equal(await refused.ended, 2, odd.join(' '));
  }
});

test('tells how it is asked without showing the token, and ends by a signal', async (t) => {
  const folder = folderOf(t);
  const config = writeConfig(folder, { messages: { encryption: true } });
  const keys = join(folder, 'data', 'keys', 'messages');
  await makeCipherKey(keys);
  const args = ['codec', '--config', config, '--port', '18234', '--ui', 'http://127.0.0.1:8233/'];
  const codec = relight(t, args);
  await eventually('the words', () => /codec endpoint/.test(codec.seen.stderr));
  assert.equal(codec.seen.stdout, 'http://127.0.0.1:18234\n');
  const token = readFileSync(join(keys, 'codec.token'), 'utf8').trim();
  assert.ok(!`${codec.seen.stdout}${codec.seen.stderr}`.includes(token));
  const asked = async (path: string) =>
    fetch(`http://127.0.0.1:18234${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'http://127.0.0.1:8233' },
      body: '{"payloads":[]}',
    });
  assert.equal((await asked(`/${token}/decode`)).status, 200);
  assert.equal((await asked('/decode')).status, 401);
  const second = relight(t, args);
  assert.equal(await second.ended, 2);
  assert.match(second.seen.stderr, /port 18234 is taken/);
  codec.kill('SIGTERM');
  assert.equal(await codec.ended, 0);
});
