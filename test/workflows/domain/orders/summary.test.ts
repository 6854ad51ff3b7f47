/** What recovered orders come to, for a history and for people. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Resolution } from '../../../../workflows/domain/orders/resolution.js';
import { summaryOf, warningsOf } from '../../../../workflows/domain/orders/fate/summary.js';
import { hasDeadManSwitch } from '../../../../workflows/domain/policy/policy.js';
import { engineState, order, position, readable, snapshot } from '../builders.js';
import {
  warningLines,
  warningRank,
} from '../../../../workflows/domain/orders/fate/warning-lines.js';

function resolution(kind: Resolution['kind'], clientOrderId: string): Resolution {
  const { venue, account, instrument, venueOrderId, quantity } = order();
  const filled = { filledBefore: '0', filledNow: '0' };
  const at = { venue, account, instrument, clientOrderId, venueOrderId, quantity };
  return { kind, ...at, ...filled, note: '' };
}

test('the first few are shown, and the digest is over all of them', () => {
  const many = Array.from({ length: 25 }, (_, i) => resolution('unknown', `mine-${i}`));
  const all = summaryOf([...many, resolution('foreign', 'x'), resolution('filled', 'y')]);
  assert.deepEqual([all.counts.unknown, all.counts.foreign, all.counts.filled], [25, 1, 1]);
  assert.deepEqual(all.unknown, many.slice(0, 20));
  assert.notEqual(all.unknownDigest, summaryOf(many.slice(0, 24)).unknownDigest);
  assert.equal(all.unknownDigest, summaryOf(many).unknownDigest);
  assert.notEqual(summaryOf([]).unknownDigest, summaryOf([]).foreignDigest);
});

function staleAt(mark: string | undefined) {
  const marks: Record<string, string> = mark === undefined ? {} : { 'BTC/USDT': mark };
  const venues = snapshot(readable('alpha', { marks }));
  const orders = [order({ price: '110', side: 'buy' })];
  return warningsOf(engineState(), {
    orders,
    snapshot: venues,
    brokenLinks: [],
    maxDeviation: '0.05',
  }).stale;
}

test('a stale order is told with its mark, and asked about once however the mark moves', () => {
  assert.deepEqual(staleAt('100').shown, [
    'alpha BTC/USDT buy mine-1 at 110, mark 100 (10 % away), would trade at once',
  ]);
  assert.deepEqual(staleAt(undefined).shown, [
    'alpha BTC/USDT buy mine-1 at 110, of a market without a price',
  ]);
  assert.deepEqual([staleAt('100').unpriced, staleAt(undefined).unpriced], [0, 1]);
  assert.equal(staleAt('100').digest, staleAt('101').digest);
  assert.notEqual(staleAt('100').digest, staleAt('109').digest);
});

test('a position that its stop orders cover no more is told', () => {
  const held = position({ venue: 'alpha', quantity: '2' });
  const { instrument } = held;
  const stop = order({
    instrument,
    side: 'sell',
    type: 'stop_market',
    price: null,
    conditional: true,
    triggerPrice: '50000',
    reduceOnly: true,
  });
  const before = engineState({ positions: [held], orders: [stop] });
  const venues = snapshot(
    readable('alpha', { positions: [held], marks: { [instrument]: '60000' } }),
  );
  const rules = { orders: [], snapshot: venues, brokenLinks: [], maxDeviation: '0.05' };
  const { unprotected, lost } = warningsOf(before, rules);
  const text = 'alpha BTC/USDT:USDT 2: unprotected, stops cover 0';
  assert.deepEqual(unprotected, { count: 1, shown: [text] });
  assert.deepEqual([lost.count, lost.shown], [1, [text]]);
});

test('a dead-man switch may have fired where policy has one, at that venue', () => {
  const rules = {
    containment: 'dead_man_switch',
    containmentAt: { beta: 'none', gamma: 'renew_dead_man_switch' },
  } as const;
  const at = ['alpha', 'beta', 'gamma'].map((venue) => hasDeadManSwitch(rules, venue));
  assert.deepEqual(at, [true, false, true]);
});

test('each warning is a line, what is not shown is counted, and what protects ranks first', () => {
  const digest = '00'.repeat(32);
  const lines = warningLines({
    stale: { count: 22, shown: ['a'], digest },
    unprotected: { count: 4, shown: ['b', 'c'] },
    lost: { count: 1, shown: ['c'], digest },
    brokenLinks: { count: 1, shown: ['d'] },
  });
  assert.deepEqual(lines, [
    'stale order: a',
    'stale order: and 21 more',
    'without stop orders: b',
    'NO LONGER PROTECTED: c',
    'without stop orders: and 2 more',
    'linked orders: d',
  ]);
  assert.deepEqual(
    [...lines, 'journal: e'].toSorted((a, b) => warningRank(a) - warningRank(b)),
    [
      'NO LONGER PROTECTED: c',
      'without stop orders: b',
      'without stop orders: and 2 more',
      'linked orders: d',
      'journal: e',
      'stale order: a',
      'stale order: and 21 more',
    ],
  );
});
