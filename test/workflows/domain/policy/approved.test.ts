/** What an approval covers when the figure is measured again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as check, nat, property } from 'fast-check';
import {
  bandWords,
  coversExposure,
  coversMarket,
} from '../../../../workflows/domain/policy/approved.js';

const high = (total: string) => ({ kind: 'high' as const, total, limit: '1000000' });
const volatile = (highest: string) => ({ kind: 'volatile' as const, highest, limit: '0.05' });

test('an approved figure is covered up to its band, to the last digit', () => {
  const shown = high('1800.4878');
  assert.equal(coversExposure(shown, high('1836.497556'), '0.02'), true);
  assert.equal(coversExposure(shown, high('1836.497556001'), '0.02'), false);
  assert.equal(coversExposure(shown, high('1'), '0.02'), true);
  assert.equal(coversMarket(volatile('0.06'), volatile('0.0612'), '0.02'), true);
  assert.equal(coversMarket(volatile('0.06'), volatile('0.06120001'), '0.02'), false);
});

test('without a band, as in policies of earlier versions, no higher figure is covered', () => {
  assert.equal(coversExposure(high('10'), high('10'), undefined), true);
  assert.equal(coversExposure(high('10'), high('10.000001'), undefined), false);
});

test('what was unknown covers what was named, and nothing that was measured or is unknown anew', () => {
  const unknown = (...unpriced: string[]) => ({ kind: 'unknown' as const, unpriced });
  assert.equal(coversExposure(unknown('a', 'b'), unknown('b'), '1'), true);
  assert.equal(coversExposure(unknown('a'), unknown('a', 'b'), '1'), false);
  assert.equal(coversExposure(unknown('a'), high('1'), '1'), false);
  assert.equal(coversExposure(high('1'), unknown('a'), '1'), false);
  const market = (...what: string[]) => ({ kind: 'unknown' as const, what });
  assert.equal(coversMarket(market('a'), market('a'), '1'), true);
  assert.equal(coversMarket(market('a'), market('b'), '1'), false);
  assert.equal(coversMarket(volatile('1'), market('b'), '1'), false);
});

test('what is known beside the unknown counts as any figure', () => {
  const unknown = (total?: string) => ({
    kind: 'unknown' as const,
    unpriced: ['k DOGE'],
    ...(total === undefined ? {} : { total }),
  });
  assert.equal(coversExposure(unknown('100'), unknown('102'), '0.02'), true);
  assert.equal(coversExposure(unknown('100'), unknown('102.01'), '0.02'), false);
  assert.equal(coversExposure(unknown(), unknown('1'), '1'), false);
  const market = (highest: string) => ({ kind: 'unknown' as const, what: ['beta'], highest });
  assert.equal(coversMarket(market('0.01'), market('0.9'), '0.02'), false);
  assert.equal(coversMarket(market('0.01'), market('0.0102'), '0.02'), true);
});

test('nothing is covered where nothing was approved', () => {
  check(
    property(nat().map(String), nat().map(String), (total, band) => {
      assert.equal(coversExposure(null, high(total), band), false);
      assert.equal(coversExposure({ kind: 'within', total }, high(total), band), false);
      assert.equal(coversMarket(null, volatile(total), band), false);
      assert.equal(coversMarket({ kind: 'normal', highest: total }, volatile(total), band), false);
    }),
  );
});

test('a band is told in words with its setting, and none is nothing to tell', () => {
  assert.equal(bandWords('0.02'), '2 % (policy.risk.approvalBand)');
  assert.equal(bandWords('0.005'), '0.5 % (policy.risk.approvalBand)');
  assert.deepEqual([bandWords('0'), bandWords('0.00'), bandWords()], ['', '', '']);
});
