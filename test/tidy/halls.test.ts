/** Shows the rule of halls and rooms to bite. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findEmptyPlaces, findStrayFile } from './halls.js';

for (const [path, isStray] of [
  ['workflows/domain/odd.ts', true],
  ['workflows/domain/failure.ts', false],
  ['workflows/domain/books/odd.ts', false],
  ['clients/exchange/venues/bitmex.ts', true],
  ['clients/exchange/venues/bitmex/adapter.ts', false],
  ['workers/odd.ts', true],
  ['clients/odd.ts', true],
  ['sandbox/demo.ts', false],
] as const) {
  test(`${isStray ? 'refuses' : 'allows'} ${path}`, () => {
    assert.equal(findStrayFile(path).length, isStray ? 1 : 0);
  });
}

test('refuses a place for a file that is not there', () => {
  const halls = { workers: ['main', 'gone'] };
  assert.deepEqual(findEmptyPlaces([{ path: 'workers/main.ts', text: '' }], halls), [
    'workers/ keeps a place for gone, which is not there',
  ]);
});
