/** The keys by which differing books of orders are told to people. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bookTroubles } from '../../../../workflows/domain/orders/book-keys.js';
import { compareOrders } from '../../../../workflows/domain/orders/differences.js';
import type { Order } from '../../../../workflows/domain/books/state.js';
import { order, readable, snapshot } from '../builders.js';

function linesOf(book: readonly Order[], open: Order[]): string[] {
  const { differing } = compareOrders(book, snapshot(readable('alpha', { orders: open })), 'mine-');
  return bookTroubles(differing);
}

test('equal books differ nowhere, whatever the notation', () => {
  const open = order({ filled: '0.50' });
  assert.deepEqual(linesOf([order({ filled: '0.5' })], [open]), []);
});

test('each difference is a line for people, in the order of the kinds', () => {
  const [lost, found] = ['2', '3'].map((n) =>
    order({ clientOrderId: `mine-${n}`, venueOrderId: `v-${n}` }),
  );
  const [known, amended] = ['60000', '61000'].map((price) =>
    order({ clientOrderId: 'mine-4', venueOrderId: 'v-4', price }),
  );
  assert.ok(lost && found && known && amended);
  assert.deepEqual(linesOf([order(), lost, known], [order({ filled: '1' }), found, amended]), [
    'alpha main BTC/USDT mine-2: not open at the venue',
    'alpha main BTC/USDT mine-3: open, unknown to the engine',
    'alpha main BTC/USDT mine-1: filled 0 in the book, 1 at the venue',
    'alpha main BTC/USDT mine-4: price 60000 in the book, 61000 at the venue',
  ]);
});

test('orders of others are nobody’s difference', () => {
  assert.deepEqual(linesOf([], [order({ clientOrderId: 'theirs-1' })]), []);
});

test('the lines stay sorted, whatever the order of the books', () => {
  const ids = ['mine-2', 'mine-10', 'mine-1'];
  const book = ids.map((id) => order({ clientOrderId: id, venueOrderId: `v-${id}` }));
  const named = (words: string) =>
    ['mine-1', 'mine-10', 'mine-2'].map((id) => `alpha main BTC/USDT ${id}: ${words}`);
  assert.deepEqual(linesOf(book, []), named('not open at the venue'));
  assert.deepEqual(linesOf([], book), named('open, unknown to the engine'));
});
