/** How long, for people. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { durationText } from '../../../../workflows/domain/numbers/duration-text.js';

const CASES: [number, string][] = [
  [0, '0 ms'],
  [7, '7 ms'],
  [999.9, '999 ms'],
  [1_000, '1.0 s'],
  [9_999, '9.9 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [1_395_800, '23 min 15 s'],
  [3_600_000, '1 h'],
  [7_500_000, '2 h 5 min'],
  [86_400_000, '1 d'],
  [273_600_000, '3 d 4 h'],
  [-1_500, '-1.5 s'],
  [Number.NaN, 'an unknown time'],
];

for (const [ms, words] of CASES) {
  test(`${ms} ms is "${words}"`, () => assert.equal(durationText(ms), words));
}

const MS = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

test('the words never say more than it was, and less by under one of their last unit', () => {
  fc.assert(
    fc.property(fc.nat(400_000_000), (ms) => {
      const parts = durationText(ms).matchAll(/([\d.]+) (ms|s|min|h|d)/g);
      const units = [...parts].map(([, count, unit]) => [Number(count), unit as keyof typeof MS]);
      const told = units.reduce((sum, [count, unit]) => sum + Number(count) * MS[unit as 's'], 0);
      const last = MS[units.at(-1)?.[1] as 's'];
      const unit = units.length === 1 && last >= 60_000 ? last / 60 : last;
      assert.ok(
        told <= ms + 1e-6 && ms - told < Math.max(unit, last === 86_400_000 ? 3_600_000 : 0),
      );
    }),
  );
});
