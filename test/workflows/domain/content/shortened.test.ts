/** Lists cut short for people say how much they leave out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cutToBytes,
  cutToLength,
  firstOf,
  shortened,
} from '../../../../workflows/domain/content/shortened.js';

test('so many are shown as fit, and of the others it is said how many there are', () => {
  assert.deepEqual(shortened(['a', 'b'], 2), ['a', 'b']);
  assert.deepEqual(shortened(['a', 'b', 'c'], 2), ['a', 'b', 'and 1 more']);
  assert.deepEqual(
    shortened(['a', 'b', 'c'], 1, (count) => `${count} more doubts`),
    ['a', '2 more doubts'],
  );
  assert.deepEqual(shortened([], 2), []);
});

test('a text is cut to bytes, not to characters, within no character, and says so', () => {
  const bytes = (text: string) => Buffer.byteLength(text);
  assert.equal(cutToBytes('ééé', 6), 'ééé');
  for (let most = 3; most < 60; most += 1) {
    const cut = cutToBytes('é漢😀'.repeat(20), most);
    assert.ok(bytes(cut) <= most, `${bytes(cut)} of ${most}`);
    assert.ok(cut.endsWith('…') && !cut.includes('\uFFFD'), cut);
  }
});

test('a text is cut within no pair of halves', () => {
  assert.deepEqual(
    [firstOf('a😀b', 2), firstOf('a😀b', 3), firstOf('a😀', 3)],
    ['a…', 'a😀…', 'a😀'],
  );
  for (let most = 1; most < 20; most += 1) {
    const cut = cutToLength('😀'.repeat(20), most);
    assert.ok(cut.length <= most && !/\p{Cs}/u.test(cut), cut);
  }
});
