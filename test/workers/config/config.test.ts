/** A configuration with a mistake is refused by one sentence: the field, the value, the remedy. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parse, stringify } from 'yaml';
import { venueOf } from '../../../clients/exchange/venues/index.js';
import { HAVE_DEAD_MAN_SWITCH } from '../../../clients/exchange/index.js';
import { KNOWN_VENUES } from '../../../clients/exchange/known-venues.js';
import { loadConfig } from '../../../workers/config/load.js';
import { writeConfig } from '../processes/parts.js';

interface Engine {
  policy?: object;
  baseline?: object;
}

function withEngine(t: TestContext, change: Engine): string {
  const folder = mkdtempSync(join(tmpdir(), 'relight-config-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));
  const path = writeConfig(folder);
  const config = parse(readFileSync(path, 'utf8')) as { engines: { desk: Engine } };
  Object.assign(config.engines.desk, change);
  writeFileSync(path, stringify(config));
  return path;
}

const withPolicy = (t: TestContext, policy: object) => withEngine(t, { policy });

test('inventory at a venue that the engine does not trade is refused', (t) => {
  loadConfig(withEngine(t, { baseline: { 'kraken|BTC': '1' } }));
  for (const key of ['krakn|BTC', 'BTC', 'kraken', 'kraken|', 'kraken|main|BTC']) {
    const path = withEngine(t, { baseline: { [key]: '1' } });
    assert.throws(
      () => loadConfig(path),
      (error: Error) =>
        error.name === 'ConfigError' &&
        error.message.includes(`engines.desk.baseline names "${key}"`) &&
        error.message.includes('write venue|ASSET, with one of its venues (there are: kraken)'),
      key,
    );
  }
});

test('containment at a venue that the engine does not trade is refused', (t) => {
  const path = withPolicy(t, { containmentAt: { krakn: 'cancel_own_orders' } });
  assert.throws(
    () => loadConfig(path),
    /engines\.desk\.policy\.containmentAt names "krakn", .*\(there are: kraken\)/,
  );
});

test('two channels of one name, or one that is called log, are refused', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'relight-config-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));
  const load = (...names: string[]) => {
    const notify = names.map((name) => ({ kind: 'webhook', name, url: { env: 'HOOK' } }));
    return loadConfig(writeConfig(folder, { notify }));
  };
  load('pager', 'chat');
  assert.throws(() => load('pager', 'pager'), /notify names "pager", which .* another channel/);
  assert.throws(() => load('log'), /notify names "log", which .* the log, which is always told/);
});

function withText(t: TestContext, from: RegExp, to: string): string {
  const path = withEngine(t, {});
  const text = readFileSync(path, 'utf8');
  assert.match(text, from);
  writeFileSync(path, text.replace(from, to));
  return path;
}

test('a misspelt exchange gets the one that was meant, not a list of all', (t) => {
  const said = (id: string) => {
    let message = '';
    try {
      loadConfig(withText(t, /ccxt: kraken/, `ccxt: ${id}`));
    } catch (error) {
      message = (error as Error).message;
    }
    return message.split('\n').slice(1);
  };
  const at = (line: number) => `  venues.kraken.ccxt (line ${line}):`;
  assert.deepEqual(said('krakn'), [
    `${at(5)} "krakn" is no exchange of ccxt: did you mean kraken?`,
  ]);
  assert.deepEqual(said('Binance'), [
    `${at(5)} "Binance" is no exchange of ccxt: did you mean binance?`,
  ]);
  const unknown = 'is no exchange of ccxt: docs/configuration.md names the tested ones';
  assert.deepEqual(said('nasdaq-itch'), [`${at(5)} "nasdaq-itch" ${unknown}`]);
  assert.deepEqual(said('7'), [`${at(5)} "7" ${unknown}`]);
});

test('a secret that stands in the file itself is refused, and not repeated', (t) => {
  const path = withText(t, /secret: \*a1/, 'secret: topsecret');
  const said =
    / venues\.kraken\.secret \(line \d+\): write \{env: NAME\} or \{file: PATH\}, never the secret itself$/;
  assert.throws(
    () => loadConfig(path),
    ({ message }: Error) => said.test(message) && !message.includes('topsecret'),
  );
});

test('a dead-man switch is refused where there is none, by whichever setting', (t) => {
  const said =
    /"dead_man_switch" at kraken, which has no .*containmentAt\.kraken to cancel_own_orders/;
  for (const policy of [
    { containment: 'dead_man_switch' },
    { containmentAt: { kraken: 'dead_man_switch' } },
  ]) {
    const path = withPolicy(t, policy);
    loadConfig(path); // kraken has one
    writeFileSync(path, readFileSync(path, 'utf8').replace('ccxt: kraken', 'ccxt: coinbase'));
    assert.throws(() => loadConfig(path), said);
  }
});

test('the venues that have a dead-man switch are those whose adapters have one', () => {
  const have = KNOWN_VENUES.filter((ccxt) => venueOf(ccxt).adapter.armDeadManSwitch !== null);
  assert.deepEqual([...have].sort(), [...HAVE_DEAD_MAN_SWITCH].sort());
});

test('the address of an engine is an address, and holds no secret and nothing that would be lost', (t) => {
  const control = (url: string) => {
    const path = withEngine(t, {});
    const config = parse(readFileSync(path, 'utf8')) as {
      engines: { desk: { control: { url: string } } };
    };
    config.engines.desk.control.url = url;
    writeFileSync(path, stringify(config));
    return path;
  };
  for (const url of [
    'http://127.0.0.1:1',
    'http://127.0.0.1:1/engines/alpha/',
    'http://[::1]:8080/a',
  ]) {
    loadConfig(control(url));
  }
  for (const url of [
    'file:///etc/passwd',
    'ftp://h/',
    'javascript:1',
    'ws://h',
    'http://user@h/',
    'http://user:pass@h/',
    'https://h/?token=secret',
    'https://h/#a',
    'h:8080',
    '',
  ]) {
    assert.throws(() => loadConfig(control(url)), /url/, url);
  }
});
