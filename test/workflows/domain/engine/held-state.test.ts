/** What an engine holds otherwise than it should, by name and figure. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { stateDifferences } from '../../../../workflows/domain/engine/held-state.js';
import { stateDigest, type EngineState } from '../../../../workflows/domain/books/state.js';
import { balance, engineState, order, position } from '../builders.js';

const FULL = engineState({
  positions: [position()],
  balances: [balance()],
  orders: [order()],
  risk: { dailyPnl: '-5', breakerLatched: false },
});

function against(change: Partial<EngineState>): string[] {
  return stateDifferences({ ...FULL, ...change }, FULL);
}

test('each kind of figure is named with what is held and what is expected', () => {
  assert.deepEqual(against({ positions: [position({ quantity: '3' })] }), [
    'gamma BTC/USDT:USDT net: quantity 3, expected 2',
  ]);
  assert.deepEqual(against({ positions: [position({ averagePrice: null })] }), [
    'gamma BTC/USDT:USDT net: averagePrice null, expected 60000',
  ]);
  assert.deepEqual(against({ balances: [] }), ['alpha USDT: not held']);
  assert.deepEqual(against({ orders: [order({ filled: '1' })] }), [
    'order mine-1 at alpha: filled 1, expected 0',
  ]);
  assert.deepEqual(against({ orders: [...FULL.orders, order({ clientOrderId: 'more' })] }), [
    'order more at alpha: held, and not in the recovered state',
  ]);
  assert.deepEqual(against({ risk: { dailyPnl: '-5', breakerLatched: true } }), [
    'risk: breakerLatched true, expected false',
  ]);
});

test('names of the engine are told on one line, and however many differ, a few are named', () => {
  const strange = order({ clientOrderId: `a\nb\u001b[31m${'x'.repeat(500)}` });
  const [words = ''] = against({ orders: [...FULL.orders, strange] });
  assert.ok(!words.includes('\n') && !words.includes('\u001b'));
  assert.ok(words.length < 200, words);
  const many = Array.from({ length: 900 }, (_, index) => balance({ asset: `A${index}` }));
  assert.equal(against({ balances: [...FULL.balances, ...many] }).length, 6);
});

const amounts = fc.constantFrom('0', '0.00', '1', '1.0', '2');
const states = fc.record({
  total: amounts,
  quantity: amounts,
  filled: amounts,
  reduceOnly: fc.constantFrom(true, false, undefined),
  latched: fc.boolean(),
});

type Given = typeof states extends fc.Arbitrary<infer One> ? One : never;

function stateOf({ total, quantity, filled, reduceOnly, latched }: Given) {
  const flag = reduceOnly === undefined ? {} : { reduceOnly };
  return engineState({
    positions: [position({ quantity })],
    balances: [balance({ total })],
    orders: [order({ filled, ...flag })],
    risk: { dailyPnl: null, breakerLatched: latched },
  });
}

test('two states differ in something exactly where their digests do', () => {
  fc.assert(
    fc.property(states, states, (one, other) => {
      const [a, b] = [stateOf(one), stateOf(other)];
      assert.equal(stateDifferences(a, b).length === 0, stateDigest(a) === stateDigest(b));
    }),
    { numRuns: 300 },
  );
});
