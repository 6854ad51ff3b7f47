import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  bookTroubles,
  compareOrderBooks,
  isSame,
  persistentDifferences,
  troublesByVenue,
} from '../../../workflows/domain/books.js';
import type { Order } from '../../../workflows/domain/state.js';
import { order, readable, snapshot, unreadable } from './builders.js';

const NOTHING = { missingAtVenue: [], unknownToEngine: [], filledDiffers: [], uncompared: [] };

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
    uncompared: [],
  });
});

test('each difference is a line for people, with its venue', () => {
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
  assert.deepEqual(
    troublesByVenue(books),
    lines.map((text) => ({ venue: 'alpha', text })),
  );
});

test('orders of others are nobody’s difference', () => {
  assert.deepEqual(compare([], [order({ clientOrderId: 'theirs-1' })]), NOTHING);
});

test('an account that was not read is not compared, and its venue is named', () => {
  const book = [order({ venue: 'gamma' }), order({ account: 'other' })];
  const venues = snapshot(readable('alpha'), unreadable('beta'));
  const uncompared = ['alpha', 'beta', 'gamma'];
  const books = compareOrderBooks(book, venues, 'mine-');
  assert.deepEqual(books, { ...NOTHING, uncompared });
  assert.ok(isSame(books), 'nothing that was compared differs');
});

test('a venue that either reading lacks is not compared, though the other has it', () => {
  const seen = compare([order()], []);
  const unseen = compareOrderBooks([order()], snapshot(unreadable('alpha')), 'mine-');
  const expected = { ...NOTHING, uncompared: ['alpha'] };
  assert.deepEqual(persistentDifferences(seen, unseen), expected);
  assert.deepEqual(persistentDifferences(unseen, seen), expected);
});

test('an order on its way, and a fill that still moves, do not persist', () => {
  const sent = order({ clientOrderId: 'mine-9', state: 'in_flight', venueOrderId: null });
  const first = compare([order(), sent], [order({ filled: '0.5' })]);
  const second = compare([order({ filled: '0.5' }), sent], [order({ filled: '1' }), sent]);
  assert.equal(first.missingAtVenue.length + first.filledDiffers.length, 2);
  assert.deepEqual(persistentDifferences(first, second), NOTHING);
});

test('what persists is what both readings say', () => {
  const ids = fc.subarray(['a', 'b', 'c', 'd', 'e']);
  fc.assert(
    fc.property(ids, ids, ids, (book, one, other) => {
      const orders = (names: string[]) =>
        names.map((name) => order({ clientOrderId: `mine-${name}` }));
      const [first, second] = [
        compare(orders(book), orders(one)),
        compare(orders(book), orders(other)),
      ];
      const { missingAtVenue, unknownToEngine } = persistentDifferences(first, second);
      const keys = (names: string[]) => names.map((name) => `alpha|main|BTC/USDT|mine-${name}`);
      assert.deepEqual(
        missingAtVenue,
        keys(book.filter((id) => !one.includes(id) && !other.includes(id))),
      );
      assert.deepEqual(
        unknownToEngine,
        keys(one.filter((id) => other.includes(id) && !book.includes(id))),
      );
    }),
    { numRuns: 1_000, seed: 3 },
  );
});
