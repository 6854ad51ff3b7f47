/** What `relight status` says of shadows, by the store as it is. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { emptyState } from '../../../workflows/domain/books/state.js';
import { composeShadows } from '../../../workers/compose/artifacts.js';
import { loadConfig } from '../../../workers/config/load.js';
import { shadowsNow } from '../../../workers/operations/recoveries.js';
import { folderOf } from '../../clients/host/processes.js';
import { writeEngines } from '../processes/parts.js';

function configOf(t: TestContext, kind: 'shadow' | 'none') {
  const folder = folderOf(t);
  const checkpoints = { kind, recovered: join(folder, 'recovered') };
  return loadConfig(writeEngines(folder, { desk: { checkpoints } }));
}

const shadowAt = (atMs: number) => ({
  header: {
    version: 1,
    engineId: 'desk',
    instanceId: 'w1',
    epoch: 0,
    sequence: atMs,
    takenAtNs: `${atMs}000000`,
  },
  state: emptyState(),
});

test('shadows that are there and young are no news; old ones and none are', async (t) => {
  const config = configOf(t, 'shadow');
  assert.match((await shadowsNow(config, 'desk')).why ?? '', /^there is none yet/);
  await composeShadows(config).write(shadowAt(Date.now() - 240_000), 5);
  assert.match((await shadowsNow(config, 'desk')).why ?? '', /^none for 5 minutes: /);
  await composeShadows(config).write(shadowAt(Date.now() - 10_000), 5);
  assert.equal((await shadowsNow(config, 'desk')).why, null);
});

test('an engine that is not to be shadowed misses none', async (t) => {
  assert.equal((await shadowsNow(configOf(t, 'none'), 'desk')).why, null);
});

test('a store that cannot be read is said, and is not "none"', async (t) => {
  const config = configOf(t, 'shadow');
  mkdirSync(join(config.dataDir, 'artifacts'), { recursive: true });
  writeFileSync(join(config.dataDir, 'artifacts', 'shadows'), 'a file where a folder has to be');
  assert.match((await shadowsNow(config, 'desk')).why ?? '', /^they could not be looked for/);
});
