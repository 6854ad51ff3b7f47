/** One text for one content, whatever the order of keys, and the digest of it. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  canonicalJson,
  digestOf,
  sha256Hex,
} from '../../../../workflows/domain/content/canonical.js';

const RUNS = { numRuns: 500, seed: 20_261_103 };

/** JSON values without negative zero, which JSON itself does not keep. */
const values = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);

function reverseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reverseKeys);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, part]) => [key, reverseKeys(part)]),
  );
}

test('sorts keys at every depth and leaves arrays in their order', () => {
  assert.equal(
    canonicalJson({ b: [2, 1, { z: 0, y: null }], a: { d: 'x', c: true } }),
    '{"a":{"c":true,"d":"x"},"b":[2,1,{"y":null,"z":0}]}',
  );
});

test('the order in which keys were set does not matter', () => {
  fc.assert(
    fc.property(values, (value) => {
      assert.equal(canonicalJson(reverseKeys(value)), canonicalJson(value));
      assert.equal(digestOf(reverseKeys(value)), digestOf(value));
    }),
    RUNS,
  );
});

test('nothing is lost: parsing gives the value again', () => {
  fc.assert(
    fc.property(values, (value) => {
      assert.deepEqual(JSON.parse(canonicalJson(value)), value);
    }),
    RUNS,
  );
});

test('different content has different digests', () => {
  const contents = [
    { a: 1 },
    { a: '1' },
    { a: [1] },
    { a: null },
    { b: 1 },
    {},
    [],
    [1, 2],
    [2, 1],
  ];
  assert.equal(new Set(contents.map(digestOf)).size, contents.length);
});

test('SHA-256 of text is that of its UTF-8 bytes, as Node computes it', () => {
  assert.equal(
    sha256Hex('abc'),
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const expected = createHash('sha256').update(text, 'utf8').digest('hex');
      assert.equal(sha256Hex(text), expected);
      assert.equal(sha256Hex(new TextEncoder().encode(text)), expected);
    }),
    RUNS,
  );
});

test('a digest is the SHA-256 of the canonical text', () => {
  assert.equal(digestOf({ b: 1, a: 2 }), sha256Hex('{"a":2,"b":1}'));
});
