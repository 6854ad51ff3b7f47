/** What is said although figures are equal, and what needs no line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  reconcile,
  type ReconciliationLine,
} from '../../../../workflows/domain/reconciliation/reconciliation.js';
import type { Snapshot } from '../../../../workflows/domain/books/snapshot.js';
import type { EngineState } from '../../../../workflows/domain/books/state.js';
import {
  balance,
  engineState,
  fill,
  PERPETUAL,
  position,
  readable,
  snapshot,
} from '../builders.js';

function run(internal: Partial<EngineState>, ...venues: Snapshot['venues']) {
  return reconcile(engineState(internal), snapshot(...venues), { tolerance: '0.0001' });
}

function verdicts(lines: readonly ReconciliationLine[]): string[] {
  return lines.map(({ venue, item, verdict }) => `${venue} ${item}: ${verdict}`);
}

const opened = fill({ venue: 'gamma', instrument: PERPETUAL, tradeId: 'o', quantity: '5' });
const liquidated = { ...opened, tradeId: 'l', side: 'sell', forced: 'liquidation' } as const;

test('a position opened and liquidated since the checkpoint has its line, though it is flat', () => {
  const { lines } = run({}, readable('gamma', { fills: [opened, liquidated] }));
  assert.deepEqual(verdicts(lines), [`gamma ${PERPETUAL}: match`]);
  assert.deepEqual([lines[0]?.forced, lines[0]?.internal, lines[0]?.exchange], ['5', '0', '0']);
});

test('a position opened and closed by ourselves since the checkpoint needs no line', () => {
  const closed = { ...opened, tradeId: 'c', side: 'sell' } as const;
  assert.deepEqual(run({}, readable('gamma', { fills: [opened, closed] })).lines, []);
});

test('a forced sale of a spot holding shows at the asset that was sold', () => {
  const fills = [fill({ side: 'sell', quantity: '3', price: '100', forced: 'liquidation' })];
  const { lines } = run(
    { balances: [balance({ asset: 'BTC', total: '3' })] },
    readable('alpha', { balances: [balance({ total: '300' })], fills }),
  );
  assert.deepEqual(
    lines.map(({ item, forced }) => [item, forced]),
    [
      ['BTC', '3'],
      ['USDT', '0'],
    ],
  );
});

test('figures that are equal although a fill moved them are a difference', () => {
  const positions = [position()];
  const fills = [fill({ venue: 'gamma', instrument: PERPETUAL })];
  const { lines } = run({ positions }, readable('gamma', { positions, fills }));
  assert.deepEqual(verdicts(lines), [`gamma ${PERPETUAL}: unexplained`]);
  assert.equal(lines[0]?.unexplained, '-1');
});

test('balances that come out without cash flows say so, where none were read', () => {
  const balances = [balance()];
  const unknownsOf = (total: string, cashFlows: [] | null) =>
    run({ balances }, readable('alpha', { balances: [balance({ total })], cashFlows })).unknowns;
  const said =
    'funding, transfers and fees at alpha were not read: the balances came out without them';
  assert.deepEqual(unknownsOf('1000', null), [said]);
  assert.deepEqual(unknownsOf('1000', []), []);
  assert.deepEqual(unknownsOf('1', null), []);
});

test('a spot fill off the quantity step of its market is said', () => {
  const spec = { instrument: 'BTC/USDT', quantityStep: '0.01', priceTick: null };
  const instruments = [{ ...spec, minNotional: null, contractSize: '1', inverse: false }];
  const fills = [fill({ quantity: '0.015' }), fill({ tradeId: 't-2', quantity: '0.020' })];
  const { unknowns } = run({}, readable('alpha', { fills, instruments, cashFlows: [] }));
  assert.deepEqual(unknowns, [
    'alpha BTC/USDT: fill t-1 of 0.015 is no whole number of steps of 0.01',
  ]);
});

test('both legs of a trade with ourselves explain their side, once, under one id', () => {
  const held = (long: string, short: string) => [
    position({ side: 'long', quantity: long }),
    position({ side: 'short', quantity: short }),
  ];
  const leg = { venue: 'gamma', instrument: PERPETUAL, tradeId: '7' };
  const fills = [
    fill({ ...leg, side: 'sell', positionSide: 'short' }),
    fill({ ...leg, positionSide: 'long' }),
  ];
  const told = readable('gamma', { positions: held('2', '-2'), fills });
  const { lines, state } = run({ positions: held('1', '-1') }, told);
  assert.deepEqual(
    lines.map(({ verdict }) => verdict),
    ['explained', 'explained'],
  );
  assert.deepEqual(state.appliedFills, { gamma: [`main|${PERPETUAL}|7`] });
  assert.equal(run(state, told).fillsApplied, 0);
});

test('a balance that is owed is said: a checkpoint that holds it is refused, ours too', () => {
  const owed = balance({ venue: 'gamma', asset: 'ETH', total: '-1.5' });
  const { lines, unknowns } = run({ balances: [owed] }, readable('gamma', { balances: [owed] }));
  assert.deepEqual(verdicts(lines), ['gamma ETH: match']);
  assert.equal(
    unknowns.filter((one) => /^gamma ETH: a balance of -1.5 is owed/.test(one)).length,
    1,
  );
});
