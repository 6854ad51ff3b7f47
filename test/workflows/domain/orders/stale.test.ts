/** How far from the mark an order's price is stale. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { staleOrders } from '../../../../workflows/domain/orders/stale.js';
import { pricingOf } from '../../../../workflows/domain/books/pricing.js';
import type { Order } from '../../../../workflows/domain/books/state.js';
import { order } from '../builders.js';
import { magnitude, toText, toUnits } from '../exact.js';

function judge(change: Partial<Order>, mark: string | null = '100') {
  const marks: Record<string, string> = mark === null ? {} : { 'BTC/USDT': mark };
  const pricing = pricingOf([{ venue: 'alpha', account: 'main', marks }], []);
  const [found] = staleOrders([order(change)], pricing, '0.05');
  return found === undefined ? null : [found.verdict, found.deviation, found.crosses];
}

test('the limit itself still passes, beyond it a price is stale', () => {
  assert.equal(judge({ price: '95' }), null);
  assert.equal(judge({ price: '105' }), null);
  assert.deepEqual(judge({ price: '94.99' }), ['stale', '0.0501', false]);
});

test('on the far side of the mark an order would trade at once', () => {
  assert.deepEqual(judge({ side: 'buy', price: '110' }), ['stale', '0.1', true]);
  assert.deepEqual(judge({ side: 'sell', price: '90' }), ['stale', '0.1', true]);
  assert.deepEqual(judge({ side: 'sell', price: '110' }), ['stale', '0.1', false]);
});

test('without a mark nothing is known, and that is said', () => {
  assert.deepEqual(judge({ price: '100' }, null), ['unknown', null, false]);
  assert.deepEqual(judge({ price: '100' }, '0'), ['unknown', null, false]);
});

test('an order without a price, or waiting for its trigger, is not judged', () => {
  assert.equal(judge({ price: null }, null), null);
  assert.equal(judge({ price: '1', conditional: true }), null);
});

test('agrees with integers on every price and mark', () => {
  const prices = fc.integer({ min: 1, max: 10 ** 6 }).map((n) => toText(BigInt(n), 2));
  fc.assert(
    fc.property(prices, prices, fc.constantFrom('buy', 'sell'), (price, mark, side) => {
      const off = magnitude(toUnits(price) - toUnits(mark)) * 20n > toUnits(mark);
      const crosses =
        side === 'buy' ? toUnits(price) > toUnits(mark) : toUnits(price) < toUnits(mark);
      const found = judge({ price, side }, mark);
      assert.equal(found !== null, off);
      if (off) assert.equal(found?.[2], crosses);
    }),
    { numRuns: 1000, seed: 11 },
  );
});

test('a mark of another account of the venue makes nothing stale, and none near', () => {
  const marks = { 'BTC/USDT': '100' };
  const pricing = pricingOf([{ venue: 'alpha', account: 'other', marks }], []);
  const verdicts = staleOrders([order({ price: '1' })], pricing, '0.05').map((one) => one.verdict);
  assert.deepEqual(verdicts, ['unknown']);
});
