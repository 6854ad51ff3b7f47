/** All secrets that are missing are told together, and none that others may read is used. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { stringify } from 'yaml';
import { loadConfig } from '../../../workers/config/load.js';
import { requireSecrets, resolveSecret, secretValues } from '../../../workers/config/secrets.js';
import { folderOf } from '../../clients/host/processes.js';
import { example } from './load-text.js';

function fileWith(t: TestContext, content: string | Buffer, mode = 0o600): string {
  const path = join(folderOf(t), 'secret');
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

test('every place without its secret is told at once, with all that need it', (t) => {
  const data = example() as { notify: { url: object }[] };
  data.notify[0] = { ...data.notify[0], url: { env: 'RELIGHT_TEST_NO_HOOK' } };
  const path = join(folderOf(t), 'relight.yaml');
  const text = stringify(data, { aliasDuplicateObjects: false })
    .replaceAll('BINANCE_API_KEY', 'RELIGHT_TEST_NO_KEY')
    .replaceAll('/run/secrets/', join(folderOf(t), 'no-'));
  writeFileSync(path, text);
  const config = loadConfig(path);
  assert.throws(
    () => requireSecrets(config),
    (error: Error) => {
      const fields = error.message.split('\n').map((line) => line.split(': ')[0]);
      assert.deepEqual(fields, [
        'venues.binance.apiKey, venues.binanceusdm.apiKey',
        'venues.binance.secret, venues.binanceusdm.secret',
        'engines.alpha.control.token',
        'notify.on-call.url',
      ]);
      assert.match(error.message, /RELIGHT_TEST_NO_HOOK is missing or empty\. Set it/);
      return error.name === 'ConfigError';
    },
  );
});

test('the end of the line belongs to the file, and lines within a secret to the secret', (t) => {
  assert.equal(resolveSecret('x', { file: fileWith(t, 'abc\n') }), 'abc');
  assert.equal(resolveSecret('x', { file: fileWith(t, 'abc\r\n') }), 'abc');
  assert.equal(resolveSecret('x', { file: fileWith(t, 'a\nb c\n\n') }), 'a\nb c');
  assert.equal(resolveSecret('x', { file: fileWith(t, '\ufeffabc') }), 'abc');
});

test('an empty secret is none', (t) => {
  for (const content of ['', '\n', '  \n']) {
    const file = fileWith(t, content);
    assert.throws(() => resolveSecret('a.b', { file }), /^ConfigError: a\.b: .*missing or empty/);
  }
  assert.throws(() => resolveSecret('a.b', { env: 'RELIGHT_TEST_NONE' }), /missing or empty/);
});

test('a secret that others may read or change is refused, with the remedy and without it', (t) => {
  for (const mode of [0o644, 0o604, 0o666, 0o660, 0o602]) {
    const file = fileWith(t, 'topsecret', mode);
    assert.throws(
      () => resolveSecret('a.b', { file }),
      ({ message }: Error) =>
        /can be read or changed by others \(0\d{3}\)\. Do: chmod 640 /.test(message) &&
        !message.includes('topsecret'),
      mode.toString(8),
    );
  }
  for (const mode of [0o600, 0o400, 0o640, 0o440]) {
    assert.equal(resolveSecret('a.b', { file: fileWith(t, 'topsecret', mode) }), 'topsecret');
  }
});

test('a secret is a plain file of bounded size', (t) => {
  const folder = folderOf(t);
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  const said = (file: string, why: RegExp) =>
    assert.throws(() => resolveSecret('a.b', { file }), why);
  said(join(folder, 'pipe'), /is a named pipe, not a regular file/);
  said('/dev/zero', /is a device/);
  said(folder, /is a folder/);
  said(fileWith(t, 'x'.repeat(65_537)), /is longer than 65536 bytes/);
  said(fileWith(t, Buffer.from([0xff, 0xfe])), /is not text in UTF-8/);
});

test('what must not be told is all that can be found, also of a file that others may read', (t) => {
  const open = fileWith(t, 'of-an-open-file\n', 0o644);
  const data = example() as { engines: { alpha: { control: Record<string, unknown> } } };
  Object.assign(data.engines.alpha.control, {
    token: { file: open },
    environment: { STRATEGY_API_KEY: 'of-the-engine', STRATEGY: 'momentum' },
  });
  const path = join(folderOf(t), 'relight.yaml');
  writeFileSync(path, stringify(data, { aliasDuplicateObjects: false }));
  process.env['RELIGHT_TEST_TOKEN'] = 'of-the-agent';
  t.after(() => delete process.env['RELIGHT_TEST_TOKEN']);
  const values = secretValues(loadConfig(path));
  for (const value of ['of-an-open-file', 'of-the-engine', 'of-the-agent']) {
    assert.ok(values.includes(value), value);
  }
  assert.ok(!values.includes('momentum'));
});
