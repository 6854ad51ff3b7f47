/** Realised volatility, and which markets are calm and open. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  judgeMarket,
  realisedVolatility,
  type MarketFacts,
  type VenueStatus,
} from '../../../../workflows/domain/policy/market.js';
import { RecoveryPolicy } from '../../../../workflows/domain/policy/policy.js';

const { maxVolatility } = RecoveryPolicy.parse({}).market;

test('realised volatility of a hand-made hour', () => {
  // Returns of +10 %, -10 %, 0, +10 %: the square root of 3 * 0.01.
  assert.equal(realisedVolatility(['100', '110', '99', '99', '108.9']), '0.17320508');
});

test('a market that does not move has no volatility', () => {
  assert.equal(realisedVolatility(['7', '7', '7.0', '7', '7']), '0');
});

test('agrees with an independent calculation in floating point', () => {
  const closes = fc.array(fc.integer({ min: 50_000, max: 70_000 }), {
    minLength: 5,
    maxLength: 61,
  });
  fc.assert(
    fc.property(closes, (prices) => {
      const squares = prices
        .slice(1)
        .map((price, i) => (price / (prices[i] ?? Number.NaN) - 1) ** 2);
      const expected = Math.hypot(...squares.map(Math.sqrt));
      const measured = Number(realisedVolatility(prices.map(String)));
      assert.ok(Math.abs(measured - expected) <= 5.000001e-9, `${measured} is not ${expected}`);
    }),
    { numRuns: 500, seed: 20_261_104 },
  );
});

test('four candles are too few to know, five are enough', () => {
  assert.equal(realisedVolatility(['1', '1', '1', '1']), null);
  assert.equal(realisedVolatility([]), null);
  assert.equal(realisedVolatility(['1', '1', '1', '1', '1']), '0');
});

test('a price of zero or below makes the volatility unknown', () => {
  assert.equal(realisedVolatility(['1', '1', '0', '1', '1']), null);
  assert.equal(realisedVolatility(['1', '1', '-1', '1', '1']), null);
});

interface Scene {
  volatilities?: readonly (string | null)[];
  statuses?: readonly VenueStatus[];
}

function facts({ volatilities = ['0.01'], statuses = ['open'] }: Scene): MarketFacts {
  return {
    volatility: volatilities.map((volatility, i) => ({
      venue: 'alpha',
      instrument: `I${i}`,
      volatility,
    })),
    statuses: statuses.map((status, i) => ({ venue: `v${i}`, status })),
  };
}

function judge(scene: Scene) {
  return judgeMarket(facts(scene), maxVolatility);
}

test('a calm and open market is normal, with the highest volatility told', () => {
  assert.deepEqual(judge({ volatilities: ['0.01', '0.03', '0.02'] }), {
    kind: 'normal',
    highest: '0.03',
  });
});

test('a volatility of exactly 0.05 still passes, just above does not', () => {
  assert.equal(judge({ volatilities: ['0.05'] }).kind, 'normal');
  assert.deepEqual(judge({ volatilities: ['0.01', '0.05000001'] }), {
    kind: 'volatile',
    highest: '0.05000001',
    limit: '0.05',
  });
});

for (const status of ['cancel_only', 'maintenance'] as const) {
  test(`a venue in ${status} closes the market, before anything else is asked`, () => {
    const scene = { statuses: ['open', status, 'unknown'] as const, volatilities: ['0.9', null] };
    assert.deepEqual(judge(scene), { kind: 'closed', venues: [`v1 (${status})`] });
  });
}

test('a status that could not be read is unknown, not open', () => {
  assert.deepEqual(judge({ statuses: ['open', 'unknown'] }), {
    kind: 'unknown',
    what: ['v1'],
    highest: '0.01',
  });
});

test('a volatility that is not known is unknown, not calm', () => {
  assert.deepEqual(judge({ volatilities: ['0.01', null] }), {
    kind: 'unknown',
    what: ['alpha I1'],
    highest: '0.01',
  });
});

test('is normal only where every venue is open and every volatility is known and low', () => {
  const statuses = fc.array(
    fc.constantFrom<VenueStatus>('open', 'open', 'open', 'cancel_only', 'maintenance', 'unknown'),
    { maxLength: 4 },
  );
  const volatilities = fc.array(
    fc.option(fc.constantFrom('0', '0.01', '0.049', '0.05', '0.051', '1.2'), { freq: 8 }),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(statuses, volatilities, (status, volatility) => {
      const verdict = judge({ statuses: status, volatilities: volatility });
      const calm = volatility.every((each) => each !== null && Number(each) <= 0.05);
      const normal = calm && status.every((each) => each === 'open');
      assert.equal(verdict.kind === 'normal', normal);
    }),
    { numRuns: 500, seed: 20_261_104 },
  );
});
