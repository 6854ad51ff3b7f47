/** What fills do to balances and positions, by hand-made ledgers and by an exact model. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { canonical, negate, sum } from '../../../../workflows/domain/numbers/decimal.js';
import {
  effectOfFills,
  isDerivative,
  missingFills,
  positionAfterFill,
} from '../../../../workflows/domain/books/fills.js';
import type { Fill } from '../../../../workflows/domain/books/state.js';
import { engineState, fill, PERPETUAL } from '../builders.js';
import { toText, toUnits } from '../exact.js';

const RUNS = { numRuns: 500, seed: 20_261_109 };

function effectText(fills: readonly Fill[]): Record<string, string> {
  return Object.fromEntries(
    [...effectOfFills(fills)].map(([key, value]) => [key, canonical(value)]),
  );
}

test('a hand-made ledger: spot, perpetual, fees in a third asset', () => {
  const fee = { asset: 'BNB', amount: '0.01' };
  const inGamma = { venue: 'gamma', instrument: PERPETUAL };
  const fills = [
    fill({ tradeId: '1', side: 'buy', quantity: '0.5', price: '60000', fee }),
    fill({ tradeId: '2', side: 'sell', quantity: '0.2', price: '61000', fee }),
    fill({ ...inGamma, tradeId: '3', side: 'sell', quantity: '3', price: '60500' }),
    fill({
      ...inGamma,
      tradeId: '4',
      quantity: '1',
      price: '60000',
      realizedPnl: '500',
      fee: { asset: 'USDT', amount: '24' },
    }),
  ];
  assert.deepEqual(effectText(fills), {
    'alpha|main|BTC': '0.3',
    'alpha|main|USDT': '-17800',
    'alpha|main|BNB': '-0.02',
    'gamma|main|BTC/USDT:USDT|net': '-2',
    'gamma|main|USDT': '476',
  });
});

test('a maker rebate is a fee below zero and adds to the balance', () => {
  const rebate = fill({ fee: { asset: 'BNB', amount: '-0.5' } });
  assert.equal(effectText([rebate])['alpha|main|BNB'], '0.5');
});

test('a dated future settles in the asset before its date', () => {
  const instrument = 'BTC/USD:BTC-270326';
  const dated = fill({ instrument, realizedPnl: '0.25' });
  assert.deepEqual(effectText([dated]), {
    [`alpha|main|${instrument}|net`]: '1',
    'alpha|main|BTC': '0.25',
  });
});

test('in hedge mode a fill moves the side that it names', () => {
  const hedge = { venue: 'gamma', instrument: PERPETUAL };
  const fills = [
    fill({ ...hedge, tradeId: '1', side: 'buy', quantity: '3', positionSide: 'long' }),
    fill({ ...hedge, tradeId: '2', side: 'sell', quantity: '1', positionSide: 'long' }),
    fill({ ...hedge, tradeId: '3', side: 'sell', quantity: '5', positionSide: 'short' }),
    fill({ ...hedge, tradeId: '4', side: 'buy', quantity: '2', positionSide: 'short' }),
  ];
  assert.deepEqual(effectText(fills), {
    'gamma|main|BTC/USDT:USDT|long': '2',
    'gamma|main|BTC/USDT:USDT|short': '-3',
  });
});

test('a margin trade on a spot market moves a position, and its fee and result are money', () => {
  const fee = { asset: 'USD', amount: '1.5' };
  const margin = { instrument: 'BTC/USD', positionSide: 'net', fee, realizedPnl: '20' } as const;
  assert.deepEqual(effectText([fill({ ...margin, side: 'sell', quantity: '2' })]), {
    'alpha|main|BTC/USD|net': '-2',
    'alpha|main|USD': '18.5',
  });
});

test('an inverse contract costs its reciprocal, so its average is harmonic', () => {
  const buy = (quantity: string, price: string) => ({ side: 'buy' as const, quantity, price });
  const first = { quantity: '100', averagePrice: '20000' };
  const after = positionAfterFill(first, buy('100', '30000'), { inverse: true });
  assert.deepEqual(after, { quantity: '200', averagePrice: '24000' });
  assert.equal(positionAfterFill(first, buy('100', '30000')).averagePrice, '25000');
});

test('two reports under one id that differ: the same one counts whatever their order', () => {
  const [one, other] = [fill({ quantity: '1' }), fill({ quantity: '2' })];
  const kept = missingFills(engineState(), [one, other]);
  assert.equal(kept.length, 1);
  assert.deepEqual(missingFills(engineState(), [other, one]), kept);
});

test('only a symbol with a settlement asset is a derivative', () => {
  assert.equal(isDerivative('BTC/USDT'), false);
  assert.equal(isDerivative('BTC/USDT:USDT'), true);
});

test('keeps what the state does not hold, each once, oldest first', () => {
  const state = engineState({
    appliedFills: {
      alpha: ['main|BTC/USDT|t-1', 'main|ETH/USDT|t-3'],
      beta: ['main|BTC/USDT|t-2'],
    },
  });
  const held = fill({ tradeId: 't-1', timeMs: 1 });
  const late = fill({ tradeId: 't-3', timeMs: 9 });
  const early = fill({ tradeId: 't-2', timeMs: 5 });
  assert.deepEqual(missingFills(state, [late, held, early, { ...late }]), [early, late]);
});

test('the same trade id on another venue or instrument is another fill', () => {
  const fills = [fill(), fill({ venue: 'beta' }), fill({ instrument: 'ETH/USDT' })];
  assert.equal(missingFills(engineState(), fills).length, 3);
});

/** Fills of two venues, spot and perpetual, each with an id of its own. */
const fillLists: fc.Arbitrary<Fill[]> = fc
  .array(
    fc.record({
      venue: fc.constantFrom('alpha', 'gamma'),
      instrument: fc.constantFrom('BTC/USDT', 'ETH/USDT', PERPETUAL),
      side: fc.constantFrom('buy', 'sell'),
      quantity: fc.integer({ min: 1, max: 10 ** 9 }).map((n) => toText(BigInt(n), 4)),
      price: fc.integer({ min: 1, max: 10 ** 9 }).map((n) => toText(BigInt(n), 2)),
      realizedPnl: fc.option(fc.integer().map((n) => toText(BigInt(n), 3))),
      timeMs: fc.nat({ max: 5 }),
    }),
    { maxLength: 20 },
  )
  .map((changes) => changes.map((change, index) => fill({ ...change, tradeId: `t-${index}` })));

/** A list, and the same with some of it reported again, in another order. */
const reportedAgain = fillLists.chain((fills) =>
  fc.tuple(fc.subarray(fills), fc.infiniteStream(fc.nat({ max: 999 }))).map(([again, order]) => ({
    fills,
    reported: [...fills, ...again]
      .map((each) => ({ each, rank: order.next().value as number }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ each }) => each),
  })),
);

test('duplicates and order of arrival change neither the fills nor their effect', () => {
  fc.assert(
    fc.property(reportedAgain, ({ fills, reported }) => {
      const missing = missingFills(engineState(), reported);
      assert.deepEqual(missing, missingFills(engineState(), fills));
      assert.equal(missing.length, fills.length);
      assert.deepEqual(effectText(missing), effectText(fills));
    }),
    RUNS,
  );
});

test('missing fills come oldest first', () => {
  fc.assert(
    fc.property(reportedAgain, ({ reported }) => {
      const times = missingFills(engineState(), reported).map(({ timeMs }) => timeMs);
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      );
    }),
    RUNS,
  );
});

test('what was applied and what is missing make the whole', () => {
  fc.assert(
    fc.property(fillLists, fc.nat({ max: 20 }), (fills, cut) => {
      const alpha = fills.slice(0, cut).map(({ tradeId }) => tradeId);
      const ids = fills.slice(0, cut).map((f) => `main|${f.instrument}|${f.tradeId}`);
      const state = engineState({ appliedFills: { alpha: ids, gamma: ids } });
      const missing = missingFills(state, fills).map(({ tradeId }) => tradeId);
      assert.deepEqual([...alpha, ...missing].toSorted(), fills.map((f) => f.tradeId).toSorted());
    }),
    RUNS,
  );
});

/** Fills as text, the position after each. */
const LIFE: readonly [string, string, string | null][] = [
  ['buy 1 @ 60000', '1', '60000'],
  ['buy 2 @ 60001', '3', '60000.66666667'],
  ['sell 1 @ 61000', '2', '60000.66666667'],
  ['sell 2 @ 59000', '0', null],
  ['sell 2 @ 50000', '-2', '50000'],
  ['sell 2 @ 51000', '-4', '50500'],
  ['buy 1 @ 49000', '-3', '50500'],
  ['buy 5 @ 52000', '2', '52000'],
  ['sell 3.5 @ 53000', '-1.5', '53000'],
];

test('a position opens, grows, shrinks, closes and flips, long and short', () => {
  let held: ReturnType<typeof positionAfterFill> = { quantity: '0', averagePrice: null };
  for (const [text, quantity, averagePrice] of LIFE) {
    const [side, amount = '', , price = ''] = text.split(' ');
    held = positionAfterFill(held, { side: side as Fill['side'], quantity: amount, price });
    assert.deepEqual(held, { quantity, averagePrice }, text);
  }
});

test('rounds an average price half to even at the eighth decimal', () => {
  const averageOf = (price: string) =>
    positionAfterFill({ quantity: '1', averagePrice: '1' }, { side: 'buy', quantity: '1', price })
      .averagePrice;
  assert.equal(averageOf('1.00000001'), '1');
  assert.equal(averageOf('1.00000003'), '1.00000002');
});

test('an average price that was not known stays unknown while the position grows', () => {
  const more = { side: 'buy', quantity: '1', price: '100' } as const;
  const before = { quantity: '1', averagePrice: null };
  assert.deepEqual(positionAfterFill(before, more), { quantity: '2', averagePrice: null });
});

test('the quantity is the sum of the fills, and the average lies between their prices', () => {
  fc.assert(
    fc.property(fillLists, (fills) => {
      let held: ReturnType<typeof positionAfterFill> = { quantity: '0', averagePrice: null };
      for (const each of fills) held = positionAfterFill(held, each);
      assert.equal(
        held.quantity,
        sum(fills.map((f) => (f.side === 'buy' ? f.quantity : negate(f.quantity)))),
      );
      assert.equal(held.averagePrice === null, held.quantity === '0');
      if (held.averagePrice === null) return;
      const prices = fills.map(({ price }) => toUnits(price));
      const average = toUnits(held.averagePrice);
      assert.ok(prices.some((price) => price <= average));
      assert.ok(prices.some((price) => price >= average));
    }),
    RUNS,
  );
});

test('a trade with ourselves has two legs under one id, and both count, however they come', () => {
  const long = fill({ instrument: PERPETUAL, tradeId: '7', positionSide: 'long' });
  const short = { ...long, side: 'sell', positionSide: 'short' } as const;
  const other = fill({ tradeId: '7' });
  const legs = fc.array(fc.constantFrom(long, short, other), { maxLength: 8 });
  fc.assert(
    fc.property(legs, (reported) => {
      const expected = [other, long, short].filter((leg) => reported.includes(leg));
      assert.deepEqual(missingFills({ appliedFills: {} }, reported), expected);
    }),
    { numRuns: 1000, seed: 16 },
  );
  const applied = { appliedFills: { alpha: [`main|${PERPETUAL}|7`] } };
  assert.deepEqual(missingFills(applied, [short, long]), []);
});

test('fills of one millisecond come in the order in which the venue counted them', () => {
  const ids = ['9', '10', '99', '100'];
  const fills = ids.map((tradeId) => fill({ tradeId }));
  const found = missingFills({ appliedFills: {} }, fills.toReversed());
  assert.deepEqual(
    found.map(({ tradeId }) => tradeId),
    ids,
  );
});
