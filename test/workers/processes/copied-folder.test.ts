/** An agent on a copy of another's data folder, as staging made of production: the real command. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse, stringify } from 'yaml';
import { eventually } from '../../sandbox/engine/rig.js';
import { folderOf } from '../../clients/host/processes.js';
import { relight, writeEngines } from './parts.js';

test('it is refused with the remedy, before it watches or sends anything', async (t) => {
  const folder = folderOf(t);
  const path = writeEngines(folder, { alpha: {} });
  const made = relight(t, ['keys', 'messages', 'make', '--config', path]);
  assert.equal(await made.ended, 0, made.seen.stderr);
  const first = relight(t, ['agent', '--config', path]);
  const begun = join(folder, 'data', 'agent.json');
  await eventually('it has begun', () => existsSync(begun));
  first.kill('SIGTERM');
  await first.ended;
  const copy = join(folder, 'copy');
  cpSync(join(folder, 'data'), copy, { recursive: true });
  const staging = join(folder, 'staging.yaml');
  const file = parse(readFileSync(path, 'utf8')) as object;
  writeFileSync(staging, stringify({ ...file, dataDir: copy }));
  const second = relight(t, ['agent', '--config', staging]);
  assert.equal(await second.ended, 2, second.seen.stderr);
  assert.match(
    second.seen.stderr,
    /copy is a copy of .*data, which is still there: .*Name an empty/,
  );
});
