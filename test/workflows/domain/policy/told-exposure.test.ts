/** The engine's own exposure beside the venues'. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coversTold, exposuresDiffer } from '../../../../workflows/domain/policy/told-exposure.js';

test('apart by more than the band, in either direction, is a difference', () => {
  for (const [told, measured, band, differs] of [
    ['102', '100', '0.02', false],
    ['102.01', '100', '0.02', true],
    ['97.99', '100', '0.02', true],
    ['100', '100', undefined, false],
    ['100.01', '100', undefined, true],
    ['1', '0', '0.02', true],
    ['0', '0', '0.02', false],
  ] as const) {
    assert.equal(exposuresDiffer({ told, measured }, band), differs, `${told} ${measured}`);
  }
});

test('an approval covers the same two figures within the band, and no others', () => {
  const approved = { told: '200', measured: '100' };
  assert.equal(coversTold(approved, { told: '203', measured: '99' }, '0.02'), true);
  assert.equal(coversTold(approved, { told: '300', measured: '100' }, '0.02'), false);
  assert.equal(coversTold(approved, { told: '200', measured: '90' }, '0.02'), false);
  assert.equal(coversTold(null, approved, '1'), false);
  assert.equal(coversTold(undefined, approved, '1'), false);
});
