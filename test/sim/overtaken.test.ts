/** Orders that fill before the first grant: attempts begin again by themselves, and not for ever. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulated } from './compared/simulated.js';

test('after three attempts that were overtaken people are asked', () => {
  const [told] = simulated(['1'], ['orders-fill-in-each-attempt']);
  const story = told?.story ?? [];
  assert.equal(story.filter((line) => line.startsWith('start: done')).length, 4);
  assert.deepEqual(
    story.filter((line) => line.startsWith('gate')),
    ['gate manual_recovery 1: rejected'],
  );
});
