/** One text for one content, whatever the order of keys, and the digest of it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
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

interface Vector {
  content: string;
  canonical: string;
  digest: string;
}

/** Made by the sorting that stood here before the standard: digests in histories are of it. */
const { vectors } = JSON.parse(
  readFileSync(new URL('canonical-vectors.json', import.meta.url), 'utf8'),
) as { vectors: Vector[] };

test('content of before has the digest of before', () => {
  assert.ok(vectors.length > 40);
  for (const { content, canonical, digest } of vectors) {
    const value = JSON.parse(content) as unknown;
    assert.equal(canonicalJson(value), canonical);
    assert.equal(digestOf(value), digest);
    assert.equal(digestOf(reverseKeys(value)), digest);
  }
});

test('keys are sorted as text, digits too, and by UTF-16 code units', () => {
  assert.equal(canonicalJson({ '9': 3, '10': 2 }), '{"10":2,"9":3}');
  const sample = {
    '\u20ac': 'Euro Sign',
    '\r': 'Carriage Return',
    '\ufb33': 'Hebrew Letter Dalet With Dagesh',
    '1': 'One',
    '\ud83d\ude00': 'Emoji: Grinning Face',
    '\u0080': 'Control',
    '\u00f6': 'Latin Small Letter O With Diaeresis',
  };
  const order = ['Carriage Return', 'One', 'Control', 'Latin Small Letter O With Diaeresis'].concat(
    ['Euro Sign', 'Emoji: Grinning Face', 'Hebrew Letter Dalet With Dagesh'],
  );
  const found = [...canonicalJson(sample).matchAll(/:"([^"]*)"/g)].map(([, text]) => text);
  assert.deepEqual(found, order, 'the sample of RFC 8785, 3.2.3');
});

test('numbers and strings are written as the standard writes them', () => {
  const sample = {
    numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\u0022\u002f",
    literals: [null, true, false],
  };
  assert.equal(
    canonicalJson(sample),
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
      '"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    'the sample of RFC 8785, 3.2.2',
  );
});

test('what the standard refuses, and JSON can write, has a text all the same', () => {
  const cut = '\u{1f600}'.slice(0, 1);
  assert.equal(canonicalJson({ log: `a${cut}`, [cut]: 1 }), '{"log":"a\ufffd","\ufffd":1}');
  assert.equal(canonicalJson([`\\${cut}`, '\\ud83d', cut]), '["\\\\\ufffd","\\\\ud83d","\ufffd"]');
  assert.equal(canonicalJson({ b: Number.NaN, a: [Infinity] }), '{"a":[null],"b":null}');
  const text = fc.string({
    unit: fc.constantFrom('\ud83d', '\ude00', '\\', 'u', 'd83d', '"', '\n'),
  });
  fc.assert(
    fc.property(text, (log) => {
      assert.deepEqual(JSON.parse(canonicalJson({ log })), { log: wellFormed(log) });
    }),
    RUNS,
  );
});

test('what JSON cannot write has no canonical text', () => {
  const circle: unknown[] = [];
  circle.push(circle);
  assert.throws(() => canonicalJson(circle), TypeError);
  assert.throws(() => canonicalJson(undefined), TypeError);
});

/** As an encoder of UTF-8 writes it. */
function wellFormed(text: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(text));
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
