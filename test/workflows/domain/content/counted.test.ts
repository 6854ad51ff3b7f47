/** One thing is one thing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counted } from '../../../../workflows/domain/content/counted.js';

test('one is said as one, and none and more as many', () => {
  assert.equal(counted(1, 'order is', 'orders are'), '1 order is');
  assert.equal(counted(0, 'difference'), '0 differences');
  assert.equal(counted(2, 'order is', 'orders are'), '2 orders are');
});
