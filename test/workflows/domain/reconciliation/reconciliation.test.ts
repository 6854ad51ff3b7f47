/** One figure against its venue: match, explained, unexplained, and what the state takes over. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecoveryPolicy } from '../../../../workflows/domain/policy/policy.js';
import {
  countVerdicts,
  reconcile,
  type ReconciliationLine,
} from '../../../../workflows/domain/reconciliation/reconciliation.js';
import type { Snapshot } from '../../../../workflows/domain/books/snapshot.js';
import type { EngineState } from '../../../../workflows/domain/books/state.js';
import { balance, engineState, fill, order, PERPETUAL, position } from '../builders.js';
import { readable, snapshot, unreadable } from '../builders.js';

const { tolerance } = RecoveryPolicy.parse({}).reconciliation;

function run(internal: Partial<EngineState>, ...venues: Snapshot['venues']) {
  return reconcile(engineState(internal), snapshot(...venues), { tolerance });
}

function verdicts(lines: readonly ReconciliationLine[]): string[] {
  return lines.map(({ venue, item, verdict }) => `${venue} ${item}: ${verdict}`);
}

test('equal figures match, and the state stays as it was', () => {
  const balances = [balance()];
  const { lines, state } = run({ balances }, readable('alpha', { balances }));
  assert.deepEqual(lines, [
    {
      kind: 'balance',
      venue: 'alpha',
      account: 'main',
      item: 'USDT',
      instrument: null,
      side: null,
      internal: '1000',
      exchange: '1000',
      difference: '0',
      explainedByFills: '0',
      explainedByFlows: '0',
      unexplained: '0',
      notional: '0',
      lots: '0',
      forced: '0',
      entryPrice: null,
      entryPriceDiffers: false,
      verdict: 'match',
    },
  ]);
  assert.deepEqual(state, engineState({ balances }));
});

for (const [total, verdict] of [
  ['1000.0001', 'match'],
  ['999.9999', 'match'],
  ['1000.00010000000001', 'unexplained'],
  ['999.99989999999999', 'unexplained'],
] as const) {
  test(`1000 inside and ${total} at the venue: ${verdict}`, () => {
    const { lines } = run(
      { balances: [balance({ total: '1000' })] },
      readable('alpha', { balances: [balance({ total })] }),
    );
    assert.deepEqual(verdicts(lines), [`alpha USDT: ${verdict}`]);
  });
}

test('the tolerance applies to what fills leave unexplained', () => {
  const fills = [fill({ instrument: PERPETUAL, quantity: '1' })];
  const at = (quantity: string) => {
    const positions = [position({ venue: 'alpha', quantity })];
    const inside = { positions: [position({ venue: 'alpha', quantity: '2' })] };
    return run(inside, readable('alpha', { positions, fills })).lines[0]?.verdict;
  };
  assert.deepEqual(['3.0001', '2.9999', '3.00010001', '2.99989999'].map(at), [
    'explained',
    'explained',
    'unexplained',
    'unexplained',
  ]);
});

test('a difference that fills account for is explained, and the state takes the truth', () => {
  const { lines, state, fillsApplied } = run(
    { balances: [balance(), balance({ asset: 'BTC', total: '1' })] },
    readable('alpha', {
      balances: [balance({ total: '900' }), balance({ asset: 'BTC', total: '2' })],
      fills: [fill({ quantity: '1', price: '100' })],
    }),
  );
  assert.deepEqual(verdicts(lines), ['alpha BTC: explained', 'alpha USDT: explained']);
  assert.deepEqual(
    lines.map(({ explainedByFills }) => explainedByFills),
    ['1', '-100'],
  );
  assert.deepEqual(
    state.balances.map(({ total }) => total),
    ['900', '2'],
  );
  assert.equal(fillsApplied, 1);
});

test('a fill that the state holds already explains nothing', () => {
  const { lines, fillsApplied } = run(
    { balances: [balance({ total: '900' })], appliedFills: { alpha: ['main|BTC/USDT|t-1'] } },
    readable('alpha', { balances: [balance({ total: '800' })], fills: [fill()] }),
  );
  assert.deepEqual(verdicts(lines), ['alpha USDT: unexplained']);
  assert.equal(fillsApplied, 0);
});

test('a position that only the venue knows is found and taken over', () => {
  const positions = [position({ quantity: '-3' })];
  const { lines, state } = run({}, readable('gamma', { positions }));
  assert.deepEqual(verdicts(lines), [`gamma ${PERPETUAL}: unexplained`]);
  assert.deepEqual([lines[0]?.internal, lines[0]?.exchange], ['0', '-3']);
  assert.deepEqual(state.positions, positions);
});

test('a position that the venue does not know is found and dropped', () => {
  const { lines, state } = run({ positions: [position()] }, readable('gamma'));
  assert.deepEqual([lines[0]?.exchange, lines[0]?.verdict], ['0', 'unexplained']);
  assert.deepEqual(state.positions, []);
});

test('offsetting errors on two venues are both found', () => {
  const { lines } = run(
    { balances: [balance({ total: '10' }), balance({ venue: 'beta', total: '10' })] },
    readable('alpha', { balances: [balance({ total: '15' })] }),
    readable('beta', { balances: [balance({ venue: 'beta', total: '5' })] }),
  );
  assert.deepEqual(verdicts(lines), ['alpha USDT: unexplained', 'beta USDT: unexplained']);
  assert.deepEqual(
    lines.map(({ difference }) => difference),
    ['5', '-5'],
  );
});

test('a long and a short of one instrument do not hide each other', () => {
  const { lines } = run(
    {
      positions: [
        position({ side: 'long', quantity: '5' }),
        position({ side: 'short', quantity: '-5' }),
      ],
    },
    readable('gamma'),
  );
  assert.deepEqual(verdicts(lines), [
    `gamma ${PERPETUAL} long: unexplained`,
    `gamma ${PERPETUAL} short: unexplained`,
  ]);
});

test('two accounts of one venue are two places', () => {
  const other = { account: 'other' };
  const { lines } = run(
    { balances: [balance(), balance(other)] },
    readable('alpha', { balances: [balance()] }),
    readable('alpha', { ...other, balances: [balance({ ...other, total: '1' })] }),
  );
  assert.deepEqual(
    lines.map(({ verdict }) => verdict),
    ['match', 'unexplained'],
  );
});

test('a venue that could not be read is unknown, never flat', () => {
  const positions = [position()];
  const { lines, state } = run(
    { positions, balances: [balance()] },
    readable('alpha'),
    unreadable('gamma'),
  );
  const line = lines.find(({ venue }) => venue === 'gamma');
  assert.equal(line?.verdict, 'unknown');
  assert.deepEqual([line?.exchange, line?.difference, line?.unexplained], [null, null, null]);
  assert.equal(line?.internal, '2');
  assert.deepEqual(state.positions, positions);
});

test('what a venue calls zero is dropped from the state', () => {
  const { lines, state } = run(
    { positions: [position()] },
    readable('gamma', {
      positions: [position({ quantity: '0.0' })],
      balances: [balance({ venue: 'gamma', total: '0' })],
    }),
  );
  assert.deepEqual(state.positions, []);
  assert.deepEqual(state.balances, []);
  assert.equal(lines.length, 2);
});

test('remembers the fills it applied beside those of before', () => {
  const { state } = run(
    { appliedFills: { alpha: ['main|BTC/USDT|t-9'], beta: ['b-1'] } },
    readable('alpha', { fills: [fill({ tradeId: 't-1' }), fill({ tradeId: 't-9' })] }),
  );
  const alpha = ['main|BTC/USDT|t-9', 'main|BTC/USDT|t-1'];
  assert.deepEqual(state.appliedFills, { alpha, beta: ['b-1'] });
});

test('leaves orders and risk state to their own steps', () => {
  const internal = { orders: [order()], risk: { dailyPnl: '-7', breakerLatched: true } };
  const { state } = run(internal, readable('alpha', { orders: [order({ filled: '1' })] }));
  assert.deepEqual({ orders: state.orders, risk: state.risk }, internal);
});

test('counts every verdict', () => {
  const { lines } = run(
    { balances: [balance(), balance({ asset: 'BTC' }), balance({ venue: 'beta' })] },
    readable('alpha', { balances: [balance()] }),
    unreadable('beta'),
  );
  const counts = {
    match: 1,
    explained: 0,
    dust: 0,
    unverified: 0,
    unexplained: 1,
    unknown: 1,
  };
  assert.deepEqual(countVerdicts(lines), counts);
});

test('an account that the snapshot does not name is unknown, not flat, and keeps its figures', () => {
  const held = balance({ venue: 'omega', total: '7' });
  const { lines, state } = reconcile(
    engineState({ balances: [held] }),
    snapshot(readable('alpha')),
    {
      tolerance,
    },
  );
  assert.deepEqual(
    lines.map(({ venue, exchange, verdict }) => ({ venue, exchange, verdict })),
    [{ venue: 'omega', exchange: null, verdict: 'unknown' }],
  );
  assert.deepEqual(state.balances, [held]);
});

test('what may stand at the venue under no name of ours is unknown, never flat', () => {
  const dropped = position({ instrument: 'OLD/USDT:USDT' });
  const truth = { positions: [position()], instruments: [] };
  const of = (unnamedPositions: boolean) =>
    reconcile(
      engineState({ positions: [position(), dropped] }),
      snapshot(readable('gamma', { ...truth, ...(unnamedPositions ? { unnamedPositions } : {}) })),
      { tolerance: '0' },
    );
  const verdictOf = (unnamed: boolean) =>
    of(unnamed).lines.find(({ item }) => item === dropped.instrument)?.verdict;
  assert.deepEqual([verdictOf(false), verdictOf(true)], ['unexplained', 'unknown']);
  assert.deepEqual(of(true).state.positions.length, 2);
});
