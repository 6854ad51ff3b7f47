/** The daily result and the risk breaker after the fills since the checkpoint. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupFills } from '../../../../workflows/domain/books/fills.js';
import { reconcile } from '../../../../workflows/domain/reconciliation/reconciliation.js';
import {
  riskAfterFills,
  withLatch,
  type RiskRules,
} from '../../../../workflows/domain/reconciliation/risk-state.js';
import type { EngineState, Fill, RiskState } from '../../../../workflows/domain/books/state.js';
import {
  balance,
  engineState,
  fill,
  PERPETUAL,
  position,
  readable,
  snapshot,
} from '../builders.js';

const lost = fill({
  instrument: PERPETUAL,
  realizedPnl: '-120.5',
  fee: { asset: 'USDT', amount: '0.5' },
});
const RISK = { dailyPnl: '100', breakerLatched: true };
const CASH = { cashAssets: ['USDT', 'USD'] };

interface Given extends Pick<RiskRules, 'maxDailyLoss' | 'breaker'> {
  risk?: RiskState;
  held?: string;
}

function after(fills: Fill[], { risk = RISK, held = '0', ...rules }: Given = {}) {
  return riskAfterFills(risk, groupFills(fills), {
    ...CASH,
    ...rules,
    held: (key) => (key.endsWith('|net') ? held : undefined),
  });
}

test('a loss since the checkpoint is in the daily result, its fee too, and the breaker stays', () => {
  assert.deepEqual(after([lost]), {
    risk: { dailyPnl: '-21', breakerLatched: true },
    unknowns: [],
  });
});

test('a fee in another asset is no part of it, and spot fills realise nothing that is told', () => {
  const inCoins = { ...lost, fee: { asset: 'BNB', amount: '9' } };
  assert.equal(after([inCoins]).risk.dailyPnl, '-20.5');
  assert.equal(after([fill()]).risk.dailyPnl, '100');
});

test('a fee of a fill that opens is a cost, though no result is told', () => {
  assert.equal(after([{ ...lost, realizedPnl: null }]).risk.dailyPnl, '99.5');
});

test('a daily result that is not known stays unknown', () => {
  const found = after([lost], { risk: { ...RISK, dailyPnl: null } });
  assert.deepEqual(found, { risk: { ...RISK, dailyPnl: null }, unknowns: [] });
});

test('a fill that names no side, of an instrument held on two, leaves the daily result unknown', () => {
  const one = fill({ instrument: PERPETUAL, side: 'sell', realizedPnl: null });
  const held = (key: string) => (key.endsWith('|long') ? '5' : undefined);
  const { risk, unknowns } = riskAfterFills(RISK, groupFills([one]), { ...CASH, held });
  assert.equal(risk.dailyPnl, null);
  assert.match(unknowns.join(), /fills that name neither the long nor the short side/);
  const told = riskAfterFills(RISK, groupFills([lost]), { ...CASH, held });
  assert.equal(told.risk.dailyPnl, '-21');
  const named = fill({ ...one, positionSide: 'short' });
  assert.equal(riskAfterFills(RISK, groupFills([named]), { ...CASH, held }).risk.dailyPnl, '100');
});

const UNTOLD: readonly [string, Partial<Fill>[], string, string | null][] = [
  ['closes a long', [{ side: 'sell', quantity: '3' }], '2', '2'],
  ['closes a part of a short', [{ side: 'buy', quantity: '3' }], '-5', '3'],
  ['opens, and the next one closes', [{ quantity: '3' }, { side: 'sell' }], '0', '1'],
  ['opens', [{ quantity: '3' }], '0', null],
  ['adds', [{ side: 'sell' }], '-1', null],
];

for (const [what, changes, held, closed] of UNTOLD) {
  test(`a fill without a result that ${what}: closed without a result: ${closed}`, () => {
    const fills = changes.map((change, index) =>
      fill({ instrument: PERPETUAL, tradeId: `t-${index}`, ...change }),
    );
    const { risk, unknowns } = after(fills, { held });
    assert.equal(risk.dailyPnl, closed === null ? '100' : null);
    const why = `daily profit and loss: alpha ${PERPETUAL} closed ${closed}, and no result of it is told`;
    assert.deepEqual(unknowns, closed === null ? [] : [why]);
  });
}

test('a result in an asset that is no cash cannot be added up, and is named', () => {
  const inverse = fill({ instrument: 'BTC/USD:BTC', realizedPnl: '-2' });
  const { risk, unknowns } = after([inverse]);
  assert.equal(risk.dailyPnl, null);
  assert.deepEqual(unknowns, [
    'daily profit and loss: alpha BTC/USD:BTC earned -2 BTC, which is no cash asset',
  ]);
  assert.equal(after([{ ...inverse, realizedPnl: '0' }]).risk.dailyPnl, '100');
});

for (const [realizedPnl, latched] of [
  ['-1100', false],
  ['-1100.00000001', true],
] as const) {
  test(`100 and a loss of ${realizedPnl} with a limit of 1000: latched is ${latched}`, () => {
    const fills = [fill({ instrument: PERPETUAL, realizedPnl })];
    const venues = snapshot(readable('alpha', { fills }));
    const internal = engineState({ risk: { dailyPnl: '100', breakerLatched: false } });
    const rules = { tolerance: '0.0001', ...CASH };
    const latchedBy = (maxDailyLoss?: string) =>
      reconcile(internal, venues, { ...rules, maxDailyLoss }).state.risk.breakerLatched;
    assert.deepEqual([latchedBy('1000'), latchedBy()], [latched, false]);
  });
}

test('a loss beyond the limit latches, though another result is not known', () => {
  const fills = [lost, fill({ instrument: 'BTC/USD:BTC', realizedPnl: '1' })];
  const { risk } = riskAfterFills({ dailyPnl: '0', breakerLatched: false }, groupFills(fills), {
    ...CASH,
    maxDailyLoss: '100',
  });
  assert.deepEqual(risk, { dailyPnl: null, breakerLatched: true });
});

test('a reconciliation counts each fill once, and those that the state holds not again', () => {
  const venues = snapshot(readable('alpha', { fills: [lost, lost] }));
  const rules = { tolerance: '0.0001', ...CASH };
  const first = reconcile(engineState({ risk: RISK }), venues, rules);
  assert.equal(first.state.risk.dailyPnl, '-21');
  const again = reconcile(first.state, venues, rules);
  assert.equal(again.state.risk.dailyPnl, '-21');
});

const AS_OF_MS = 100_000;
const closing = fill({
  venue: 'gamma',
  instrument: PERPETUAL,
  side: 'sell',
  realizedPnl: '-900',
  timeMs: 1000,
});

interface Change extends Partial<Fill> {
  /** Of the state, which names others, or none at all. */
  appliedFills?: EngineState['appliedFills'];
}

/** 2 held and 5000 of cash inside; what the venue holds, and one old fill that nothing names. */
function unnamed(quantity: string, total: string, given: Change = {}) {
  const { appliedFills = { gamma: [] }, ...change } = given;
  const internal = engineState({
    appliedFills,
    positions: [position({ quantity: '2' })],
    balances: [balance({ venue: 'gamma', total: '5000' })],
    risk: { dailyPnl: '-900', breakerLatched: false },
  });
  const truth = {
    positions: [position({ quantity })],
    balances: [balance({ venue: 'gamma', total })],
    fills: [{ ...closing, ...change }],
  };
  const rules = { tolerance: '0.0001', asOfMs: AS_OF_MS, ...CASH };
  const { lines, state, unknowns } = reconcile(internal, snapshot(readable('gamma', truth)), rules);
  const verdicts = lines.map(({ kind, verdict }) => `${kind} ${verdict}`);
  return { verdicts, lines, dailyPnl: state.risk.dailyPnl, unknowns: unknowns.join('\n') };
}

test('an old fill that is not named and is in the figures is a difference, and booked nowhere', () => {
  const { verdicts, dailyPnl, unknowns } = unnamed('2', '5000');
  assert.deepEqual(verdicts, ['position unexplained', 'balance unexplained']);
  assert.equal(dailyPnl, null);
  assert.match(unknowns, /has fills older than the state, which may have counted them/);
  assert.match(unknowns, /-1 is of fills older than the state.*so it may hold them already/);
});

test('an old fill that is not named and is missing everywhere counts, and is said', () => {
  const { verdicts, dailyPnl, unknowns } = unnamed('1', '4100');
  assert.deepEqual(verdicts, ['position explained', 'balance explained']);
  assert.equal(dailyPnl, '-1800');
  assert.match(unknowns, /gamma BTC\/USDT:USDT: -1 is of fills older than the state/);
  assert.doesNotMatch(unknowns, /may hold them already/);
});

test('an old fill that only the position lacks is in doubt, and booked nowhere', () => {
  const { verdicts, dailyPnl } = unnamed('1', '5000');
  assert.deepEqual(verdicts, ['position explained', 'balance unexplained']);
  assert.equal(dailyPnl, null);
});

const NAMES_NONE = { appliedFills: {} };

test('a fill that an engine which names none holds already is equal, and its result is counted', () => {
  const { verdicts, dailyPnl, unknowns } = unnamed('2', '5000', NAMES_NONE);
  assert.deepEqual(verdicts, ['position match', 'balance match']);
  assert.equal(dailyPnl, '-900');
  assert.match(unknowns, /-1 is of fills that it is taken to hold: the state names no fills/);
});

test('a fill that an engine which names none has missed counts once', () => {
  const { verdicts, dailyPnl, unknowns } = unnamed('1', '4100', NAMES_NONE);
  assert.deepEqual(verdicts, ['position explained', 'balance explained']);
  assert.equal(dailyPnl, '-1800');
  assert.doesNotMatch(unknowns, /taken to hold/);
});

test('a fill that only one figure of such an engine holds leaves its result unknown', () => {
  const { verdicts, dailyPnl } = unnamed('1', '5000', NAMES_NONE);
  assert.deepEqual(verdicts, ['position explained', 'balance match']);
  assert.equal(dailyPnl, null);
});

test('what is surely later than the state is never taken to be in it', () => {
  const { verdicts, dailyPnl } = unnamed('2', '5000', { ...NAMES_NONE, timeMs: AS_OF_MS + 10_001 });
  assert.deepEqual(verdicts, ['position unexplained', 'balance unexplained']);
  assert.equal(dailyPnl, '-1800');
});

test('a result that became unknown leaves the breaker unknown, where a limit could have latched it', () => {
  const untold = { ...lost, realizedPnl: null };
  const released = { dailyPnl: '-10', breakerLatched: false };
  const latch = (rules: Given) =>
    after([untold], { risk: released, held: '-5', ...rules }).risk.breakerLatched;
  assert.equal(latch({ maxDailyLoss: '800', breaker: 'engine' }), null);
  assert.equal(latch({ maxDailyLoss: '800', breaker: 'none' }), false);
  assert.equal(latch({ maxDailyLoss: '800' }), false, 'as an earlier version asks');
  assert.equal(latch({ breaker: 'engine' }), false, 'no limit, no latch');
  const risk = { dailyPnl: '-900', breakerLatched: true };
  assert.equal(latch({ risk, maxDailyLoss: '1000', breaker: 'engine' }), true);
});

test('a breaker that nobody knows is handed to an engine latched, and only that', () => {
  const latched = (breakerLatched: boolean | null) =>
    withLatch({ risk: { dailyPnl: null, breakerLatched } }).risk.breakerLatched;
  assert.deepEqual([latched(null), latched(false), latched(true)], [true, false, true]);
});

test('a fill of the last seconds before the state is one that it had not read yet', () => {
  const { verdicts, dailyPnl, unknowns } = unnamed('1', '4100', { timeMs: AS_OF_MS - 9_999 });
  assert.deepEqual(verdicts, ['position explained', 'balance explained']);
  assert.equal(dailyPnl, '-1800');
  assert.doesNotMatch(unknowns, /older than the state/);
});

test('a result that was paid in another asset than the contract settles in is counted as that', () => {
  const risk = { dailyPnl: '-20000', breakerLatched: false };
  const inCoins = { ...lost, realizedPnl: '0.5263', realizedAsset: 'BTC', fee: null };
  const { risk: unknown, unknowns } = after([inCoins], { risk });
  assert.equal(unknown.dailyPnl, null);
  assert.match(unknowns.join(), /earned 0\.5263 BTC, which is no cash asset/);
  const inDollars = { ...inCoins, realizedPnl: '100', realizedAsset: 'USD' };
  assert.equal(after([inDollars], { risk }).risk.dailyPnl, '-19900');
  const fees = [
    { asset: 'BTC', amount: '0.1' },
    { asset: 'USD', amount: '2' },
  ];
  const charged = { ...inDollars, fee: { asset: 'USD', amount: '1' }, otherFees: fees };
  assert.equal(after([charged], { risk }).risk.dailyPnl, '-19903');
});
