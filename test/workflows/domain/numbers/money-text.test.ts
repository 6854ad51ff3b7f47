/** Amounts of money as people read them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { moneyText } from '../../../../workflows/domain/numbers/money-text.js';

const ROWS: [amount: string, text: string][] = [
  ['0', '0.00'],
  ['0.00', '0.00'],
  ['1', '1.00'],
  ['999.994', '999.99'],
  ['999.995', '1,000.00'],
  ['-1234567.891', '-1,234,567.89'],
  ['123456789012345678901234567890.5', '123,456,789,012,345,678,901,234,567,890.50'],
  ['0.0049', '<0.01'],
  ['-0.0000001', '<0.01'],
];

for (const [amount, text] of ROWS) {
  test(`${amount} reads ${text}`, () => assert.equal(moneyText(amount), text));
}

test('whole cents read back as they are, whatever their size', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (cents) => {
      const digits = String(cents < 0n ? -cents : cents).padStart(3, '0');
      const amount = `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
      assert.equal(moneyText(amount).replaceAll(',', ''), amount);
      assert.match(moneyText(amount), /^-?\d{1,3}(,\d{3})*\.\d\d$/);
    }),
    { numRuns: 1_000, seed: 5 },
  );
});
