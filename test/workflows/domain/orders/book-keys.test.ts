/** The keys by which differing books of orders are told to people. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bookTroubles, compareOrderBooks } from '../../../../workflows/domain/orders/book-keys.js';
import type { Order } from '../../../../workflows/domain/books/state.js';
import { order, readable, snapshot } from '../builders.js';

const NOTHING = { missingAtVenue: [], unknownToEngine: [], filledDiffers: [] };

function compare(book: readonly Order[], open: Order[]) {
  return compareOrderBooks(book, snapshot(readable('alpha', { orders: open })), 'mine-');
}

test('equal books differ nowhere, whatever the notation', () => {
  const open = order({ filled: '0.50' });
  assert.deepEqual(compare([order({ filled: '0.5' })], [open]), NOTHING);
});

test('names what is missing at the venue, unknown to the engine, and filled otherwise', () => {
  const lost = order({ clientOrderId: 'mine-2' });
  const found = order({ clientOrderId: 'mine-3' });
  assert.deepEqual(compare([order(), lost], [order({ filled: '1' }), found]), {
    missingAtVenue: ['alpha|main|BTC/USDT|mine-2'],
    unknownToEngine: ['alpha|main|BTC/USDT|mine-3'],
    filledDiffers: ['alpha|main|BTC/USDT|mine-1: filled 0 in the book, 1 at the venue'],
  });
});

test('each difference is a line for people', () => {
  const found = order({ clientOrderId: 'mine-3' });
  const books = compare(
    [order(), order({ clientOrderId: 'mine-2' })],
    [order({ filled: '1' }), found],
  );
  const lines = [
    'alpha main BTC/USDT mine-2: not open at the venue',
    'alpha main BTC/USDT mine-3: open, unknown to the engine',
    'alpha main BTC/USDT mine-1: filled 0 in the book, 1 at the venue',
  ];
  assert.deepEqual(bookTroubles(books), lines);
});

test('orders of others are nobody’s difference', () => {
  assert.deepEqual(compare([], [order({ clientOrderId: 'theirs-1' })]), NOTHING);
});

test('the keys stay sorted, whatever the order of the books', () => {
  const ids = ['mine-2', 'mine-10', 'mine-1'];
  const book = ids.map((clientOrderId) => order({ clientOrderId }));
  const sorted = [
    'alpha|main|BTC/USDT|mine-1',
    'alpha|main|BTC/USDT|mine-10',
    'alpha|main|BTC/USDT|mine-2',
  ];
  assert.deepEqual(compare(book, []).missingAtVenue, sorted);
  assert.deepEqual(compare([], book).unknownToEngine, sorted);
});
