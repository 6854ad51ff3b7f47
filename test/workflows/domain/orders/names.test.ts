/** Whose an order is by its client id, and that one without is nobody's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  isOursByName,
  isUnnamed,
  nameWithoutClientId,
  venueIdInName,
} from '../../../../workflows/domain/orders/names.js';

test('an order without a client id is never ours by its name, whatever the prefix', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(10), (venueOrderId, length) => {
      const clientOrderId = nameWithoutClientId(venueOrderId);
      assert.ok(isUnnamed({ clientOrderId }));
      assert.equal(venueIdInName({ clientOrderId }), venueOrderId);
      const prefix = clientOrderId.slice(0, length);
      assert.equal(isOursByName({ venue: 'kraken', clientOrderId }, prefix), false);
    }),
  );
});

test('an order is ours where its client id begins with the prefix', () => {
  assert.equal(isOursByName({ venue: 'kraken', clientOrderId: 'vx-1' }, 'v'), true);
  assert.equal(isOursByName({ venue: 'kraken', clientOrderId: 'rl-1' }, 'rl-'), true);
  assert.equal(isOursByName({ venue: 'kraken', clientOrderId: 'web-1' }, 'rl-'), false);
  assert.equal(venueIdInName({ clientOrderId: 'rl-1' }), null);
});
