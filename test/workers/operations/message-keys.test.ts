/** `relight keys messages`, and what a part says that lacks its key. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderOf } from '../../clients/host/processes.js';
import { relight, writeConfig } from '../processes/parts.js';

test('keys are made once, listed, and rotated', { timeout: 360_000 }, async (t) => {
  const config = writeConfig(folderOf(t));
  const run = async (...args: string[]) => {
    const done = relight(t, [...args, '--config', config]);
    return { code: await done.ended, ...done.seen };
  };
  const keys = (...args: string[]) => run('keys', 'messages', ...args);
  assert.equal((await keys('make', 'host')).stdout, 'made host "here"\n');
  assert.equal((await keys('make')).stdout, 'made control\nmade operator\n');
  assert.match((await keys('make')).stdout, /All keys are there/);
  assert.equal((await keys('rotate', 'operator')).code, 0);
  const listed = JSON.parse((await keys('list', '--json')).stdout) as { role: string }[];
  assert.deepEqual(
    listed.map(({ role }) => role),
    ['host', 'control', 'operator', 'operator'],
  );
  const wrong = await keys('rotate', 'everybody');
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /"everybody" is no role: control, host, operator/);
});

test(
  'a worker or agent without its key says so at once, with the remedy',
  { timeout: 360_000 },
  async (t) => {
    const folder = folderOf(t);
    const config = writeConfig(folder);
    for (const part of ['worker', 'agent']) {
      const started = relight(t, [part, '--config', config]);
      assert.equal(await started.ended, 2);
      assert.match(started.seen.stderr, /ring\.json is missing.*relight keys messages make/);
    }
    const made = relight(t, ['keys', 'messages', 'make', '--config', config]);
    assert.equal(await made.ended, 0);
    rmSync(join(folder, 'data', 'keys', 'messages', 'control.key'));
    const worker = relight(t, ['worker', '--config', config]);
    assert.equal(await worker.ended, 2);
    assert.match(worker.seen.stderr, /^messages: [^\n]*control\.key is missing[^\n]*\n$/);
  },
);
