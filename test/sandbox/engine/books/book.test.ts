/** The risk breaker of the sandbox engine's book latches as the recovered state says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Book } from '../../../../sandbox/engine/books/book.js';
import { reconcile } from '../../../../workflows/domain/reconciliation/reconciliation.js';
import { stateDigest, type EngineState } from '../../../../workflows/domain/books/state.js';
import {
  balance,
  engineState,
  fill,
  PERPETUAL,
  readable,
  snapshot,
} from '../../../workflows/domain/builders.js';

const LIMIT = { asOfMs: 0, maxDailyLoss: '1000' };
const G = { venue: 'gamma', instrument: PERPETUAL };

function begunWith(dailyPnl: string | null): EngineState {
  return engineState({ risk: { dailyPnl, breakerLatched: false } });
}

for (const [dailyPnl, tripped] of [
  ['-1000', false],
  ['-1000.00000001', true],
  [null, false],
] as const) {
  test(`a state with a daily result of ${dailyPnl} at a limit of 1000: tripped is ${tripped}`, () => {
    const state = begunWith(dailyPnl);
    const book = new Book(state, LIMIT);
    assert.equal(book.tripped, tripped);
    assert.equal(stateDigest(book.snapshot()), stateDigest(state), 'the state is held unchanged');
  });
}

test('a loss beyond the limit that the engine began with latches, whatever it earns then', () => {
  const book = new Book(begunWith('-1500'), LIMIT);
  book.applyFills([fill({ ...G, realizedPnl: '900' })]);
  assert.deepEqual(book.risk, { dailyPnl: '-600', breakerLatched: true });
});

test('an engine that saw its fills and one recovered after missing them are tripped alike', () => {
  const before = engineState({
    balances: [balance({ venue: 'gamma', total: '100000' })],
    risk: { dailyPnl: '0', breakerLatched: false },
  });
  const fee = { asset: 'BNB', amount: '0.5' };
  const fills = [
    fill({ ...G, tradeId: '1', quantity: '5', price: '60000', timeMs: 10, fee }),
    fill({
      ...G,
      tradeId: '2',
      side: 'sell',
      quantity: '5',
      price: '50000',
      timeMs: 11,
      realizedPnl: '-50000',
      fee,
    }),
  ];
  const live = new Book(before, LIMIT);
  live.applyFills(fills);
  const held = [
    balance({ venue: 'gamma', total: '50000' }),
    balance({ venue: 'gamma', asset: 'BNB', total: '-1' }),
  ];
  const { state } = reconcile(before, snapshot(readable('gamma', { balances: held, fills })), {
    tolerance: '0.0001',
    cashAssets: ['USDT'],
  });
  const recovered = new Book(state, LIMIT);
  assert.deepEqual([live.tripped, recovered.tripped], [true, true]);
  assert.equal(recovered.risk.dailyPnl, live.risk.dailyPnl);
});
