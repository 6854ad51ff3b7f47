/** When a recovery goes on alone, and which checkpoint it begins with. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cause } from '../../../../workflows/domain/crash/cause/cause.js';
import {
  chooseStateSource,
  decideAutonomy,
  type CheckpointCandidate,
  type SafetyFacts,
} from '../../../../workflows/domain/policy/decision.js';
import { RecoveryPolicy } from '../../../../workflows/domain/policy/policy.js';

const POLICY = RecoveryPolicy.parse({});

function candidate(change: Partial<CheckpointCandidate> = {}): CheckpointCandidate {
  return { name: 'c9', valid: true, ageMs: 1000, sequence: 9, errors: [], warnings: [], ...change };
}

const CORRUPT = candidate({
  name: 'c10',
  valid: false,
  ageMs: null,
  errors: ['Checksum mismatch'],
});

function autonomy(change: Partial<SafetyFacts> = {}, policy = POLICY) {
  const checkpoints = [candidate()];
  const facts: SafetyFacts = { crashCount: 1, sameBug: 1, cause: 'segfault', checkpoints };
  return decideAutonomy({ ...facts, ...change }, policy);
}

function reasonsOf(change: Partial<SafetyFacts>, policy = POLICY): string[] {
  const verdict = autonomy(change, policy);
  return verdict.kind === 'ask' ? verdict.reasons : [];
}

test('a clean crash with a good checkpoint goes on alone', () => {
  assert.deepEqual(autonomy(), { kind: 'automatic' });
});

test('three crashes in the window go on alone, four ask', () => {
  assert.deepEqual(autonomy({ crashCount: 3 }), { kind: 'automatic' });
  assert.deepEqual(reasonsOf({ crashCount: 4 }), ['repeated crashes: 4 in 300 s (limit 3)']);
});

/** Data may be corrupt, or nobody knows why: the procedure's "NO". */
const ASKS: readonly Cause[] = [
  'heap_corruption',
  'smashed_stack',
  'unannounced_exit',
  'never_came_up',
  'unknown',
];

for (const cause of Cause.options) {
  const asks = ASKS.includes(cause);
  test(`the cause ${cause} ${asks ? 'asks' : 'goes on alone'}`, () => {
    assert.equal(autonomy({ cause }).kind, asks ? 'ask' : 'automatic');
  });
}

test('a cause that the policy does not list asks', () => {
  const strict = RecoveryPolicy.parse({ automaticCauses: ['killed'] });
  assert.deepEqual(reasonsOf({ cause: 'segfault' }, strict), ['cause: segfault']);
  assert.deepEqual(reasonsOf({ cause: 'killed' }, strict), []);
});

test('a corrupt newest checkpoint asks, and says why', () => {
  assert.match(
    reasonsOf({ checkpoints: [CORRUPT, candidate()] }).join(),
    /newest checkpoint c10 is corrupt: Checksum mismatch/,
  );
});

test('a corrupt newest checkpoint goes on alone where the policy reconstructs', () => {
  const policy = RecoveryPolicy.parse({ checkpoint: { onCorrupt: 'reconstruct' } });
  assert.deepEqual(autonomy({ checkpoints: [CORRUPT] }, policy), { kind: 'automatic' });
});

test('a corrupt checkpoint behind a good one does not ask', () => {
  assert.deepEqual(autonomy({ checkpoints: [candidate(), CORRUPT] }), { kind: 'automatic' });
});

test('the same bug three times in a week goes on alone, four times ask', () => {
  assert.deepEqual(autonomy({ sameBug: 3 }), { kind: 'automatic' });
  assert.deepEqual(reasonsOf({ sameBug: 4 }), ['the same bug: 4 times in 7 days (limit 3)']);
});

test('how long the same bug counts is said in what comes out round', () => {
  const said = (sameBugMs: number) => {
    const crashLoop = { ...POLICY.crashLoop, sameBugMs };
    return reasonsOf({ sameBug: 4 }, { ...POLICY, crashLoop })[0];
  };
  assert.match(said(3_600_000) ?? '', /4 times in 60 minutes \(/);
  assert.match(said(36 * 3_600_000) ?? '', /4 times in 36 hours \(/);
  assert.match(said(1) ?? '', /4 times in 1 minute \(/);
});

test('a death of which no signature tells the bug is no repeat, however low the limit', () => {
  const crashLoop = { ...POLICY.crashLoop, maxSameBug: 1 };
  assert.deepEqual(autonomy({ sameBug: 0 }, { ...POLICY, crashLoop }), { kind: 'automatic' });
});

test('no checkpoint at all does not ask: the venues know', () => {
  assert.deepEqual(autonomy({ checkpoints: [] }), { kind: 'automatic' });
});

test('every reason is told, not only the first', () => {
  const facts = { crashCount: 9, sameBug: 9, cause: 'unknown', checkpoints: [CORRUPT] } as const;
  assert.equal(reasonsOf({ ...facts, checkpoints: [CORRUPT] }).length, 4);
});

test('takes a checkpoint younger than five seconds without a second thought', () => {
  assert.deepEqual(chooseStateSource([candidate({ ageMs: 4999 })], POLICY), {
    kind: 'checkpoint',
    name: 'c9',
    ageMs: 4999,
    why: 'fresh and valid',
    sequence: 9,
  });
});

for (const ageMs of [5000, 3_600_000]) {
  test(`takes a checkpoint of ${ageMs} ms with the fills since then`, () => {
    const source = chooseStateSource([candidate({ ageMs })], POLICY);
    assert.equal(source.kind, 'checkpoint');
    assert.match(source.why, /not fresh: fills since then/);
  });
}

test('takes the previous good checkpoint where the newest is corrupt', () => {
  const source = chooseStateSource([CORRUPT, candidate({ name: 'c9' })], POLICY);
  assert.deepEqual(
    [source.kind, source.kind === 'checkpoint' && source.name],
    ['checkpoint', 'c9'],
  );
  assert.match(source.why, /previous good one/);
});

test('takes the newest of several good checkpoints', () => {
  const source = chooseStateSource([candidate({ name: 'c9' }), candidate({ name: 'c8' })], POLICY);
  assert.equal(source.kind === 'checkpoint' && source.name, 'c9');
});

const FROM_EXCHANGES: readonly [string, CheckpointCandidate[], RegExp][] = [
  ['there is no checkpoint', [], /there is no checkpoint/],
  ['none is valid', [CORRUPT, CORRUPT], /no checkpoint is valid/],
];

for (const [when, checkpoints, why] of FROM_EXCHANGES) {
  test(`reconstructs from the exchanges where ${when}`, () => {
    const source = chooseStateSource(checkpoints, POLICY);
    assert.equal(source.kind, 'exchanges');
    assert.match(source.why, why);
  });
}

test('keeps a valid checkpoint however old: fills since then are applied to it', () => {
  const source = chooseStateSource([candidate({ ageMs: 48 * 3_600_000 })], POLICY);
  assert.equal(source.kind, 'checkpoint');
  assert.match(source.why, /not fresh/);
});

test('goes on from the highest sequence seen, also where nothing is valid', () => {
  const damaged = [
    { ...CORRUPT, sequence: 12 },
    { ...CORRUPT, sequence: 11 },
  ];
  assert.equal(chooseStateSource(damaged, POLICY).sequence, 12);
  assert.equal(chooseStateSource([], POLICY).sequence, 0);
});

test('asks about a missing checkpoint only where policy says so', () => {
  const ask = RecoveryPolicy.parse({ checkpoint: { onMissing: 'ask' } });
  assert.deepEqual(reasonsOf({ checkpoints: [] }), []);
  assert.match(reasonsOf({ checkpoints: [] }, ask)[0] ?? '', /no valid checkpoint/);
});

test('a checkpoint that does not fit the crash asks, whatever policy says of corrupt ones', () => {
  const doubtful = candidate({ doubts: ['maker-e2 wrote it', 'it was taken later'] });
  const trusting = RecoveryPolicy.parse({ checkpoint: { onCorrupt: 'reconstruct' } });
  assert.deepEqual(reasonsOf({ checkpoints: [doubtful] }, trusting), [
    'the checkpoint c9 does not fit: maker-e2 wrote it',
    'the checkpoint c9 does not fit: it was taken later',
  ]);
});

test('only the one that would be used is doubted', () => {
  const previous = candidate({ name: 'c8', sequence: 8, doubts: ['maker-e2 wrote it'] });
  assert.deepEqual(autonomy({ checkpoints: [candidate(), previous] }), { kind: 'automatic' });
  assert.match(reasonsOf({ checkpoints: [CORRUPT, previous] }).join(), /c8 does not fit/);
});

test('a checkpoint of after the crash is not called fresh', () => {
  const late = chooseStateSource([candidate({ ageMs: 0, late: true })], POLICY);
  assert.equal(late.why, 'valid but not fresh: fills since then are applied');
});

test('what is strange in the folder is named beside the choice', () => {
  const strange = candidate({ name: '60.ckpt', strange: 'its name says 60, its header 7' });
  const { why } = chooseStateSource([candidate(), strange], POLICY);
  assert.equal(why, 'fresh and valid; 60.ckpt is strange: its name says 60, its header 7');
});
