/** What was added to the oracle for planted bugs: each violation is found, by its own invariant alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, CALLS, GOOD } from '../example.js';
import { judge } from '../judge.js';

test('a window that failed, and of which nobody has heard, is watched again', () => {
  const lost = call('watchEngine', 85, { said: 'fail', isHeard: false });
  assert.deepEqual(judge({ ...GOOD, calls: [...CALLS.slice(0, 8), lost, ...CALLS.slice(8)] }), []);
});
