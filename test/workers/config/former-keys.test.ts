/** A file of the former version is understood, and its reader is told the new name and the place. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  understandFormerKeys,
  type FormerKey,
} from '../../../workers/config/reading/former-keys.js';
import { readYaml } from '../../../workers/config/reading/yaml-text.js';

const ROWS: readonly FormerKey[] = [
  { at: 'people.*.hex', now: 'keys', understoodAs: (hex) => [{ ed25519: hex }] },
  { at: 'engines.*.limits.most', now: 'max', understoodAs: (most) => most },
];

test('a former key is renamed wherever it stands, with a warning that names the new one', () => {
  const yaml = readYaml(
    'people:\n  - hex: aa\n  - keys: []\nengines:\n  x:\n    limits: { most: 5 }\n',
  );
  const { warnings, faults } = understandFormerKeys(yaml, ROWS);
  assert.deepEqual(yaml.data, {
    people: [{ keys: [{ ed25519: 'aa' }] }, { keys: [] }],
    engines: { x: { limits: { max: 5 } } },
  });
  assert.deepEqual(warnings, [
    'people[0].hex (line 2): is called keys now: write people[0].keys instead',
    'engines.x.limits.most (line 6): is called max now: write engines.x.limits.max instead',
  ]);
  assert.deepEqual(faults, []);
});

test('a former key beside its new name is refused, as nobody could say which holds', () => {
  const yaml = readYaml('people:\n  - hex: aa\n    keys: []\n');
  const { faults } = understandFormerKeys(yaml, ROWS);
  assert.match(
    faults.join(),
    /^people\[0\]\.hex \(line 2\): is called keys now, .* leave hex out$/,
  );
});

test('what has another shape is left to the schema', () => {
  for (const text of ['people: 5\n', 'people:\n  - 5\n', 'people: null\n', '- 5\n', '']) {
    assert.deepEqual(understandFormerKeys(readYaml(text), ROWS), { warnings: [], faults: [] });
  }
});
