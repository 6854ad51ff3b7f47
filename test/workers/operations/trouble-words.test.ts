/** What the command line adds from the configuration to the words of a trouble. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { composeFence } from '../../../workers/compose/fence.js';
import { loadConfig } from '../../../workers/config/load.js';
import { createOperations } from '../../../workers/operations/index.js';
import { reconcileNow } from '../../../workers/operations/reconcile-now.js';
import { hostOf } from '../../../workers/operations/trouble-words.js';
import { relight, writeConfig } from '../processes/parts.js';

test('a host is told as the configuration has it, without credentials and path', (t) => {
  const { kraken: venue } = loadConfig(writeConfig(folderOf(t))).venues;
  assert.ok(venue);
  const url = 'http://me:pass@127.0.0.1:9301/x';
  assert.equal(hostOf({ ...venue, url }), '127.0.0.1:9301');
  assert.equal(hostOf({ ...venue, url: null }), null);
  assert.equal(hostOf(undefined), null);
});

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'relight-words-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));
  return folder;
}

test('an engine that does not answer is named by its address, once', async (t) => {
  const { source } = await reconcileNow(loadConfig(writeConfig(folderOf(t))), 'desk');
  assert.deepEqual(source, {
    kind: 'nothing',
    why: 'the engine at http://127.0.0.1:2 does not answer, and it has no valid checkpoint',
  });
});

test('a missing secret is a configuration fault, for every command that reads', async (t) => {
  const folder = folderOf(t);
  const path = writeConfig(folder);
  rmSync(join(folder, 'secret'));
  const operations = createOperations(loadConfig(path));
  const options = {
    everyMs: 1,
    onPass: () => assert.fail(),
    onUndelivered: () => assert.fail(),
    signal: new AbortController().signal,
  };
  const fault = {
    name: 'ConfigError',
    message: /^venues\.kraken\.apiKey, venues\.kraken\.secret: the secret in file /,
  };
  await assert.rejects(operations.reconcile('desk'), fault);
  await assert.rejects(operations.positions('desk'), fault);
  await assert.rejects(operations.orders('desk'), fault);
  await assert.rejects(operations.watch('desk', options), fault);
  const command = relight(t, ['positions', '--config', path]);
  assert.equal(await command.ended, 2, command.seen.stderr);
});

test('relight tells its version', async (t) => {
  const { ended, seen } = relight(t, ['--version']);
  assert.equal(await ended, 0);
  const file = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  assert.equal(seen.stdout, `${(JSON.parse(file) as { version: string }).version}\n`);
});

test('reconcile says that the kill switch is engaged', async (t) => {
  const config = loadConfig(writeConfig(folderOf(t)));
  const { killSwitch: before } = await reconcileNow(config, 'desk');
  assert.deepEqual(before, { engaged: false, reason: '' });
  await composeFence(config).engage('desk', 'smoke', 'mei');
  const { killSwitch } = await reconcileNow(config, 'desk');
  assert.equal(killSwitch?.engaged, true);
  assert.match(killSwitch.reason, /^smoke - mei/);
});
