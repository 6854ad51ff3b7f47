/** What a living engine is suspected of: each once, since it was first seen, until its probe takes it back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  doubtWords,
  withDoubt,
  withoutDoubt,
} from '../../../../workflows/domain/crash/life/doubts.js';

const LATE = { probe: 'heartbeat_file', what: 'no heartbeat' } as const;
const ILL = { probe: 'health_url', what: 'its health is not well' } as const;

test('a suspicion is told since its first sight, and taken back alone', () => {
  const one = withDoubt([], LATE, 1_000);
  assert.equal(withDoubt(one, LATE, 2_000), one);
  const both = withDoubt(one, ILL, 3_000);
  assert.deepEqual(both, [
    { ...LATE, sinceMs: 1_000 },
    { ...ILL, sinceMs: 3_000 },
  ]);
  assert.deepEqual(withoutDoubt(both, LATE), [{ ...ILL, sinceMs: 3_000 }]);
  assert.equal(withoutDoubt(one, ILL), one);
});

test('people are told of what, by which probe and since when; of none nothing', () => {
  assert.equal(doubtWords([]), '');
  const words = doubtWords([{ ...LATE, sinceMs: Date.UTC(2026, 11, 1, 3, 4, 5) }]);
  assert.match(
    words,
    /^, and is SUSPECTED: no heartbeat \(heartbeat_file\) since 2026-12-01.03:04:05/,
  );
});
