/** `relight up` as it is started by people: its worker writes shadows of an engine that writes no checkpoints. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { findEmbeddedTemporal } from '../../../../clients/temporal/embedded/index.js';
import { composeShadows } from '../../../../workers/compose/artifacts.js';
import { loadConfig } from '../../../../workers/config/load.js';
import { folderOf } from '../../../clients/host/processes.js';
import { openBench } from '../../../clients/exchange/bench.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { relight, writeConfig, writeEngines } from '../parts.js';

test(
  'what its venue tells is in the newest shadow, and the next one follows',
  { timeout: 540_000 },
  async (t) => {
    const bench = await openBench();
    t.after(() => bench.venues.close());
    await bench.place('kraken', { id: 'rl-rests' });
    const path = configAt(folderOf(t), bench.settings('kraken'));
    const config = loadConfig(path);
    t.after(async () => {
      const left = await findEmbeddedTemporal(join(config.dataDir, 'temporal'));
      if (left !== undefined) process.kill(left.pid, 'SIGTERM');
    });
    const up = relight(t, ['up', '--no-ui', '--config', path]);
    const shadows = composeShadows(config);
    const newest = async () => (await shadows.list('desk'))[0];
    await eventually('a shadow is there', async () => (await newest()) !== undefined);
    const first = await newest();
    await bench.place('kraken', { id: 'rl-another' });
    await eventually('it shows what has come', async () => {
      const named = await newest();
      const file = named === undefined ? null : await shadows.open('desk', named.name);
      return file !== null && 'read' in file && (file.read.text ?? '').includes('rl-another');
    });
    assert.ok(((await newest())?.takenAtMs ?? 0) > (first?.takenAtMs ?? 0));
    up.kill('SIGTERM');
    await up.ended;
  },
);

/** Of one engine without checkpoints, at that venue. */
function configAt(folder: string, { url, apiKey, secret, instruments }: Settings): string {
  const recovered = join(folder, 'recovered');
  const checkpoints = { recovered, shadow: { everyMs: 1_000 } };
  const path = writeEngines(folder, { desk: { orderIdPrefix: 'rl-', checkpoints } });
  const secretIn = (name: string, content: string) => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return { file: join(folder, name) };
  };
  const keys = { apiKey: secretIn('key', apiKey), secret: secretIn('key-secret', secret) };
  const { temporal: _away, ...config } = parse(readFileSync(path, 'utf8')) as Record<
    string,
    object
  >;
  const venues = { kraken: { ccxt: 'kraken', url, instruments, timeoutMs: 5_000, ...keys } };
  return writeConfig(folder, { ...config, venues });
}

type Settings = Pick<
  ReturnType<Awaited<ReturnType<typeof openBench>>['settings']>,
  'url' | 'apiKey' | 'secret' | 'instruments'
>;
