/** What could not be read is said in words with a remedy: no class names, nothing of error texts. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { composeFence } from '../../../workers/compose/fence.js';
import { loadConfig } from '../../../workers/config/load.js';
import { createOperations } from '../../../workers/operations/index.js';
import { reconcileNow } from '../../../workers/operations/reconcile-now.js';
import { gapWords, venueWords } from '../../../workers/operations/trouble-words.js';
import { relight, writeConfig } from '../processes/parts.js';

const AT = { venue: 'coinbase', url: 'http://me:pass@127.0.0.1:9301/x' };
const words = (why: string) => venueWords(why, AT);

test('a venue that does not answer is named with its host and what to check', () => {
  const said =
    'open orders: no answer from 127.0.0.1:9301: check venues.coinbase.url and the network';
  assert.equal(words('VenueUnreadable: coinbase: open orders: NetworkError'), said);
  assert.equal(words('VenueUnreadable: coinbase: open orders: RequestTimeout'), said);
  const ownAddress = venueWords('VenueUnreadable: coinbase: fills: NetworkError', {
    venue: 'coinbase',
    url: null,
  });
  assert.equal(ownAddress, 'fills: no answer: check the network');
});

test('each refusal that has a remedy names it, with the code of the venue', () => {
  assert.equal(
    words('VenueRefused: coinbase: balances: AuthenticationError EAPI:Invalid key'),
    'balances: it refuses the key (EAPI:Invalid key): check venues.coinbase.apiKey and .secret',
  );
  assert.match(words('VenueRefused: coinbase: fills: PermissionDenied'), /may not.*read/);
  assert.match(
    words('VenueUnreadable: coinbase: fills: RateLimitExceeded -1003'),
    /\(-1003\).*wait/,
  );
  assert.match(words('VenueUnreadable: coinbase: fills: InvalidNonce'), /clock.*key of its own/);
  assert.match(words('VenueUnreadable: coinbase: fills: OnMaintenance'), /not available.*later/);
});

test('a gap says why in the same words, and stays as it is where it is ours', () => {
  assert.equal(
    gapWords('prices: VenueUnreadable: coinbase: marks: NetworkError', AT),
    'prices: no answer from 127.0.0.1:9301: check venues.coinbase.url and the network',
  );
  const own = 'fills before 2026-01-01: the venue does not go back further';
  assert.equal(gapWords(own, AT), own);
});

test('what has no remedy keeps our own words and loses the class', () => {
  const malformed = 'VenueUnreadable: coinbase: fills: ExchangeError malformed answer from fetchX';
  assert.equal(words(malformed), 'fills: malformed answer from fetchX');
  assert.equal(words('VenueUnreadable: coinbase: fills: TypeError'), 'fills: it could not be read');
  const still = 'it moved during every reading: something still trades there';
  assert.equal(words(still), still);
  assert.equal(
    words('VenueRefused: coinbase: the adapter reads no swap'),
    'the adapter reads no swap',
  );
});

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'relight-words-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('an engine that does not answer is named by its address, once', async (t) => {
  const { source } = await reconcileNow(loadConfig(writeConfig(folderOf(t))), 'desk');
  assert.deepEqual(source, {
    kind: 'nothing',
    why: 'the engine at http://127.0.0.1:1 does not answer, and it has no valid checkpoint',
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
  const fault = { name: 'ConfigError', message: /^venues\.kraken\.apiKey: the secret in file / };
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
