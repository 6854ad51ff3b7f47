/** What is told of a guardian that takes no crash: once while it lasts, and as what it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  guardianNotice,
  lasting,
  strangerTrouble,
  troubleOf,
  type GuardianTrouble,
} from '../../../../workflows/domain/crash/guardian-trouble.js';
import type { FailingTask, Unanswered } from '../../../../workflows/domain/crash/stuck.js';

const NOW = 1_000_000;
const WELL = { runId: 'run', events: 7, failing: null, unanswered: [] };
const NOBODY: Unanswered = { nobody: true, why: 'no poller' };
const CODE: Unanswered = { nobody: false, why: 'it *throws*' };

function failing(attempt: number, forMs: number): FailingTask {
  return { attempt, sinceMs: NOW - forMs, why: 'it *throws*' };
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

/** `null`: it only waits. */
const SEEN: Record<string, [Partial<Parameters<typeof troubleOf>[0]>, string | null]> = {
  'one that gets on': [{}, null],
  'one whose task failed twice for long': [{ failing: failing(2, 600_000) }, null],
  'one whose task failed often within 15 s': [{ failing: failing(30, 14_999) }, null],
  'one whose task failed 3 times over 15 s': [{ failing: failing(3, 15_000) }, 'stuck'],
  'one that did not answer twice': [{ unanswered: times(2, NOBODY) }, null],
  'one for which nobody answered 3 times': [{ unanswered: times(3, NOBODY) }, 'silent'],
  'one whose code did not answer 3 times': [{ unanswered: times(3, CODE) }, 'stuck'],
  'one whose code was asked in vain at last': [{ unanswered: [NOBODY, NOBODY, CODE] }, 'stuck'],
  'one for which nobody is there at last': [{ unanswered: [CODE, CODE, NOBODY] }, 'silent'],
  'one that failed, and nobody is there now': [
    { failing: failing(3, 15_000), unanswered: times(3, NOBODY) },
    'stuck',
  ],
};

for (const [what, [seen, kind]] of Object.entries(SEEN)) {
  test(`${what} is ${kind ?? 'no trouble'}`, () => {
    assert.equal(troubleOf({ ...WELL, ...seen }, NOW)?.kind ?? null, kind);
  });
}

function trouble(change: Partial<Parameters<typeof troubleOf>[0]>): GuardianTrouble {
  return troubleOf({ ...WELL, ...change }, NOW) ?? assert.fail('no trouble');
}

test('a trouble that lasts keeps its key and its words, whatever is seen of it meanwhile', () => {
  const silent = trouble({ unanswered: times(3, NOBODY) });
  const later = trouble({ unanswered: times(3, { nobody: true, why: 'other' }), events: 9 });
  assert.notEqual(later.key, silent.key);
  assert.equal(lasting(silent, later), silent);
  const stranger = strangerTrouble('run-s', 'a workflow');
  assert.equal(lasting(stranger, strangerTrouble('run-s', 'a workflow still')), stranger);
});

test('another trouble, or the same of another run, is told anew', () => {
  const silent = trouble({ unanswered: times(3, NOBODY) });
  const stuck = trouble({ failing: failing(3, 15_000) });
  assert.equal(lasting(null, silent), silent);
  assert.equal(lasting(silent, stuck), stuck);
  const ofNext = trouble({ runId: 'next', unanswered: times(3, NOBODY) });
  assert.equal(lasting(silent, ofNext), ofNext);
  const stranger = strangerTrouble('run-s', 'a workflow');
  assert.equal(lasting(silent, stranger), stranger);
  const second = strangerTrouble('run-t', 'a workflow');
  assert.equal(lasting(stranger, second), second);
});

test('the same guardian may be in the same trouble again, under another key', () => {
  const silent = (events: number) => trouble({ unanswered: times(3, NOBODY), events });
  assert.notEqual(silent(7).key, silent(8).key);
  const stuck = (forMs: number) => trouble({ failing: failing(3, forMs) });
  assert.notEqual(stuck(15_000).key, stuck(20_000).key);
});

const PLACE = { incidentId: 'steering/desk', engineId: 'desk', host: 'a' };

const TOLD: [GuardianTrouble, RegExp, RegExp][] = [
  [
    trouble({ unanswered: times(3, NOBODY) }),
    /^desk: NO WORKER answers for its guardian: NO CRASH OF IT IS RECOVERED FROM$/,
    /^Seen by its agent on a: it can be asked nothing: no poller\.\s+Start relight worker\./,
  ],
  [
    strangerTrouble('run-s', 'a *workflow* that Relight did not start'),
    /^desk: a STRANGER has the place of its guardian: NO CRASH OF IT IS RECOVERED FROM$/,
    /a \\\*workflow\\\* that .*\.\s+The agent starts the guardian as soon as its place is free\./s,
  ],
  [
    trouble({ failing: failing(4, 15_000) }),
    /^desk: its guardian is STUCK on its code: NO CRASH OF IT IS RECOVERED FROM$/,
    /failed 4 times in a row: it \\\*throws\\\*\.\s+Run the version of Relight that it began on/s,
  ],
];

for (const [seen, title, text] of TOLD) {
  test(`people are told critically, and what to do, of a guardian that is ${seen.kind}`, () => {
    const told = guardianNotice(PLACE, seen);
    assert.equal(told.severity, 'critical');
    assert.match(told.title, title);
    assert.match(told.text, text);
    assert.match(told.text, /relight shutdown .*desk .* works on a/);
    assert.equal(told.dedupKey, `steering/desk:guardian:${seen.key}`);
  });
}
