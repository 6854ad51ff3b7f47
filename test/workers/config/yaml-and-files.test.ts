/** A configuration file is one plain file of one YAML document, and what is wrong is told by its place. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig, readConfig } from '../../../workers/config/load.js';
import { folderOf } from '../../clients/host/processes.js';
import { EXAMPLE_TEXT, refusal } from './load-text.js';

const PLACED: readonly [what: string, text: string, said: RegExp][] = [
  ['a setting below one with a value', 'dataDir: x\n  host: y\n', /: line 2, column 3: a setting/],
  [
    'one below it further down',
    'dataDir: x\nlog: a\n b\n host: y\n',
    /: line 4, column 2: a setting/,
  ],
  ['a quote that never ends', 'host: "x\nlog: 2\n', /: line 1, column 7: Missing closing "quote/],
  ['a tab', 'log:\n\tlevel: info\n', /: line 2, column 1: Tabs are not allowed/],
  ['a list that never ends', 'host: [1, 2\nlog: 3\n', /: line 2, column 1: Flow sequence/],
  [
    'a key that stands twice',
    'a: 1\nb:\n  c: 1\n  c: 2\n',
    /: line 4, column 3: the key "c" stands/,
  ],
  ['a key that stands twice in braces', 'a: { b: 1, b: 2 }\n', /: line 1, column 12: the key "b"/],
  ['a number that stands twice', 'a: { 1: 1, "1": 2 }\n', /the key "1" stands there twice/],
  ['two documents', 'host: a\n---\nhost: b\n', /: line 2, column 1: a second document/],
  ['an unknown tag', 'host: !env HOST\n', /: line 1, column 7: Unresolved tag/],
  ['a key that is a list', '? [a]\n: 1\n', /: line 1, column 3: a key is no word/],
  ['a lost key', 'log:\n  __proto__: {}\n', /: line 2, column 3: a key is named "__proto__"/],
  ['an alias to nothing', 'host: *x\n', /Unresolved alias/],
  ['nesting without end', `host: ${'['.repeat(20_000)}`, /nested too deeply/],
  ['nesting of braces', `host: ${'{a: '.repeat(200_000)}`, /nested too deeply/],
  ['nesting of items', '- '.repeat(300_000), /nested too deeply/],
  ['nesting of keys', '? '.repeat(300_000), /nested too deeply/],
  ['nesting by indentation', nested(1_000), /nested too deeply/],
  ['nothing', '# nothing\n', /is empty/],
  ['a list', '- host\n', /^the file \(line 1\): must be settings/m],
];

function nested(levels: number): string {
  return Array.from({ length: levels }, (_, level) => `${' '.repeat(level)}k:\n`).join('');
}

test('brackets within quotes and comments nest nothing', () => {
  const text = EXAMPLE_TEXT.replace('host: tokyo-1', `host: tokyo-1 # ${'['.repeat(500)}`);
  assert.deepEqual(
    refusal(text.replace('orderIdPrefix: al-', `orderIdPrefix: '${'['.repeat(32)}'`)),
    [],
  );
});

for (const [what, text, said] of PLACED) {
  test(`${what} is refused by its place`, () => {
    assert.match(refusal(text).join('\n'), said);
  });
}

test('aliases that multiply are refused', () => {
  const lists = ['a', 'b', 'c', 'd'].map((name, index, names) => {
    const inner = index === 0 ? 'x' : `*${names[index - 1]}`;
    return `${name}: &${name} [${Array(10).fill(inner).join(', ')}]`;
  });
  assert.match(refusal(lists.join('\n')).join('\n'), /Excessive alias count/);
});

test('aliases are bounded in number, as each is looked for in the whole text', () => {
  const chain = Array.from({ length: 20_000 }, (_, i) => `k${i}: &a [${i === 0 ? 'x' : '*a'}]`);
  assert.match(refusal(chain.join('\n')).join('\n'), /more than 1000 aliases/);
});

test('a hundred thousand keys are told in time that grows with their number only', () => {
  const keys = Array.from({ length: 100_000 }, (_, index) => `k${index}:`).join('\n');
  assert.match(refusal(keys).at(-1) ?? '', /^and 999\d\d more$/);
});

test('a file of more than a mebibyte is refused unread', () => {
  const said = refusal(`${EXAMPLE_TEXT}#${' '.repeat(1_048_576)}`).join('\n');
  assert.match(said, /is longer than 1048576 bytes/);
});

test('what is no regular file is refused, and nobody waits for it', (t) => {
  const folder = folderOf(t);
  const at = (name: string) => join(folder, name);
  execFileSync('mkfifo', [at('pipe')]);
  symlinkSync(at('pipe'), at('link-to-pipe'));
  symlinkSync(at('loop'), at('loop'));
  mkdirSync(at('folder'));
  const said = (path: string) => {
    try {
      loadConfig(path);
      return 'accepted';
    } catch (error) {
      return (error as Error).message;
    }
  };
  assert.match(said(at('pipe')), /is a named pipe, not a regular file/);
  assert.match(said(at('link-to-pipe')), /is a named pipe/);
  assert.match(said(at('folder')), /is a folder/);
  assert.match(said('/dev/zero'), /is a device/);
  assert.match(said(at('loop')), /cannot be read \(ELOOP\)/);
  assert.match(said(at('nothing')), /cannot be read \(ENOENT\).*--config FILE/);
  writeFileSync(at('latin'), Buffer.from([0x61, 0x3a, 0xff]));
  assert.match(said(at('latin')), /is not text in UTF-8/);
});

test('a file that a link leads to is read, as secrets and settings are mounted so', (t) => {
  const folder = folderOf(t);
  writeFileSync(join(folder, 'real.yaml'), EXAMPLE_TEXT);
  symlinkSync('real.yaml', join(folder, 'relight.yaml'));
  assert.deepEqual(Object.keys(loadConfig(join(folder, 'relight.yaml')).engines), ['alpha']);
});

test('a file that everybody may change is read with a warning', (t) => {
  const path = join(folderOf(t), 'relight.yaml');
  writeFileSync(path, EXAMPLE_TEXT);
  chmodSync(path, 0o644);
  assert.deepEqual(readConfig(path).warnings, []);
  chmodSync(path, 0o666);
  assert.match(readConfig(path).warnings.join(), /changed by every user.*chmod o-w/);
});
