/** When two entry prices agree, and what differing ones change. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reconcile } from '../../../../workflows/domain/reconciliation/reconciliation.js';
import type { Fill, Position } from '../../../../workflows/domain/books/state.js';
import {
  balance,
  engineState,
  fill,
  PERPETUAL,
  position,
  readable,
  snapshot,
} from '../builders.js';

function run(ours: Partial<Position>, theirs: Partial<Position>[], fills: Fill[] = []) {
  const { lines, state } = reconcile(
    engineState({ positions: [position(ours)] }),
    snapshot(readable('gamma', { positions: theirs.map(position), fills })),
    { tolerance: '0.0001' },
  );
  const [line] = lines;
  return { line, state, ...line?.entryPrice };
}

test('prices agree within a ten-thousandth of the venue’s, itself included', () => {
  const differs = (averagePrice: string) =>
    run({ averagePrice }, [{ averagePrice: '60000' }]).line?.entryPriceDiffers;
  assert.deepEqual(['60006', '59994', '60006.00000001', '59993.9'].map(differs), [
    false,
    false,
    true,
    true,
  ]);
});

test('what rounding to eight decimals does to a small price is no difference', () => {
  const differs = (averagePrice: string) =>
    run({ averagePrice }, [{ averagePrice: '0.00001' }]).line?.entryPriceDiffers;
  assert.deepEqual(['0.00001001', '0.00001002'].map(differs), [false, true]);
});

test('a differing entry price is reported, and the verdict stays that of the quantity', () => {
  const { line, relativeDifference } = run({ averagePrice: '66000' }, [{ averagePrice: '60000' }]);
  assert.deepEqual([line?.verdict, relativeDifference], ['match', '0.1']);
});

test('ours is compared after the fills since', () => {
  const since = fill({ venue: 'gamma', instrument: PERPETUAL, quantity: '2', price: '62000' });
  const { line, internal } = run({}, [{ quantity: '4', averagePrice: '61000' }], [since]);
  assert.deepEqual(
    [line?.verdict, internal, line?.entryPriceDiffers],
    ['explained', '61000', false],
  );
});

test('a price that one side does not know differs from nothing, and ours is kept', () => {
  const { line, state, relativeDifference } = run({}, [{ averagePrice: null }]);
  assert.deepEqual([line?.entryPriceDiffers, relativeDifference], [false, null]);
  assert.equal(state.positions[0]?.averagePrice, '60000');
});

test('ours is not kept for a quantity that nothing explains', () => {
  const { state } = run({}, [{ quantity: '5', averagePrice: null }]);
  assert.equal(state.positions[0]?.averagePrice, null);
});

test('rows under one key add up, as the lots of a margin position', () => {
  const lots = [
    { quantity: '1', averagePrice: '50000' },
    { quantity: '3', averagePrice: '60000' },
  ];
  const { line, state, exchange } = run({}, lots);
  assert.deepEqual([line?.exchange, exchange, state.positions.length], ['4', '57500', 1]);
  const mixed = run({}, [lots[0] ?? {}, { quantity: '-3', averagePrice: '60000' }]);
  assert.deepEqual([mixed.line?.exchange, mixed.exchange], ['-2', null]);
});

test('balances under one key add up too', () => {
  const { lines } = reconcile(
    engineState(),
    snapshot(readable('alpha', { balances: [balance({ total: '1' }), balance({ total: '2' })] })),
    { tolerance: '0.0001' },
  );
  assert.deepEqual(
    lines.map(({ exchange }) => exchange),
    ['3'],
  );
});

test('a fill that undid itself unseen is in doubt, although both sides are flat', () => {
  const lonely = fill({ venue: 'gamma', instrument: PERPETUAL, quantity: '2' });
  const { lines } = reconcile(engineState(), snapshot(readable('gamma', { fills: [lonely] })), {
    tolerance: '0.0001',
  });
  assert.deepEqual(
    lines.map(({ item, unexplained, verdict }) => [item, unexplained, verdict]),
    [[PERPETUAL, '-2', 'unexplained']],
  );
});

test('quantity that the venue closed by force is told', () => {
  const forced = fill({
    venue: 'gamma',
    instrument: PERPETUAL,
    side: 'sell',
    quantity: '2',
    forced: 'liquidation',
  });
  const { line } = run({}, [], [forced]);
  assert.deepEqual([line?.forced, line?.verdict], ['2', 'explained']);
});
