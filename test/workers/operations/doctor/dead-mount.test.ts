/** `relight doctor` where a disk does not answer: it ends, and says which one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { join } from 'node:path';
import { DoctorAnswer } from '../../../../clients/cli/answers/doctor.js';
import { onDeadMount } from '../../../dead-mount.js';
import { folderOf } from '../../../clients/host/processes.js';
import { relight, writeEngines } from '../../processes/parts.js';

test('a disk that hangs holds up nothing but what is on it', { timeout: 180_000 }, async (t) => {
  const folder = folderOf(t);
  const config = writeEngines(folder, { desk: {} });
  const dead = join(folder, 'data');
  const began = performance.now();
  const asked = relight(t, ['doctor', '--json', '--config', config], {}, onDeadMount(dead));
  const code = await asked.ended;
  assert.equal(code, 4, asked.seen.stderr);
  assert.ok(performance.now() - began < 90_000);
  const { checks } = DoctorAnswer.parse(JSON.parse(asked.seen.stdout));
  const hung = checks.filter(
    ({ found }) => found.startsWith(dead) && found.endsWith('does not answer'),
  );
  const names = new Set(hung.map(({ check }) => check));
  for (const name of ['private_folders', 'free_space', 'message_keys', 'process', 'reading']) {
    assert.ok([...names].includes(name as never), `${name} is unverified`);
  }
  for (const { verdict } of hung) assert.equal(verdict, 'unverified');
  const others = checks.filter(({ check }) => check === 'debugger' || check === 'gates');
  assert.ok(others.length >= 2 && others.every(({ verdict }) => verdict !== 'unverified'));
});
