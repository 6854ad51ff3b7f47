/** A snapshot keeps what could not be read apart from what is flat. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  readableVenues,
  Snapshot,
  unreadableVenues,
} from '../../../../workflows/domain/books/snapshot.js';
import { balance, readable, snapshot, unreadable } from '../builders.js';

const TAKEN = snapshot(readable('alpha', { balances: [balance()] }), unreadable('beta'));

test('tells the venues that could be read from those that could not', () => {
  assert.deepEqual(
    readableVenues(TAKEN).map(({ venue }) => venue),
    ['alpha'],
  );
  assert.deepEqual(unreadableVenues(TAKEN), [unreadable('beta')]);
});

test('survives being stored and read again', () => {
  assert.deepEqual(Snapshot.parse(JSON.parse(JSON.stringify(TAKEN))), TAKEN);
});

test('a readable venue without positions is refused: silence is not flat', () => {
  const { positions: _, ...silent } = readable('alpha');
  assert.equal(Snapshot.safeParse({ takenAtMs: 1, venues: [silent] }).success, false);
});

test('an unreadable venue says why', () => {
  const { why: _, ...silent } = { ...unreadable('beta'), why: '' };
  assert.equal(Snapshot.safeParse({ takenAtMs: 1, venues: [silent] }).success, false);
});
