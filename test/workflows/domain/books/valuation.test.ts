/** Worth and gain of a position, in its quote currency. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notionalOf, unrealizedPnlOf } from '../../../../workflows/domain/books/valuation.js';

const INVERSE = { contractSize: '1', inverse: true };

test('worth is quantity times price times the size of a contract, and keeps its sign', () => {
  assert.equal(notionalOf('-2', '60000.5'), '-120001');
  assert.equal(notionalOf('10', '3000', { contractSize: '0.01', inverse: false }), '300');
  assert.equal(notionalOf('700', '3000', INVERSE), '700');
  assert.equal(notionalOf('700', null, INVERSE), '700');
  assert.equal(notionalOf('1', null), null);
});

test('a position gains with its side, and what has no price has no gain', () => {
  const long = { quantity: '2', averagePrice: '100' };
  assert.equal(unrealizedPnlOf(long, '110'), '20');
  assert.equal(unrealizedPnlOf({ ...long, quantity: '-2' }, '110'), '-20');
  assert.equal(unrealizedPnlOf({ ...long, averagePrice: null }, '110'), null);
  assert.equal(unrealizedPnlOf(long, null), null);
  // 1,000 contracts of 1 USD bought at 20,000 and worth 25,000: 1000 × (1/20000 − 1/25000) BTC.
  const inverse = { quantity: '1000', averagePrice: '20000' };
  assert.equal(unrealizedPnlOf(inverse, '25000', INVERSE), '0.01');
});
