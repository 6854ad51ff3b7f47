/** The fast figures agree with the exact decimals. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Decimal, canonical } from '../../../../workflows/domain/numbers/decimal.js';
import {
  dividedBy,
  exceedsBy,
  fixed,
  minus,
  plus,
  signOf,
  textOf,
  times,
  toDecimal,
} from '../../../../workflows/domain/numbers/fixed-point.js';
import { decimalTexts } from '../exact.js';

const RUNS = { numRuns: 2000, seed: 17 };

test('agrees with exact decimals on sums, differences, products, signs and order', () => {
  fc.assert(
    fc.property(decimalTexts, decimalTexts, decimalTexts, (a, b, c) => {
      const [x, y, z] = [fixed(a), fixed(b), fixed(c)];
      assert.equal(textOf(x), canonical(a));
      assert.equal(canonical(toDecimal(x)), canonical(a));
      assert.equal(textOf(plus(x, y)), canonical(new Decimal(a).plus(b)));
      assert.equal(textOf(minus(x, y)), canonical(new Decimal(a).minus(b)));
      assert.equal(textOf(times(x, y)), canonical(new Decimal(a).times(b)));
      assert.equal(textOf(plus(times(x, y), z)), canonical(new Decimal(a).times(b).plus(c)));
      assert.equal(signOf(x), Math.sign(new Decimal(a).comparedTo(0)));
      assert.equal(exceedsBy(x, y), new Decimal(a).abs().greaterThan(b));
    }),
    RUNS,
  );
});

test('a quotient is cut off at forty decimals', () => {
  assert.equal(textOf(dividedBy(fixed('1'), fixed('3'))), `0.${'3'.repeat(40)}`);
  assert.equal(textOf(dividedBy(fixed('-0.000001'), fixed('8'))), '-0.000000125');
  assert.throws(() => dividedBy(fixed('1'), fixed('0.00')), RangeError);
});

test('a product divided by one of its factors is the other', () => {
  fc.assert(
    fc.property(decimalTexts, decimalTexts, (a, b) => {
      if (signOf(fixed(b)) === 0) return;
      assert.equal(textOf(dividedBy(times(fixed(a), fixed(b)), fixed(b))), canonical(a));
    }),
    RUNS,
  );
});
