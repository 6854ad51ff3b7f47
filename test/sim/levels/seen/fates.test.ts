/** An order as the ledger had it while somebody looked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Order } from '../../../../sandbox/venues/ledger/state.js';
import { isFilled, truthsOf } from './fates.js';

const fill = (timeMs: number, quantity: string) => ({ timeMs, quantity }) as Order['fills'][number];

const ORDER = {
  acceptedAtMs: 10,
  updatedAtMs: 40,
  status: 'filled' as const,
  fills: [fill(20, '1'), fill(40, '2')],
};

test('each state of the window is one of its truths', () => {
  assert.deepEqual(truthsOf(ORDER, { fromMs: 11, toMs: 15 }), ['open']);
  assert.deepEqual(truthsOf(ORDER, { fromMs: 15, toMs: 25 }), ['open', 'partly_filled']);
  assert.deepEqual(truthsOf(ORDER, { fromMs: 25, toMs: 45 }), ['partly_filled', 'filled']);
  assert.deepEqual(truthsOf(ORDER, { fromMs: 45, toMs: 50 }), ['filled']);
});

test('what comes while one looks was not there before, and what never came must not come later', () => {
  assert.deepEqual(truthsOf(ORDER, { fromMs: 5, toMs: 15 }), [null, 'open']);
  assert.ok(!truthsOf(ORDER, { fromMs: 5, toMs: Infinity }).includes(null));
});

test('a fill is told as it was at some moment of the window', () => {
  assert.ok(isFilled(ORDER, '0', { fromMs: 11, toMs: 15 }));
  assert.ok(isFilled(ORDER, '1', { fromMs: 25, toMs: 30 }));
  assert.ok(!isFilled(ORDER, '3', { fromMs: 25, toMs: 30 }));
  assert.ok(!isFilled(ORDER, '0', { fromMs: 25, toMs: 30 }));
});
