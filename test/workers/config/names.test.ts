/** Names that would break a key or an id are refused by their own words, and none is lost. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { engineOf } from '../../../workers/config/engines.js';
import { loadConfig } from '../../../workers/config/load.js';

const EXAMPLE = readFileSync(
  new URL('../../../docs/example.relight.yaml', import.meta.url),
  'utf8',
);

function load(t: TestContext, text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'relight-names-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));
  const path = join(folder, 'relight.yaml');
  writeFileSync(path, text);
  return loadConfig(path);
}

const REFUSED: readonly [what: string, from: RegExp, to: string, why: RegExp][] = [
  ['an engine', /^ {2}alpha:/m, '  "desk/alpha":', /engines.*the engine id holds "\/"/s],
  ['an engine', /^ {2}alpha:/m, '  "al|pha":', /the engine id holds "\|"/],
  ['an engine', /^ {2}alpha:/m, '  "..":', /the engine id is a word with a meaning of its own/],
  ['an engine', /^ {2}alpha:/m, '  __proto__:', /a key is named "__proto__"/],
  ['an engine', /^ {2}alpha:/m, `  "${'界'.repeat(8)}":`, /takes 72 characters as a file/],
  ['a venue of an engine', /venues: \[\w+/, 'venues: [toString', /names "toString", which is not/],
  ['a prefix', /orderIdPrefix: .*/, 'orderIdPrefix: "venue:7"', /begins like the name of an order/],
  ['a prefix', /orderIdPrefix: .*/, 'orderIdPrefix: " "', /holds a blank/],
  ['a venue', /^ {2}binance:/m, '  "bin ance":', /the name of the venue holds " "/],
  ['an account', /account: \w+/, 'account: "a|b"', /the name of the account holds "\|"/],
  ['the host', /^host: .*/m, 'host: "a/b"', /the name of the host holds "\/"/],
];

for (const [what, from, to, why] of REFUSED) {
  test(`${what} named by ${to.trim()} is refused`, (t) => {
    assert.notEqual(EXAMPLE.replace(from, to), EXAMPLE, 'the example has changed');
    assert.throws(() => load(t, EXAMPLE.replace(from, to)), why);
  });
}

test('a name that every object has is no configured engine', (t) => {
  const config = load(t, EXAMPLE);
  for (const name of ['toString', 'constructor', '__proto__']) {
    assert.throws(() => engineOf(config, name), { name: 'ConfigError' });
  }
});

test('the names of the example are taken', (t) => {
  assert.deepEqual(Object.keys(load(t, EXAMPLE).engines), ['alpha']);
});
