/** Only a server that says no makes a worker without a version; one that does not answer is asked again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { takesWhatBegins } from '../../../../workers/processes/versions/taking.js';

const OWN = '2.0.0-own';
const PACE = { againMs: 1, tries: 3 };
const error = (code: number | undefined, details: string) =>
  Object.assign(new Error(details), { code, details });
const DISABLED = error(7, 'Worker Deployment Versions are disabled on this namespace.');
const UNKNOWN_CALL = error(12, 'unknown method');
const AWAY = error(14, 'connection refused');
const LATE = error(4, 'timed out');

interface Answers {
  /** Of each question in turn; the last one of all that follow. */
  makeCurrent: (Error | null)[];
  serving?: (Error | string | null)[];
}

async function taken({ makeCurrent, serving = [null] }: Answers) {
  const said: string[] = [];
  const asked = { makeCurrent: 0, serving: 0 };
  const next = <T>(answers: T[], at: number) => answers[Math.min(at, answers.length - 1)];
  const versions = {
    makeCurrent: async () => {
      const answer = next(makeCurrent, asked.makeCurrent++);
      if (answer instanceof Error) throw answer;
    },
    serving: async () => {
      const answer = next(serving, asked.serving++);
      if (answer instanceof Error) throw answer;
      return { current: answer ?? null, silentMs: new Map() };
    },
  };
  const logger = pino({}, { write: (line: string) => void said.push(line) });
  const own = { buildId: OWN, bundle: { code: '' } };
  const isVersioned = await takesWhatBegins(versions, { own, logger }, PACE);
  return { isVersioned, said: said.join(''), asked };
}

const CASES: [string, Answers, boolean, RegExp][] = [
  ['it may name it', { makeCurrent: [null] }, true, /this version takes what begins from now on/],
  ['the server has versions switched off', { makeCurrent: [DISABLED] }, false, /lets us name no v/],
  [
    'the server knows no such call',
    { makeCurrent: [UNKNOWN_CALL], serving: [UNKNOWN_CALL] },
    false,
    /lets us name no version: open recoveries must replay on the code of now/,
  ],
  [
    'somebody else has named it',
    { makeCurrent: [DISABLED], serving: [OWN] },
    true,
    /as somebody else has said/,
  ],
  [
    'somebody else has named another',
    { makeCurrent: [DISABLED], serving: ['1.0.0-x'] },
    true,
    /until whoever manages the versions names this one/,
  ],
  ['the server is away at first', { makeCurrent: [AWAY, LATE, null] }, true, /from now on/],
  [
    'the server is away after it has said no',
    { makeCurrent: [DISABLED], serving: [AWAY, LATE, OWN] },
    true,
    /as somebody else has said/,
  ],
];

for (const [what, answers, versioned, words] of CASES) {
  test(`a worker has ${versioned ? 'its' : 'no'} version where ${what}`, async () => {
    const { isVersioned, said } = await taken(answers);
    assert.equal(isVersioned, versioned);
    assert.match(said, words);
    if (!versioned) assert.match(said, /"level":40.*"why":"(?:Worker Deployment|unknown method)/);
  });
}

test('no worker is started where nobody answers, with or without a version', async () => {
  await assert.rejects(taken({ makeCurrent: [AWAY] }), AWAY);
  await assert.rejects(taken({ makeCurrent: [DISABLED], serving: [LATE] }), LATE);
});
