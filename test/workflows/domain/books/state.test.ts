/** The digest of an engine's state: the same for the same content, another for any other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  comparableState,
  emptyState,
  EngineState,
  stateDigest,
} from '../../../../workflows/domain/books/state.js';
import { balance, engineState, order, position } from '../builders.js';

const FULL = engineState({
  positions: [position(), position({ instrument: 'ETH/USDT:USDT', quantity: '-5' })],
  balances: [balance(), balance({ asset: 'BTC', total: '2' }), balance({ venue: 'beta' })],
  orders: [order(), order({ clientOrderId: 'mine-2' })],
  risk: { dailyPnl: '-12.5', breakerLatched: false },
});

test('the order of positions, balances and orders does not change the digest', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray(FULL.positions, { minLength: 2 }),
      fc.shuffledSubarray(FULL.balances, { minLength: 3 }),
      fc.shuffledSubarray(FULL.orders, { minLength: 2 }),
      (positions, balances, orders) => {
        assert.equal(stateDigest({ ...FULL, positions, balances, orders }), stateDigest(FULL));
      },
    ),
    { numRuns: 300, seed: 20_261_102 },
  );
});

test('the notation of an amount does not change the digest', () => {
  const padded = engineState({
    positions: FULL.positions.map((p) => ({
      ...p,
      quantity: `${p.quantity}.00`,
      averagePrice: '060000',
    })),
    balances: FULL.balances.map((b) => ({ ...b, total: `${b.total}.0` })),
    orders: FULL.orders.map((o) => ({ ...o, filled: '-0', quantity: '2.0', price: '60000.00' })),
    risk: { dailyPnl: '-12.50', breakerLatched: false },
  });
  assert.equal(stateDigest(padded), stateDigest(FULL));
});

test('what is zero is as good as absent', () => {
  const zeros = engineState({
    positions: [position({ quantity: '0.0', averagePrice: null })],
    balances: [balance({ total: '-0' })],
  });
  assert.equal(stateDigest(zeros), stateDigest(emptyState()));
});

test('fills that were applied are memory, not state: they do not change the digest', () => {
  assert.equal(stateDigest({ ...FULL, appliedFills: { alpha: ['t-1'] } }), stateDigest(FULL));
});

const CHANGES: readonly [string, EngineState][] = [
  ['a quantity', { ...FULL, positions: FULL.positions.map((p) => ({ ...p, quantity: '3' })) }],
  [
    'an average price',
    { ...FULL, positions: FULL.positions.map((p) => ({ ...p, averagePrice: null })) },
  ],
  ['a balance', { ...FULL, balances: FULL.balances.slice(1) }],
  ['an account', { ...FULL, balances: FULL.balances.map((b) => ({ ...b, account: 'other' })) }],
  ['what is filled', { ...FULL, orders: FULL.orders.map((o) => ({ ...o, filled: '1' })) }],
  ['the state of an order', { ...FULL, orders: [order({ state: 'cancel_in_flight' })] }],
  ['the profit of the day', { ...FULL, risk: { ...FULL.risk, dailyPnl: null } }],
  ['the breaker', { ...FULL, risk: { ...FULL.risk, breakerLatched: true } }],
];

for (const [what, changed] of CHANGES) {
  test(`a change of ${what} changes the digest`, () => {
    assert.notEqual(stateDigest(changed), stateDigest(FULL));
  });
}

test('comparing leaves the state itself as it was', () => {
  const copy = structuredClone(FULL);
  comparableState(FULL);
  assert.deepEqual(FULL, copy);
});

for (const total of ['1e3', '', '.5', 'NaN']) {
  test(`refuses an amount written as ${JSON.stringify(total)}`, () => {
    const state = engineState({ balances: [balance({ total })] });
    assert.equal(EngineState.safeParse(state).success, false);
  });
}

test('accepts a state that is whole', () => {
  assert.deepEqual(EngineState.parse(FULL), FULL);
});
