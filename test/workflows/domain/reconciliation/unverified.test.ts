/** A state that was made of what the venues tell proves nothing by agreeing with them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  countVerdicts,
  reconcile,
} from '../../../../workflows/domain/reconciliation/reconciliation.js';
import { reconstruct } from '../../../../workflows/domain/reconciliation/origin/reconstruction.js';
import { summaryOf } from '../../../../workflows/domain/reconciliation/summary.js';
import type { Snapshot } from '../../../../workflows/domain/books/snapshot.js';
import type { Fill } from '../../../../workflows/domain/books/state.js';
import {
  balance,
  engineState,
  fill,
  PERPETUAL,
  position,
  readable,
  snapshot,
  unreadable,
} from '../builders.js';

const RULES = { tolerance: '0.0001', cashAssets: ['USDT'] };
const MARKS = { marks: { [PERPETUAL]: '60000', 'BTC/USDT': '60000' } };
const HELD = snapshot(
  readable('gamma', { positions: [position()], balances: [balance({ venue: 'gamma' })], ...MARKS }),
  readable('alpha', {
    balances: [balance({ asset: 'BTC', total: '3' }), balance({ asset: 'XYZ', total: '1' })],
    ...MARKS,
  }),
);

/** As a recovery without a checkpoint does: one reading makes the state, another is compared with it. */
function afterNothing(first: Snapshot, second: Snapshot = first) {
  const { state } = reconstruct(first, 'engine');
  return reconcile(state, second, { ...RULES, asOfMs: first.takenAtMs, independent: false });
}

test('no figure of such a state is called equal: each is counted, the weightiest first', () => {
  const result = afterNothing(HELD);
  const counts = { match: 0, explained: 0, dust: 0, unverified: 4, unexplained: 0, unknown: 0 };
  assert.deepEqual(countVerdicts(result.lines), counts);
  const { unverified } = summaryOf(result);
  assert.equal(unverified?.count, 4);
  assert.deepEqual(
    unverified?.figures.map(({ venue, item, held, worth }) => [venue, item, held, worth]),
    [
      ['alpha', 'XYZ', '1', null],
      ['alpha', 'BTC', '3', '180000'],
      ['gamma', PERPETUAL, '2', '120000'],
      ['gamma', 'USDT', '1000', '1000'],
    ],
  );
});

test('the same figures against a state of our own are equal, and nothing of them is unverified', () => {
  const { state } = reconstruct(HELD, 'engine');
  const result = reconcile(state, HELD, RULES);
  assert.equal(countVerdicts(result.lines).match, 4);
  assert.equal(result.unverified, null);
});

test('what a fill explains since then is unverified in what it rests on, and is one question', () => {
  const bought = fill({ venue: 'gamma', instrument: PERPETUAL, quantity: '1', timeMs: 3000 });
  const moved = readable('gamma', {
    positions: [position({ quantity: '3' })],
    balances: [balance({ venue: 'gamma' })],
    fills: [bought],
    ...MARKS,
  });
  const [, alpha] = HELD.venues;
  assert.ok(alpha !== undefined);
  const later = afterNothing(HELD, snapshot(moved, alpha));
  assert.equal(countVerdicts(later.lines).unverified, 4);
  assert.equal(later.unverified?.digest, afterNothing(HELD).unverified?.digest);
});

test('what differs between two readings, or cannot be read, keeps its own verdict', () => {
  const { lines } = afterNothing(
    HELD,
    snapshot(readable('gamma', { positions: [position({ quantity: '5' })] }), unreadable('alpha')),
  );
  assert.deepEqual(
    lines.map(({ item, verdict }) => `${item} ${verdict}`).toSorted(),
    ['BTC unknown', `${PERPETUAL} unexplained`, 'USDT unexplained', 'XYZ unknown'].toSorted(),
  );
});

test('a breaker of which no checkpoint tells is not known, unless the engine has none', () => {
  assert.equal(reconstruct(HELD, 'engine').state.risk.breakerLatched, null);
  const none = reconstruct(HELD, 'none');
  assert.equal(none.state.risk.breakerLatched, false);
  assert.doesNotMatch(none.unknowns.join(), /breaker/);
  assert.equal(reconstruct(HELD).state.risk.breakerLatched, false, 'as an earlier version asks');
  assert.equal(afterNothing(HELD).state.risk.breakerLatched, null);
});

const AS_OF_MS = 100_000;

test('of a venue whose fills the state does not name, equal is equal, at every figure of the fill', () => {
  const eth = (total: string) => balance({ venue: 'binance', asset: 'ETH', total });
  const cash = balance({ venue: 'binance', asset: 'USDT', total: '500' });
  const sold = fill({
    venue: 'binance',
    instrument: 'ETH/USDT',
    side: 'sell',
    quantity: '0.2',
    price: '3001.04',
    timeMs: AS_OF_MS - 60_000,
  });
  const internal = engineState({ balances: [eth('10000'), cash], appliedFills: {} });
  const told = readable('binance', { balances: [eth('10000'), cash], fills: [sold] });
  const { lines } = reconcile(internal, snapshot(told), { ...RULES, asOfMs: AS_OF_MS });
  assert.deepEqual(
    lines.map(({ item, verdict, unexplained }) => [item, verdict, unexplained]),
    [
      ['ETH', 'match', '0'],
      ['USDT', 'match', '0'],
    ],
  );
});

/** Fills at whole seconds around the state's time, of which the engine holds the first so many. */
const moments = fc.record({
  fills: fc.array(
    fc.record({
      atS: fc.integer({ min: 40, max: 130 }),
      buys: fc.boolean(),
      quantity: fc.integer({ min: 1, max: 9 }),
    }),
    { maxLength: 8 },
  ),
  held: fc.nat({ max: 8 }),
  lost: fc.integer({ min: 0, max: 30 }),
});

const AS_OF_S = AS_OF_MS / 1000;
const SKEW_S = 10;

test('whatever such an engine holds, what is explained is true and what was lost is asked about', () => {
  fc.assert(
    fc.property(moments, ({ fills: given, held, lost }) => {
      const rows = given.toSorted((a, b) => a.atS - b.atS);
      const signed = rows.map(({ buys, quantity }) => (buys ? quantity : -quantity));
      const mayHold = rows.filter(({ atS }) => atS <= AS_OF_S + SKEW_S).length;
      const inIt = Math.min(held, mayHold);
      const sum = (part: number[]) => part.reduce((total, each) => total + each, 100);
      const internal = engineState({
        positions: [position({ quantity: `${sum(signed.slice(0, inIt))}` })],
      });
      const fills = rows.map(({ atS, buys, quantity }, index): Fill =>
        fill({
          venue: 'gamma',
          instrument: PERPETUAL,
          tradeId: `t-${index}`,
          side: buys ? 'buy' : 'sell',
          quantity: `${quantity}`,
          timeMs: atS * 1000,
        }),
      );
      const truth = `${sum(signed) + lost * 1000}`; // beyond what any fills come to
      const told = readable('gamma', { positions: [position({ quantity: truth })], fills });
      const { lines, state } = reconcile(internal, snapshot(told), { ...RULES, asOfMs: AS_OF_MS });
      const [line] = lines;
      assert.ok(line !== undefined);
      assert.equal(line.verdict === 'unexplained', lost > 0);
      if (lost === 0) assert.equal(line.unexplained, '0');
      const parts = [line.internal, line.explainedByFills, line.unexplained ?? ''].map(Number);
      assert.equal(
        parts.reduce((total, each) => total + each, 0),
        Number(truth),
      );
      assert.equal(state.positions[0]?.quantity ?? '0', truth);
    }),
    { numRuns: 300 },
  );
});
