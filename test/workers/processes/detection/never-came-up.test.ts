/** An engine that never came up: a real server, worker and agent, of two engines that nobody has started. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { folderOf } from '../../../clients/host/processes.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { ONCALL_KEY, relight, writeEngines } from '../parts.js';
import { openServer } from '../temporal-with.js';
import { connect, recoveriesOf } from './begun.js';

test('it is recovered once by itself where that is asked for, and else by a word of people', async (t) => {
  const address = await openServer(t);
  const client = await connect(t, address);
  const folder = folderOf(t);
  const config = writeConfig(folder, address);
  const command = (...args: string[]) => relight(t, [...args, '--config', config]);
  assert.equal(await command('keys', 'messages', 'make').ended, 0);
  const worker = command('worker');
  await eventually('the worker is ready', () => worker.seen.stderr.includes('worker ready'));
  const first = command('agent');
  const [own] = await eventually('it is recovered', async () => recoveriesOf(client, 'own'));
  assert.match(own ?? '', /^recovery\/own\/never-came-up-here-\d+$/);
  await eventually('people are told', () => first.seen.stderr.includes('NOT WATCHED'));
  first.kill('SIGKILL');
  await first.ended;
  const second = command('agent');
  await eventually('it is told again', () => second.seen.stderr.includes('it is reported'));
  await sleep(1_000); // it arrives within that
  assert.deepEqual(await recoveriesOf(client, 'own'), [own]);
  assert.equal(await recoveriesOf(client, 'told'), false);

  const key = join(folder, 'key');
  writeFileSync(key, `${ONCALL_KEY}\n`, { mode: 0o600 });
  const signed = ['--as', 'on-call', '--key', key, '--reason', 'first start'];
  const said = command('recover', 'told', ...signed);
  assert.equal(await said.ended, 0, said.seen.stdout + said.seen.stderr);
  const [told] = await eventually('it is recovered', async () => recoveriesOf(client, 'told'));
  assert.match(told ?? '', /^recovery\/told\/never-came-up-here-\d+$/);
});

function writeConfig(folder: string, address: string): string {
  const start = { host: 'here', startsWithinMs: 1_000 };
  const engines = { own: { ...start, neverCameUp: 'recover' }, told: start };
  return writeEngines(folder, engines, { address });
}
