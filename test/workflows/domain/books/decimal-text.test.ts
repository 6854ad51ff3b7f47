/** Decimals from outside have a length, and what is computed of them may be longer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecimalText, FigureText } from '../../../../workflows/domain/books/state.js';
import { multiply } from '../../../../workflows/domain/numbers/decimal.js';

test('a decimal of more than a hundred characters is refused, by its length and nothing else', () => {
  const longest = '9'.repeat(100);
  assert.equal(DecimalText.parse(longest), longest);
  const { error } = DecimalText.safeParse('x'.repeat(1_000_000));
  assert.deepEqual(
    error?.issues.map(({ message }) => message),
    ['must be a decimal number of at most 100 characters'],
  );
});

test('a product of the longest decimals is still a figure', () => {
  const longest = '9'.repeat(100);
  assert.ok(FigureText.safeParse(multiply(longest, longest)).success);
});

test('256-bit integers and quotients as engines print them are taken', () => {
  for (const text of [(2n ** 256n - 1n).toString(), `0.${'3'.repeat(60)}`, `-${'1'.repeat(78)}`]) {
    assert.ok(DecimalText.safeParse(text).success, text);
  }
});
