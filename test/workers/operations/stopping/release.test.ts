/** The release of the kill switch, of several engines of which one cannot be released: the real command. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ReleaseAnswer } from '../../../../clients/cli/answers/shutdown.js';
import { folderOf } from '../../../clients/host/processes.js';
import { relight, writeEngines } from '../../processes/parts.js';

test('one that cannot be released keeps no other latched, is named, and is not released at its guardian', async (t) => {
  const folder = folderOf(t);
  const path = writeEngines(folder, { alpha: {}, beta: {}, gamma: {} });
  const latchOf = (id: string) => join(folder, 'data', 'fence', id, 'kill-switch.json');
  const command = async (...args: string[]) => {
    const run = relight(t, ['shutdown', ...args, '--all', '--reason', 'x', '--config', path]);
    return { code: await run.ended, ...run.seen };
  };
  await command('--keep-orders');
  for (const id of ['alpha', 'beta', 'gamma']) assert.ok(existsSync(latchOf(id)), id);
  rmSync(latchOf('alpha'));
  mkdirSync(join(latchOf('alpha'), 'in the way'), { recursive: true });
  const { code, stdout } = await command('--release', '--json');
  const answers = (JSON.parse(stdout) as unknown[]).map((one) => ReleaseAnswer.parse(one));
  assert.deepEqual(
    answers.map(({ engineId, released, latch }) => [engineId, released, latch.failed]),
    [
      ['alpha', false, true],
      ['beta', true, false],
      ['gamma', true, false],
    ],
  );
  assert.match(answers[0]?.latch.result ?? '', /^NOT RELEASED: .*EISDIR/);
  assert.match(answers[0]?.guardian.result ?? '', /^not told/);
  assert.equal(code, 3);
  assert.deepEqual(
    ['alpha', 'beta', 'gamma'].map((id) => existsSync(latchOf(id))),
    [true, false, false],
  );
  const words = await command('--release');
  assert.match(words.stdout, /alpha: kill switch NOT RELEASED.*\n {2}guardian: not told/);
});
