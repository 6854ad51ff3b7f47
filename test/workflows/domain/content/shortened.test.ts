/** Lists cut short for people say how much they leave out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shortened } from '../../../../workflows/domain/content/shortened.js';

test('so many are shown as fit, and of the others it is said how many there are', () => {
  assert.deepEqual(shortened(['a', 'b'], 2), ['a', 'b']);
  assert.deepEqual(shortened(['a', 'b', 'c'], 2), ['a', 'b', 'and 1 more']);
  assert.deepEqual(
    shortened(['a', 'b', 'c'], 1, (count) => `${count} more doubts`),
    ['a', '2 more doubts'],
  );
  assert.deepEqual(shortened([], 2), []);
});
