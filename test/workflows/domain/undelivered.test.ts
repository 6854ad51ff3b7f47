/** What the record keeps of notices that a channel did not take. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  describeUndelivered,
  withoutUndelivered,
  withUndelivered,
  type UndeliveredNotice,
} from '../../../workflows/domain/undelivered.js';

const entry = (change: Partial<UndeliveredNotice> = {}): UndeliveredNotice => ({
  dedupKey: 'incident:gate',
  title: 'Recover?',
  channel: 'pager',
  why: 'answered 503',
  status: 'failing',
  sinceMs: 1,
  ...change,
});

test('a notice stands there once for each channel, since it first failed', () => {
  const other = entry({ channel: 'chat' });
  const both = withUndelivered(withUndelivered([], entry()), other);
  const later = withUndelivered(both, entry({ status: 'given_up', sinceMs: 9 }));
  assert.deepEqual(later, [other, entry({ status: 'given_up' })]);
  assert.deepEqual(withoutUndelivered(later, entry()), [other]);
});

test('the line names channel, reason and notice, and is bounded', () => {
  assert.equal(describeUndelivered([]), null);
  assert.equal(
    describeUndelivered([entry(), entry({ channel: null, status: 'given_up' })]),
    'pager is failing (answered 503): "Recover?"; ' +
      'every channel was given up (answered 503): "Recover?"',
  );
  const many = Array.from({ length: 1_000 }, (_, index) =>
    entry({ dedupKey: String(index), title: 'x'.repeat(1_000) }),
  );
  const line = describeUndelivered(many) ?? '';
  assert.match(line, /; and 997 more$/);
  assert.ok(line.length < 500, line);
});
