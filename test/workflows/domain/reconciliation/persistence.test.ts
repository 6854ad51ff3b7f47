/** A difference counts when it stays: over how many looks, and in whose favour. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { OrderDifference } from '../../../../workflows/domain/orders/differences.js';
import {
  LOOKS,
  afterLook,
  persistentOrders,
  stayingIn,
} from '../../../../workflows/domain/reconciliation/persistence.js';

const itself = { idOf: (text: string) => text };

test('what only one of two looks finds does not stay', () => {
  assert.deepEqual(stayingIn(['a', 'b', 'c'], ['d', 'c', 'a'], itself), ['c', 'a']);
  assert.deepEqual(stayingIn([], ['a'], itself), []);
});

test('one id may be another difference by now', () => {
  const idOf = ({ id }: { id: string; filled: number }) => id;
  const isSame = (a: { filled: number }, b: { filled: number }) => a.filled === b.filled;
  const before = [
    { id: 'a', filled: 1 },
    { id: 'b', filled: 1 },
  ];
  const now = [
    { id: 'a', filled: 2 },
    { id: 'b', filled: 1 },
  ];
  assert.deepEqual(stayingIn(before, now, { idOf, isSame }), [{ id: 'b', filled: 1 }]);
  assert.deepEqual(stayingIn(before, now, { idOf }), now);
});

test('a difference counts at the last look only, and agreement at any', () => {
  for (const limit of Object.values(LOOKS)) {
    for (let looks = 1; looks <= limit; looks += 1) {
      assert.equal(afterLook({ looks, differs: false }, limit), 'agrees');
      const expected = looks === limit ? 'differs' : 'look_again';
      assert.equal(afterLook({ looks, differs: true }, limit), expected);
    }
  }
});

test('the limits are those that people know', () => {
  assert.deepEqual(LOOKS, { ramp: 6, trading: 6, atRest: 2, watch: 2 });
});

test('what stays over many looks is what every one of them has', () => {
  const look = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'));
  fc.assert(
    fc.property(fc.array(look, { minLength: 1, maxLength: 6 }), (looks) => {
      const stays = looks.reduce((before, now) => stayingIn(before, now, itself));
      const inAll = (looks.at(-1) ?? []).filter((id) => looks.every((each) => each.includes(id)));
      assert.deepEqual(stays, inAll);
    }),
    { numRuns: 500, seed: 4 },
  );
});

test('an order that the engine has booked meanwhile is not the same difference, of whatever kind', () => {
  const differing = (filled: string): OrderDifference[] =>
    (['missing_at_venue', 'filled_differs'] as const).map((kind) => ({
      kind,
      venue: 'alpha',
      account: 'main',
      clientOrderId: kind,
      instrument: 'BTC',
      side: 'buy',
      price: '1',
      triggerPrice: null,
      quantity: '3',
      remaining: '1',
      internal: { state: 'open', filled },
      exchange: null,
    }));
  const look = (filled: string) => ({ differing: differing(filled), uncompared: [] });
  assert.deepEqual(persistentOrders(look('1'), look('2')).differing, []);
  assert.equal(persistentOrders(look('2'), look('2')).differing.length, 2);
});
