/** Decimal text and exact arithmetic, against BigInt. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  absolute,
  add,
  canonical,
  exceeds,
  isDecimal,
  isZero,
  multiply,
  negate,
  subtract,
  sum,
} from '../../../../workflows/domain/numbers/decimal.js';
import { decimalTexts, magnitude, productText, toText, toUnits } from '../exact.js';

const RUNS = { numRuns: 1000, seed: 20_261_105 };

const CANONICAL_FORMS: readonly [string, string][] = [
  ['0', '0'],
  ['-0', '0'],
  ['-0.000', '0'],
  ['1.50', '1.5'],
  ['007', '7'],
  ['100', '100'],
  ['-12.3400', '-12.34'],
  ['0.000000000000000001', '0.000000000000000001'],
  ['123456789012345678901234567890', '123456789012345678901234567890'],
];

for (const [text, expected] of CANONICAL_FORMS) {
  test(`writes ${text} as ${expected}`, () => {
    assert.equal(canonical(text), expected);
  });
}

for (const text of ['0', '-0', '12', '0.5', '-3.25', '00.10']) {
  test(`takes ${text} for a decimal`, () => assert.ok(isDecimal(text)));
}

for (const text of [
  '',
  '.5',
  '5.',
  '1e3',
  '+1',
  '1,5',
  ' 1',
  '1\n',
  '0x1',
  'NaN',
  'Infinity',
  '--1',
]) {
  test(`does not take ${JSON.stringify(text)} for a decimal`, () => assert.ok(!isDecimal(text)));
}

test('the canonical form is what BigInt says, and canonical again', () => {
  fc.assert(
    fc.property(decimalTexts, (text) => {
      assert.equal(canonical(text), toText(toUnits(text)));
      assert.equal(canonical(canonical(text)), canonical(text));
      assert.ok(isDecimal(canonical(text)));
    }),
    RUNS,
  );
});

test('adds, subtracts and multiplies exactly', () => {
  fc.assert(
    fc.property(decimalTexts, decimalTexts, (a, b) => {
      assert.equal(add(a, b), toText(toUnits(a) + toUnits(b)));
      assert.equal(subtract(a, b), toText(toUnits(a) - toUnits(b)));
      assert.equal(multiply(a, b), productText(a, b));
    }),
    RUNS,
  );
});

test('does what floating point cannot', () => {
  assert.equal(add('0.1', '0.2'), '0.3');
  assert.equal(
    add('9007199254740993', '0.000000000000000001'),
    '9007199254740993.000000000000000001',
  );
});

test('negates and takes the absolute value exactly, without a negative zero', () => {
  fc.assert(
    fc.property(decimalTexts, (text) => {
      assert.equal(negate(text), toText(-toUnits(text)));
      assert.equal(absolute(text), toText(magnitude(toUnits(text))));
      assert.equal(isZero(text), toUnits(text) === 0n);
    }),
    RUNS,
  );
});

test('exceeds means strictly greater', () => {
  fc.assert(
    fc.property(decimalTexts, decimalTexts, (a, b) => {
      assert.equal(exceeds(a, b), toUnits(a) > toUnits(b));
      assert.equal(exceeds(a, canonical(a)), false);
    }),
    RUNS,
  );
});

test('a sum is exact in any order', () => {
  fc.assert(
    fc.property(fc.array(decimalTexts), (values) => {
      const expected = toText(values.reduce((total, value) => total + toUnits(value), 0n));
      assert.equal(sum(values), expected);
      assert.equal(sum(values.toReversed()), expected);
    }),
    RUNS,
  );
});
