/** What a reconciliation comes to, in the few figures that a history keeps. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reconcile } from '../../../../workflows/domain/reconciliation/reconciliation.js';
import { differingItems, summaryOf } from '../../../../workflows/domain/reconciliation/summary.js';
import { balance, engineState, readable, snapshot } from '../builders.js';

function reconciled(total: string, mark: string) {
  const marks = { 'BTC/USDT': mark };
  const venue = readable('alpha', { balances: [balance({ asset: 'BTC', total })], marks });
  const rules = { tolerance: '0.0001', cashAssets: ['USDT'] };
  return reconcile(engineState(), snapshot(venue), rules);
}

test('one dispute has one digest, whatever its worth, and another amount has another', () => {
  const digestOf = (total: string, mark: string) => summaryOf(reconciled(total, mark)).disputed;
  assert.equal(digestOf('1', '60000'), digestOf('1', '61000'));
  assert.notEqual(digestOf('1', '60000'), digestOf('2', '60000'));
});

test('what differs is counted, shown and named', () => {
  const result = reconciled('1', '60000');
  const { counts, worst } = summaryOf(result);
  assert.deepEqual([counts.unexplained, counts.match], [1, 0]);
  assert.deepEqual(worst, result.lines);
  assert.deepEqual(differingItems(result.lines), ['alpha BTC']);
});

test('a history keeps twenty doubts, and how many more there are', () => {
  const unknowns = Array.from({ length: 23 }, (_, i) => `doubt ${i}`);
  const kept = summaryOf({ ...reconciled('1', '60000'), unknowns }).unknowns ?? [];
  assert.equal(kept.length, 21);
  assert.equal(kept.at(-1), '3 more doubts of the reconciliation');
});
