/** `relight journal`: what it lists, and that a file which cannot be read whole never ends with 0. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { journalBytes, placeOf } from '../../kits/journal-bytes.js';
import { JOURNAL_HEADER, recordFields } from '../../kits/vectors.js';
import { folderOf } from '../host/processes.js';
import { run } from './run.js';

function written(t: TestContext, change: (bytes: Buffer) => void = () => undefined) {
  const path = join(folderOf(t), 'desk-e7.journal');
  const bytes = journalBytes(JOURNAL_HEADER, [
    recordFields(1),
    recordFields(2, { clientOrderId: 'cx-2', side: 'sell', price: '' }),
    recordFields(3, { clientOrderId: 'cx-3', instrument: 'a\u001b[2Kb' }),
  ]);
  change(bytes);
  writeFileSync(path, bytes);
  return path;
}

test('lists what was about to be sent, in its order, and whose it was', async (t) => {
  const { stdout, code } = await run(t, {}, 'journal', written(t));
  assert.equal(code, 0);
  assert.match(
    stdout,
    /1 +2026-11-18T\S+Z +binance +main +BTC\/USDT +buy +0\.25 +64000\.5 +cx-1000001/,
  );
  assert.match(stdout, /2 .* sell +0\.25 +market +cx-2/);
  assert.match(
    stdout,
    /alpha, instance alpha-e7, epoch 7, pid 4211\n3 orders it was about to send\n$/,
  );
  assert.ok(!stdout.includes('\u001b'), 'nothing in a name moves the cursor');
});

test('shows the newest of many, and says so; JSON has all', async (t) => {
  const path = written(t);
  const { stdout } = await run(t, {}, 'journal', path, '--last', '1');
  assert.match(stdout, /cx-3 *\n/);
  assert.ok(!stdout.includes('cx-2'));
  assert.match(stdout, /3 orders it was about to send, the last 1 above/);
  const { stdout: json } = await run(t, {}, 'journal', path, '--json');
  assert.equal(JSON.parse(json).intents.length, 3);
  assert.equal((await run(t, {}, 'journal', path, '--last', 'all')).code, 2);
});

test('an order that was being noted was not sent, and the rest is whole', async (t) => {
  const path = written(t, (bytes) => bytes.writeBigUInt64LE(0n, placeOf('3', 64) + 312));
  const { stdout, code } = await run(t, {}, 'journal', path);
  assert.equal(code, 0);
  assert.match(stdout, /2 orders .*\n {2}1 begun and not finished/);
});

test('what is damaged or missing is not known, and ends with 5', async (t) => {
  const damaged = await run(
    t,
    {},
    'journal',
    written(t, (b) => b.fill('x', placeOf('2', 64), placeOf('3', 64))),
  );
  assert.equal(damaged.code, 5);
  assert.match(damaged.stdout, /1 DAMAGED.*NOT KNOWN/);
  const missing = await run(
    t,
    {},
    'journal',
    written(t, (b) => b.fill(0, placeOf('2', 64), placeOf('3', 64))),
  );
  assert.equal(missing.code, 5);
  assert.match(missing.stdout, /1 MISSING.*NOT KNOWN/);
});

test('what is no journal of its place is not read, not waited for, and never empty', async (t) => {
  const folder = folderOf(t);
  const at = (name: string) => join(folder, name);
  execFileSync('mkfifo', [at('pipe')]);
  symlinkSync(written(t), at('link'));
  writeFileSync(at('other'), 'a log');
  writeFileSync(at('large'), '');
  truncateSync(at('large'), 1e9);
  for (const [name, why] of [
    ['absent', /absent is not there/],
    ['pipe', /no regular file/],
    ['link', /symbolic link/],
    ['other', /has 5 bytes, and is no journal/],
    ['large', /holds more than/],
  ] as const) {
    const { stdout, stderr, code } = await run(t, {}, 'journal', at(name));
    assert.deepEqual([code, stdout], [5, ''], name);
    assert.match(stderr, why);
  }
});
