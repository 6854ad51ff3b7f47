/**
 * A setting that nobody reads is refused, also where it hides: in a name that names nothing, in letters
 * that only look right, in what YAML makes of a word. Each expectation stands on docs/configuration.md.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXAMPLE_TEXT, refusal, refusalWith } from '../workers/config/load-text.js';

const policy = (...path: string[]) => ['engines', 'alpha', 'policy', ...path];

function refusedAt(path: readonly (string | number)[], value: unknown): string {
  const lines = refusalWith(path, value);
  assert.ok(lines.length > 0, `${path.join('.')}: ${JSON.stringify(value)} was accepted`);
  return lines.join('\n');
}

const NAMING_NOTHING: readonly [what: string, path: (string | number)[], value: unknown][] = [
  ['a venue of containmentAt', policy('containmentAt'), { binnance: 'cancel_own_orders' }],
  ['a kind of gate', policy('gates', 'kinds'), { expossure: { quorum: 2 } }],
  ['a rule of one kind of gate', policy('gates', 'kinds'), { exposure: { quorom: 2 } }],
  ['a venue of the baseline', ['engines', 'alpha', 'baseline'], { 'binnance|BTC': '2.5' }],
  ['a baseline without a venue', ['engines', 'alpha', 'baseline'], { BTC: '2.5' }],
  ['a baseline without an asset', ['engines', 'alpha', 'baseline'], { 'binance|': '2.5' }],
  ['a cause', policy('automaticCauses'), ['segfault', 'hng']],
];

for (const [what, path, value] of NAMING_NOTHING) {
  test(`${what} that names nothing is refused: ${JSON.stringify(value)}`, () => {
    refusedAt(path, value);
  });
}

const LOOKING_RIGHT: readonly [what: string, name: string][] = [
  ['a Cyrillic letter', 'm\u0430xExposure'],
  ['another case', 'MaxExposure'],
  ['a blank behind it', 'maxExposure '],
  ['a hyphen', 'max-exposure'],
  ['an underscore', 'max_exposure'],
  ['an invisible character', 'maxExposure\u200b'],
  ['a filler of Hangul', 'maxExposure\u3164'],
  ['full width', 'ｍaxExposure'],
];

for (const [what, name] of LOOKING_RIGHT) {
  test(`a limit with ${what} is not taken for a limit`, () => {
    const said = refusedAt(policy('risk', name), '1000');
    assert.match(said, /unknown setting/);
    assert.doesNotMatch(said, /\u200b|\u3164/, 'what nobody sees is written out');
  });
}

for (const name of ['constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
  test(`"${name}" is no setting of any object`, () => {
    for (const path of [[], ['temporal'], policy('risk'), policy('gates'), ['approvers', 0]]) {
      refusedAt([...path, name], '1');
    }
  });
}

test('a merge key brings in nothing unseen: its settings are read or refused', () => {
  const merged = EXAMPLE_TEXT.replace(
    "maxExposure: '1000000'",
    "<<: { maxExposre: '1' }\n        maxExposure: '1000000'",
  );
  assert.notEqual(merged, EXAMPLE_TEXT);
  assert.ok(refusal(merged).length > 0);
});

const NO_LIMIT: readonly [what: string, written: string][] = [
  ['nothing', ''],
  ['null', 'null'],
  ['a tilde', '~'],
  ['not a number', '.nan'],
  ['infinity', '.inf'],
  ['hexadecimal', "'0x10'"],
  ['underscores', "'1_000_000'"],
  ['commas', "'1,000,000'"],
  ['an exponent without end', "'1e999999999'"],
  ['a sign', "'+5'"],
  ['a blank', "' 5'"],
  ['a line break', '"5\\n"'],
  ['a point alone', "'.'"],
  ['yes', 'yes'],
  ['a list', "['5']"],
  ['Infinity as text', "'Infinity'"],
  ['NaN as text', "'NaN'"],
];

for (const [what, written] of NO_LIMIT) {
  test(`${what} is no maximum of exposure, and no default takes its place`, () => {
    const text = EXAMPLE_TEXT.replace("maxExposure: '1000000'", `maxExposure: ${written}`);
    assert.notEqual(text, EXAMPLE_TEXT);
    assert.match(refusal(text).join('\n'), /engines\.alpha\.policy\.risk\.maxExposure/);
  });
}

test('a limit of the engine with no value is refused, never left unchecked', () => {
  for (const value of [null, '', '0', false, [], {}, 25_000]) {
    refusedAt(policy('risk', 'limits'), { maxDailyLoss: value });
  }
});

test('two channels of one name are refused: a notice that one took would not reach the other', () => {
  const channel = { kind: 'webhook', name: 'on-call', url: { file: '/run/secrets/a' } };
  const other = { ...channel, url: { file: '/run/secrets/b' } };
  refusedAt(['notify'], [channel, other]);
});

test('a channel by the name of the log is refused, for the log is always told', () => {
  refusedAt(['notify'], [{ kind: 'webhook', name: 'log', url: { file: '/run/secrets/a' } }]);
});

test('a role of one kind of gate that nobody has is refused, and so is one that looks alike', () => {
  for (const role of ['rísk', 'Risk', 'r1sk', 'risk ', 'ri\u0455k', '']) {
    refusedAt(policy('gates', 'kinds'), { exposure: { roles: [role] } });
  }
});

test('a quorum of one kind beyond its people is refused, whichever kind it is', () => {
  for (const kind of ['automatic_recovery', 'discrepancies', 'foreign_orders', 'ramp']) {
    const said = refusedAt(policy('gates', 'kinds'), { [kind]: { quorum: 3 } });
    assert.match(said, new RegExp(kind));
  }
});

test('a gate that has no time to be answered is refused for one kind as for all', () => {
  for (const expiresAfterMs of [0, -1, 1.5, null, '60000', 2_678_400_001]) {
    refusedAt(policy('gates', 'kinds'), { exposure: { expiresAfterMs } });
  }
});
