/** Times as text, against the platform's own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { utcText } from '../../../../workflows/domain/content/utc-text.js';

test('any time from 1970 to 9999 is written as the platform writes it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (ms) => {
      assert.equal(utcText(ms), new Date(ms).toISOString());
    }),
    { numRuns: 5_000, seed: 20_261_126 },
  );
  for (const date of ['1970-01-01', '2000-02-29', '2100-02-28', '2100-03-01', '2024-12-31']) {
    assert.equal(utcText(Date.parse(date)), `${date}T00:00:00.000Z`);
  }
});

test('what is no date is written as the number that it is', () => {
  for (const ms of [-1, 9e15, 1.5, Number.NaN]) assert.equal(utcText(ms), String(ms));
});
