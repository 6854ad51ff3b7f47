/** Exposure and limits, and that a missing price makes them unknown. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { pricingOf } from '../../../../workflows/domain/books/pricing.js';
import { RecoveryPolicy } from '../../../../workflows/domain/policy/policy.js';
import {
  harmlessSetting,
  judgeExposure,
  measureExposure,
  unpricedWords,
  verifyLimits,
  type ExposureFacts,
} from '../../../../workflows/domain/policy/risk.js';
import { balance, engineState, PERPETUAL, position } from '../builders.js';
import { magnitude, toText, toUnits } from '../exact.js';

const { maxExposure } = RecoveryPolicy.parse({}).risk;

type Prices = Record<string, string>;

const GAMMA = { [PERPETUAL]: '60000' };

/** `gamma` and `alpha`: instrument → mark. */
function measure({ gamma = GAMMA, ...change }: Partial<ExposureFacts> & { gamma?: Prices } = {}) {
  const alpha = { 'BTC/USDT': '60000', 'ETH/USDT': '3000' };
  const venues = Object.entries({ gamma, alpha }).map(([venue, marks]) => {
    return { venue, account: 'main', marks, listed: [...Object.keys(marks), 'SOL/USDT'] };
  });
  return measureExposure({
    state: engineState(),
    pricing: pricingOf(venues, ['USDT', 'USD']),
    baseline: new Map(),
    cashAssets: new Set(['USDT']),
    ...change,
  });
}

test('a long and a short add up, they do not cancel', () => {
  const positions = [
    position({ side: 'long', quantity: '2' }),
    position({ side: 'short', quantity: '-1.5' }),
  ];
  assert.equal(measure({ state: engineState({ positions }) }).total, '210000');
});

test('contracts count by their size, an inverse one by its amount of quote currency', () => {
  const inverse = 'BTC/USD:BTC';
  const sized = 'ETH/USDT:USDT';
  const rest = { quantityStep: null, priceTick: null, minNotional: null };
  const specs = new Map([
    [`gamma|${inverse}`, { ...rest, instrument: inverse, contractSize: '100', inverse: true }],
    [`gamma|${sized}`, { ...rest, instrument: sized, contractSize: '0.01', inverse: false }],
  ]);
  const gamma = { [inverse]: '60000', [sized]: '3000', [PERPETUAL]: '60000' };
  const totalOf = (instrument: string, quantity: string) => {
    const state = engineState({ positions: [position({ instrument, quantity })] });
    return measure({ state, gamma, specs }).total;
  };
  assert.equal(totalOf(inverse, '-7'), '700');
  assert.equal(totalOf(sized, '-50'), '1500');
  assert.equal(totalOf(PERPETUAL, '1'), '60000');
});

test('an inverse contract whose mark is not known is unpriced', () => {
  const instrument = 'BTC/USD:BTC';
  const state = engineState({ positions: [position({ instrument, quantity: '1' })] });
  assert.deepEqual(measure({ state }).unpriced, ['gamma BTC/USD:BTC']);
});

test('spot holdings count, cash does not', () => {
  const balances = [
    balance({ asset: 'BTC', total: '0.5' }),
    balance({ asset: 'ETH', total: '2' }),
    balance({ asset: 'USDT', total: '1000000' }),
  ];
  const { total, unpriced } = measure({ state: engineState({ balances }) });
  assert.deepEqual({ total, unpriced }, { total: '36000', unpriced: [] });
});

test('only what is held beyond the baseline counts, missing inventory too', () => {
  const baseline = new Map([['alpha|BTC', '5']]);
  const totalOf = (total: string) =>
    measure({ baseline, state: engineState({ balances: [balance({ asset: 'BTC', total })] }) });
  assert.equal(totalOf('5').total, '0');
  assert.equal(totalOf('6').total, '60000');
  assert.equal(totalOf('4').total, '60000');
});

test('a mark below zero adds to the exposure as one above does', () => {
  const gamma = { [PERPETUAL]: '-37' };
  assert.equal(measure({ gamma, state: engineState({ positions: [position()] }) }).total, '74');
});

test('an exposure is the sum of the absolute notionals of its items', () => {
  const quantities = fc.integer({ min: -(10 ** 8), max: 10 ** 8 }).map((n) => toText(BigInt(n), 4));
  const prices = fc.integer({ min: 1, max: 10 ** 8 }).map((n) => toText(BigInt(n), 4));
  const rows = fc.array(fc.record({ quantity: quantities, price: prices }), { maxLength: 10 });
  fc.assert(
    fc.property(rows, (held) => {
      const positions = held.map(({ quantity }, i) =>
        position({ instrument: `I${i}/USDT`, quantity }),
      );
      const gamma = Object.fromEntries(held.map(({ price }, i) => [`I${i}/USDT`, price]));
      const expected = held.reduce(
        (total, { quantity, price }) => total + magnitude(toUnits(quantity)) * toUnits(price),
        0n,
      );
      const exposure = measure({ gamma, state: engineState({ positions }) });
      assert.equal(exposure.total, toText(expected, 36));
      assert.equal(exposure.items.length, held.filter(({ quantity }) => quantity !== '0').length);
    }),
    { numRuns: 1000, seed: 12 },
  );
});

test('what has no mark price makes the exposure unknown, however small the rest', () => {
  const balances = [balance({ asset: 'DOGE', total: '1' }), balance({ asset: 'BTC', total: '1' })];
  const exposure = measure({ state: engineState({ balances }) });
  assert.deepEqual(exposure.unpriced, ['alpha DOGE']);
  assert.deepEqual(judgeExposure('desk', exposure, maxExposure), {
    kind: 'unknown',
    unpriced: ['alpha DOGE'],
    total: '60000',
    setting: 'engines.desk.harmless: ["alpha|DOGE"]',
  });
});

test('what is declared harmless is asked about no more, until a market would price it', () => {
  const state = engineState({
    balances: ['DOGE', 'SOL', 'BTC'].map((asset) => balance({ asset, total: '1' })),
  });
  const asked = measure({ state });
  assert.deepEqual([asked.unpriced, asked.unquoted], [['alpha DOGE', 'alpha SOL'], ['alpha|DOGE']]);
  const harmless = new Set(['alpha|DOGE', 'alpha|SOL', 'alpha|BTC']);
  const declared = measure({ state, harmless });
  assert.deepEqual(
    [declared.unpriced, declared.unquoted, declared.total],
    [['alpha SOL'], [], '60000'],
    'SOL has a market that tells no price now, and BTC one that does',
  );
  const elsewhere = engineState({ balances: [balance({ account: 'other', asset: 'DOGE' })] });
  const unasked = measure({ state: elsewhere, harmless });
  assert.deepEqual(
    [unasked.unpriced, unasked.unquoted],
    [['alpha DOGE'], []],
    'what nobody asked for has no list of markets',
  );
});

test('the setting names what is to be added, and stays short', () => {
  const of = (count: number) => {
    const unquoted = Array.from({ length: count }, (_, index) => `alpha|X"${index}`);
    const verdict = judgeExposure(
      'desk',
      { total: '1', items: [], unpriced: ['x'], unquoted },
      '1',
    );
    return verdict.kind === 'unknown' ? verdict.setting : undefined;
  };
  assert.equal(of(0), undefined);
  assert.equal(of(2), String.raw`engines.desk.harmless: ["alpha|X\"0", "alpha|X\"1"]`);
  assert.match(of(21) ?? '', /"alpha\|X\\"19"\], and 1 more by relight positions desk$/);
});

test('the question names the first few without a price, the rest, and what to write', () => {
  const verdict = { kind: 'unknown', unpriced: ['alpha NFT'], total: '7' } as const;
  const words = 'Exposure is unknown: no price for alpha NFT; of the rest it is 7';
  const setting = harmlessSetting('desk', ['alpha|NFT']);
  assert.equal(unpricedWords({ ...verdict, unpriced: ['alpha NFT'] }), words);
  assert.equal(
    unpricedWords({ ...verdict, unpriced: ['alpha NFT'], setting }),
    `${words}. What no market prices is asked about no more once it is declared harmless: ` +
      'engines.desk.harmless: ["alpha|NFT"]',
  );
  const many = Array.from({ length: 500 }, (_, index) => `alpha X${index}`);
  assert.match(
    unpricedWords({ ...verdict, unpriced: many }),
    /alpha X9, and 490 more; of the rest/,
  );
});

test('what is flat needs no mark price', () => {
  const positions = [position({ instrument: 'X/Y:Y', quantity: '0.0' })];
  assert.deepEqual(measure({ state: engineState({ positions }) }).unpriced, []);
});

test('a mark of one venue prices nothing on another', () => {
  const balances = [balance({ venue: 'beta', asset: 'BTC', total: '1' })];
  assert.deepEqual(measure({ state: engineState({ balances }) }).unpriced, ['beta BTC']);
});

test('the limit itself still passes, a hundred-millionth above it does not', () => {
  const of = (total: string) =>
    judgeExposure('desk', { total, items: [], unpriced: [], unquoted: [] }, maxExposure);
  assert.deepEqual(of('1000000'), { kind: 'within', total: '1000000' });
  assert.deepEqual(of('1000000.00000001'), {
    kind: 'high',
    total: '1000000.00000001',
    limit: '1000000',
  });
});

test('limits that the engine loaded as expected mismatch nowhere', () => {
  const expected = { maxPosition: '10', maxLoss: '5000.50' };
  assert.deepEqual(
    verifyLimits(expected, { maxLoss: '5000.5', maxPosition: '10.0', more: '1' }),
    [],
  );
});

test('a limit that is missing or other is named, with both values', () => {
  assert.deepEqual(verifyLimits({ a: '1', b: '2', c: '3' }, { b: '2.0001', c: '3' }), [
    { name: 'a', expected: '1', loaded: null },
    { name: 'b', expected: '2', loaded: '2.0001' },
  ]);
});
