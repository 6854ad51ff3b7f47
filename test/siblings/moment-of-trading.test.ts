/** Checks hold at the moment of trading: an approval covers what was shown and its band, nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coversExposure, coversMarket } from '../../workflows/domain/policy/approved.js';
import type { MarketVerdict } from '../../workflows/domain/policy/market.js';
import type { ExposureVerdict } from '../../workflows/domain/policy/risk.js';

const BAND = '0.02';
const high = (total: string): ExposureVerdict => ({ kind: 'high', total, limit: '1000000' });
const unpriced = (total: string, ...names: string[]): ExposureVerdict => ({
  kind: 'unknown',
  unpriced: names,
  total,
});

const EXPOSURE: readonly [
  approved: ExposureVerdict | null,
  now: ExposureVerdict,
  holds: boolean,
][] = [
  [high('1800000'), high('1800000'), true],
  [high('1800000'), high('1836000'), true],
  [high('1800000'), high('1836000.000000000000000001'), false],
  [high('1800000'), high('1100000'), true],
  [high('0.1'), high('0.102'), true],
  [high('0.1'), high('0.1020000000000000001'), false],
  [high('9007199254740993'), high('9187343239835812.86'), true],
  [high('9007199254740993'), high('9187343239835812.87'), false],
  [high('1800000'), unpriced('1', 'alpha SOL'), false],
  [unpriced('100', 'alpha SOL'), unpriced('100', 'alpha SOL'), true],
  [unpriced('100', 'alpha SOL'), unpriced('100', 'beta SOL'), false],
  [unpriced('100', 'alpha SOL'), unpriced('100', 'alpha SOL', 'alpha XRP'), false],
  [unpriced('100', 'alpha SOL'), unpriced('2000000', 'alpha SOL'), false],
  [unpriced('100', 'alpha SOL'), high('2000000'), false],
  [{ kind: 'within', total: '900000' }, high('1000001'), false],
  [{ kind: 'within', total: '900000' }, unpriced('1', 'alpha SOL'), false],
  [null, high('1000001'), false],
  [null, unpriced('0', 'alpha SOL'), false],
];

for (const [approved, now, holds] of EXPOSURE) {
  const words = `${JSON.stringify(approved)} ${holds ? 'covers' : 'does not cover'}`;
  test(`an approval of ${words} ${JSON.stringify(now)}`, () => {
    assert.equal(coversExposure(approved, now, BAND), holds);
  });
}

const volatile = (highest: string): MarketVerdict => ({ kind: 'volatile', highest, limit: '0.05' });
const untold = (highest: string, ...what: string[]): MarketVerdict => ({
  kind: 'unknown',
  what,
  highest,
});
const closed = (...venues: string[]): MarketVerdict => ({ kind: 'closed', venues });

const MARKET: readonly [approved: MarketVerdict | null, now: MarketVerdict, holds: boolean][] = [
  [volatile('0.09'), volatile('0.0918'), true],
  [volatile('0.09'), volatile('0.09180001'), false],
  [volatile('0.09'), volatile('0.06'), true],
  [volatile('0.09'), untold('0.01', 'beta'), false],
  [volatile('0.09'), closed('beta (maintenance)'), false],
  [untold('0.01', 'beta'), untold('0.01', 'beta'), true],
  [untold('0.01', 'beta'), untold('0.01', 'gamma'), false],
  [untold('0.01', 'beta'), untold('0.01', 'beta', 'gamma'), false],
  [untold('0.01', 'beta'), untold('0.09', 'beta'), false],
  [untold('0.01', 'beta'), volatile('0.09'), false],
  [closed('beta (maintenance)'), volatile('0.09'), false],
  [closed('beta (maintenance)'), closed('gamma (maintenance)'), false],
  [closed('beta (maintenance)'), closed('beta (maintenance)', 'gamma (cancel_only)'), false],
  [{ kind: 'normal', highest: '0.04' }, volatile('0.0501'), false],
  [null, volatile('0.0501'), false],
  [null, closed('beta (maintenance)'), false],
];

for (const [approved, now, holds] of MARKET) {
  const words = `${JSON.stringify(approved)} ${holds ? 'covers' : 'does not cover'}`;
  test(`an approval of the market as ${words} ${JSON.stringify(now)}`, () => {
    assert.equal(coversMarket(approved, now, BAND), holds);
  });
}
