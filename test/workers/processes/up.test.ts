/** `relight up` and its parts as processes: what they refuse, and what they leave behind. */
import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { findEmbeddedTemporal } from '../../../clients/temporal/embedded/index.js';
import { folderOf } from '../../clients/host/processes.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { pidsOf, relight, writeConfig } from './parts.js';

test('says a missing secret once, before anything starts', { timeout: 180_000 }, async (t) => {
  const folder = folderOf(t);
  const url = { env: 'RELIGHT_TEST_NO_SUCH_VARIABLE' };
  const notify = [{ kind: 'webhook', name: 'desk', url }];
  const up = relight(t, ['up', '--config', writeConfig(folder, { notify })]);
  assert.equal(await up.ended, 2);
  assert.match(up.seen.stderr, /^notify\.desk\.url: [^\n]*NO_SUCH_VARIABLE is missing[^\n]*\n$/);
});

test('ends with one error where its Temporal port is taken', { timeout: 270_000 }, async (t) => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  t.after(() => taken.close());
  const { port } = taken.address() as AddressInfo;
  const config = writeConfig(folderOf(t), { temporal: { embedded: { port } } });
  const up = relight(t, ['up', '--config', config]);
  assert.equal(await up.ended, 1, up.seen.stderr);
  assert.equal(up.seen.stderr.match(/^Failed: /gm)?.length, 1);
  assert.match(up.seen.stderr, /address already in use/);
  assert.deepEqual(pidsOf(config, 'agent'), []);
});

test(
  'says that the page of Temporal can write, and leaves it out',
  { timeout: 540_000 },
  async (t) => {
    const folder = folderOf(t);
    const config = writeConfig(folder);
    const server = () => findEmbeddedTemporal(join(folder, 'data', 'temporal'));
    t.after(async () => {
      const left = await server();
      if (left !== undefined) process.kill(left.pid, 'SIGTERM');
    });
    const banner = async (file: string, ...options: string[]) => {
      const up = relight(t, ['up', '--config', file, ...options]);
      await eventually('it runs', () => /^Running\./m.test(up.seen.stderr));
      const uiUrl = (await server())?.uiUrl;
      up.kill('SIGTERM');
      await up.ended;
      return { said: up.seen.stderr, uiUrl };
    };
    const shown = await banner(config);
    assert.match(shown.said, /^Temporal UI http:.*\n +CAN WRITE: .*--no-ui/m);
    assert.ok(shown.uiUrl !== undefined);
    const hidden = await banner(config, '--no-ui');
    assert.doesNotMatch(hidden.said, /Temporal UI/);
    assert.equal(hidden.uiUrl, undefined);
    const configured = await banner(writeConfig(folder, { temporal: { ui: false } }));
    assert.equal(configured.uiUrl, undefined);
  },
);

test(
  'one of each part on a data folder; a killed `up` takes its parts along',
  { timeout: 540_000 },
  async (t) => {
    const folder = folderOf(t);
    const config = writeConfig(folder);
    const up = relight(t, ['up', '--config', config]);
    await eventually(
      'both parts are ready',
      () => /worker ready/.test(up.seen.stderr) && /agent ready/.test(up.seen.stderr),
    );
    t.after(async () => {
      const server = await findEmbeddedTemporal(join(folder, 'data', 'temporal'));
      if (server !== undefined) process.kill(server.pid, 'SIGTERM');
    });
    for (const part of ['agent', 'worker', 'up']) {
      const second = relight(t, [part, '--config', config]);
      assert.equal(await second.ended, 2, part);
      assert.match(
        second.seen.stderr,
        new RegExp(`^Another "relight ${part}" already runs on .*\n$`),
      );
    }
    const [agent = 0] = pidsOf(config, 'agent');
    process.kill(agent, 'SIGKILL');
    await eventually('a new agent runs', () =>
      pidsOf(config, 'agent').some((pid) => pid !== agent),
    );
    up.kill('SIGKILL');
    const again = relight(t, ['up', '--config', config]);
    await eventually(
      'the new ones are ready',
      () => /worker ready/.test(again.seen.stderr) && /agent ready/.test(again.seen.stderr),
    );
    await eventually(
      'the old ones are gone',
      () => pidsOf(config, 'agent').length === 1 && pidsOf(config, 'worker').length === 1,
    );
    again.kill('SIGTERM');
    assert.equal(await again.ended, 0);
    assert.deepEqual([...pidsOf(config, 'agent'), ...pidsOf(config, 'worker')], []);
  },
);
