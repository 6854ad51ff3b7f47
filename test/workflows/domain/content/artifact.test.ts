/** What a reference to an artifact must be made of. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ArtifactRef } from '../../../../workflows/domain/content/artifact.js';
import { sha256Hex } from '../../../../workflows/domain/content/canonical.js';

const REF = { kind: 'engine-state', sha256: sha256Hex('{}'), bytes: 2 };

test('a reference names its kind, its hash and its size', () => {
  assert.deepEqual(ArtifactRef.parse(REF), REF);
});

for (const [what, change] of [
  ['a hash that is too short', { sha256: 'abc' }],
  ['a hash in capitals', { sha256: REF.sha256.toUpperCase() }],
  ['a hash that leads out of the store', { sha256: `../${REF.sha256.slice(3)}` }],
  ['a size below zero', { bytes: -1 }],
  ['no kind', { kind: '' }],
] as const) {
  test(`refuses ${what}`, () => {
    assert.equal(ArtifactRef.safeParse({ ...REF, ...change }).success, false);
  });
}
