/** How the orders of an engine and of the venues differ, and which of the differences stay. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { compareOrders } from '../../../../workflows/domain/orders/differences.js';
import { persistentOrders } from '../../../../workflows/domain/reconciliation/persistence.js';
import type { Order } from '../../../../workflows/domain/books/state.js';
import { order, readable, snapshot, unreadable } from '../builders.js';

const NOTHING = { differing: [], uncompared: [] };

function compare(book: readonly Order[], open: Order[]) {
  return compareOrders(book, snapshot(readable('alpha', { orders: open })), 'mine-');
}

test('a difference has the terms of the order, and what each side says of it', () => {
  const lost = order({
    clientOrderId: 'mine-2',
    venueOrderId: 'v-2',
    state: 'in_flight',
    filled: '0.50',
  });
  const found = order({
    clientOrderId: 'mine-3',
    venueOrderId: 'v-3',
    price: null,
    triggerPrice: '9',
  });
  const { differing } = compare([order(), lost], [order({ filled: '1' }), found]);
  const terms = { venue: 'alpha', account: 'main', instrument: 'BTC/USDT', side: 'buy' } as const;
  const usual = { ...terms, price: '60000', triggerPrice: null, quantity: '2' };
  const open = (filled: string) => ({ state: 'open', filled });
  assert.deepEqual(differing, [
    {
      ...usual,
      kind: 'missing_at_venue',
      clientOrderId: 'mine-2',
      remaining: '1.5',
      internal: { state: 'in_flight', filled: '0.5' },
      exchange: null,
    },
    {
      ...usual,
      kind: 'unknown_to_engine',
      clientOrderId: 'mine-3',
      price: null,
      triggerPrice: '9',
      remaining: '2',
      internal: null,
      exchange: open('0'),
    },
    {
      ...usual,
      kind: 'filled_differs',
      clientOrderId: 'mine-1',
      remaining: '1',
      internal: open('0'),
      exchange: open('1'),
    },
  ]);
});

test('an account that was not read is not compared, and its venue is named', () => {
  const book = [order({ venue: 'gamma' }), order({ account: 'other' })];
  const venues = snapshot(readable('alpha'), unreadable('beta'));
  const uncompared = ['alpha', 'beta', 'gamma'];
  const books = compareOrders(book, venues, 'mine-');
  assert.deepEqual(books, { ...NOTHING, uncompared });
});

test('a venue that either reading lacks is not compared, though the other has it', () => {
  const seen = compare([order()], []);
  const unseen = compareOrders([order()], snapshot(unreadable('alpha')), 'mine-');
  const expected = { ...NOTHING, uncompared: ['alpha'] };
  assert.deepEqual(persistentOrders(seen, unseen), expected);
  assert.deepEqual(persistentOrders(unseen, seen), expected);
});

test('an order on its way, and a fill that the engine books meanwhile, do not persist', () => {
  const sent = order({ clientOrderId: 'mine-9', state: 'in_flight', venueOrderId: null });
  const first = compare([order(), sent], [order({ filled: '0.5' })]);
  const second = compare([order({ filled: '0.5' }), sent], [order({ filled: '1' }), sent]);
  assert.equal(first.differing.length, 2);
  assert.deepEqual(persistentOrders(first, second), NOTHING);
});

test('a fill that nobody books persists, though it grows from look to look', () => {
  const [first, second] = ['0.5', '1'].map((filled) => compare([order()], [order({ filled })]));
  assert.ok(first !== undefined && second !== undefined);
  assert.deepEqual(persistentOrders(first, second), second);
});

test('what persists is what both readings say', () => {
  const ids = fc.subarray(['a', 'b', 'c', 'd', 'e']);
  fc.assert(
    fc.property(ids, ids, ids, (book, one, other) => {
      const orders = (names: string[]) =>
        names.map((name) => order({ clientOrderId: `mine-${name}`, venueOrderId: `v-${name}` }));
      const [first, second] = [
        compare(orders(book), orders(one)),
        compare(orders(book), orders(other)),
      ];
      const { differing } = persistentOrders(first, second);
      const found = (kind: string) =>
        differing.filter((each) => each.kind === kind).map((each) => each.clientOrderId);
      const keys = (names: string[]) => names.map((name) => `mine-${name}`);
      assert.deepEqual(
        found('missing_at_venue'),
        keys(book.filter((id) => !one.includes(id) && !other.includes(id))),
      );
      assert.deepEqual(
        found('unknown_to_engine'),
        keys(one.filter((id) => other.includes(id) && !book.includes(id))),
      );
    }),
    { numRuns: 1_000, seed: 3 },
  );
});
