/** How often an engine has died of the same thing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  knownDeath,
  repeatedLines,
  REMEMBERED_MS,
  seenOf,
  seenWords,
  strikesWithin,
  withDeath,
  type KnownDeath,
} from '../../../../workflows/domain/crash/repeats.js';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 26, 3, 12);
const BUG = 'segfault:onTick:0123456789ab';

function death(id: number, daysAgo: number, signature?: string, cause = 'segfault'): KnownDeath {
  const atMs = NOW - daysAgo * DAY_MS;
  return {
    instanceId: `alpha-e${id}`,
    atMs,
    cause,
    ...(signature !== undefined && { signature }),
  };
}

function remembered(deaths: readonly KnownDeath[]): KnownDeath[] {
  return deaths.reduce<KnownDeath[]>((known, one) => withDeath(known, one, NOW), []);
}

test('three deaths by one signature are told as such, with the last one before', () => {
  const known = remembered([death(1, 6, BUG), death(2, 2, BUG), death(3, 1, 'abort:main:0')]);
  const seen = seenOf(known, death(4, 0, BUG));
  assert.deepEqual(seen, {
    by: 'signature',
    times: 3,
    atMs: NOW,
    firstMs: NOW - 6 * DAY_MS,
    lastMs: NOW - 2 * DAY_MS,
  });
  assert.equal(
    seenWords(seen ?? undefined),
    'the third time in a week; last on 2026-11-24T03:12:00.000Z',
  );
});

test('the words are those of the time that it took, and nothing is said of a first time', () => {
  const words = (times: number, days: number) =>
    seenWords({
      by: 'signature',
      times,
      atMs: NOW,
      firstMs: NOW - days * DAY_MS,
      lastMs: times === 1 ? null : NOW - days * DAY_MS,
    });
  assert.equal(words(1, 0), null);
  assert.match(words(2, 0.01) ?? '', /^the second time in an hour; last on 2026/);
  assert.match(words(7, 0.5) ?? '', /^the 7th time in a day;/);
  assert.match(words(11, 8) ?? '', /^the 11th time in 30 days;/);
  assert.match(words(23, 20) ?? '', /^the 23rd time in 30 days;/);
  assert.match(words(100, 20) ?? '', /^the 100th time/);
});

test('without a signature the cause counts, and that is said; of what is unknown nothing counts', () => {
  const known = remembered([
    death(1, 3, undefined, 'killed'),
    death(2, 2, BUG, 'killed'),
    death(3, 1, undefined, 'unknown'),
  ]);
  const killed = seenOf(known, death(4, 0, undefined, 'killed'));
  assert.equal(killed?.times, 2);
  assert.match(seenWords(killed ?? undefined) ?? '', /counted by the cause alone: it has no sign/);
  assert.equal(seenOf(known, death(4, 0, undefined, 'unknown')), null);
});

test('what has no signature is no repeat of a bug, however often it came', () => {
  const known = remembered([1, 2, 3, 4, 5].map((id) => death(id, 1)));
  assert.equal(strikesWithin(known, death(9, 0), REMEMBERED_MS), 0);
});

test('strikes are those within the time that is asked about', () => {
  const known = remembered([death(1, 8, BUG), death(2, 6, BUG), death(3, 1, 'other')]);
  assert.equal(strikesWithin(known, death(4, 0, BUG), 7 * DAY_MS), 2);
  assert.equal(strikesWithin(known, death(4, 0, BUG), 9 * DAY_MS), 3);
});

test('a death that is analysed again counts once, by what is known last', () => {
  const known = remembered([death(1, 1, BUG), death(1, 1, 'abort:main:0', 'abort')]);
  assert.deepEqual(known, [death(1, 1, 'abort:main:0', 'abort')]);
  assert.equal(seenOf(known, death(1, 1, 'abort:main:0', 'abort'))?.times, 1);
});

test('what is older than 30 days is remembered no longer', () => {
  const known = remembered([death(1, 31, BUG), death(2, 29, BUG)]);
  assert.deepEqual(known, [death(2, 29, BUG)]);
});

test('a bug that strikes without end pushes out none of another', () => {
  const rare = [death(1, 29, 'rare:main:0'), death(2, 20, 'rare:main:0')];
  const loop = Array.from({ length: 500 }, (_, at) => death(10 + at, 1 - at / 1_000, BUG));
  const known = remembered([...rare, ...loop]);
  assert.equal(known.length, 100);
  assert.equal(seenOf(known, death(900, 0, 'rare:main:0'))?.times, 3);
});

test('what a host says of a cause is cut to what a memory takes', () => {
  const told = { cause: 'segfault', confidence: 'likely', because: '' } as const;
  const known = knownDeath({ instanceId: 'a', atMs: 1 }, { ...told, signature: 'x'.repeat(9_999) });
  assert.equal(known.signature?.length, 400);
});

test('what has struck again is listed, most often first', () => {
  const known = remembered([
    death(1, 3, undefined, 'killed'),
    death(2, 3, 'once:main:0'),
    death(3, 2, undefined, 'killed'),
    death(4, 2, BUG),
    death(5, 1, BUG),
    death(6, 0, BUG),
    death(7, 0, undefined, 'unknown'),
    death(8, 0, undefined, 'unknown'),
  ]);
  assert.deepEqual(repeatedLines(known), [
    `${BUG}: 3 deaths in 30 days, last on 2026-11-26T03:12:00.000Z`,
    'killed (no signature): 2 deaths in 30 days, last on 2026-11-24T03:12:00.000Z',
  ]);
});

/** Of few instances, bugs and causes, so that they meet. */
const ANY_DEATH = fc.record({
  id: fc.integer({ min: 1, max: 40 }),
  daysAgo: fc.integer({ min: 0, max: 40 }),
  bug: fc.constantFrom(undefined, 'a:f:1', 'b:g:2'),
  cause: fc.constantFrom('segfault', 'killed', 'unknown'),
});

test('it counts what a plain list of the last of each instance counts, in any order', () => {
  fc.assert(
    fc.property(fc.array(ANY_DEATH, { maxLength: 60 }), ANY_DEATH, (all, last) => {
      const deaths = all.map(({ id, daysAgo, bug, cause }) => death(id, daysAgo, bug, cause));
      const now = death(99, 0, last.bug, last.cause);
      const latest = new Map(deaths.map((one) => [one.instanceId, one]));
      const like = [...latest.values()].filter(
        ({ atMs, cause, signature }) =>
          NOW - atMs < 30 * DAY_MS &&
          (last.bug === undefined
            ? signature === undefined && cause === last.cause
            : signature === last.bug),
      );
      const seen = seenOf(remembered(deaths), now);
      if (last.bug === undefined && last.cause === 'unknown') return seen === null;
      const times = like.map(({ atMs }) => atMs).toSorted((a, b) => a - b);
      assert.equal(seen?.times, like.length + 1);
      assert.equal(seen?.firstMs, times[0] ?? NOW);
      assert.equal(seen?.lastMs, times.at(-1) ?? null);
      return true;
    }),
  );
});
