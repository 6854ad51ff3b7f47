/** Which of an engine's checkpoints is the newest, and which does not fit. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  candidatesOf,
  newestFirst,
  toLookAt,
  type Crash,
  type Looked,
} from '../../../../workflows/domain/policy/newest-checkpoint.js';
import { claimOf } from '../../../../workflows/domain/checkpoints/layout.js';
import type { CheckpointHeader } from '../../../../workflows/domain/engine/checkpoint.js';
import { header, sealed, TAKEN_AT_MS } from '../checkpoints/sealed.js';

const NOW_MS = TAKEN_AT_MS + 60_000;
const CRASHED = { instanceId: 'maker-e3', epoch: 3 };

function crash(change: Partial<Crash> = {}): Crash {
  const writers = { crashed: [CRASHED], started: [], livedOn: false };
  return { atMs: TAKEN_AT_MS + 500, writers, ...change };
}

function good(name: string, change: Partial<CheckpointHeader> = {}): Looked {
  const verdict = { valid: true, errors: [], warnings: [], ageMs: 500, header: header(change) };
  return { name, verdict: { ...verdict, checkpoint: null }, claim: null };
}

function damaged(name: string, claim: Looked['claim'] = null): Looked {
  const verdict = { valid: false, errors: ['damaged'], warnings: [], ageMs: null, header: null };
  return { name, verdict: { ...verdict, checkpoint: null }, claim };
}

const at = (ms: number) => `${TAKEN_AT_MS + ms}000000`;
const namesOf = (looked: readonly Looked[]) => newestFirst(looked).map(({ name }) => name);

function doubtsOf(looked: readonly Looked[], of: Crash = crash()): string[] {
  return candidatesOf(looked, of, NOW_MS)[0]?.doubts ?? [];
}

test('the newest is that of the highest epoch, and of the highest sequence there, under any name', () => {
  const places = fc.record({ epoch: fc.nat({ max: 4 }), sequence: fc.nat({ max: 9 }) });
  const names = fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(names, fc.array(places, { minLength: 8, maxLength: 8 }), (numbers, headers) => {
      const files = numbers.map((number, index) => good(`${number}.ckpt`, headers[index]));
      const worth = ({ verdict: { header: head } }: Looked) =>
        (head?.epoch ?? 0) * 1_000 + (head?.sequence ?? 0);
      const [first] = newestFirst(files);
      assert.equal(first && worth(first), Math.max(...files.map(worth)));
    }),
    { numRuns: 300, seed: 20_261_129 },
  );
});

test('a damaged file that may be the newest comes first, and one that is older does not', () => {
  const best = good('7.ckpt', { sequence: 7 });
  assert.deepEqual(namesOf([best, damaged('8.ckpt')]), ['8.ckpt', '7.ckpt']);
  assert.deepEqual(namesOf([damaged('6.ckpt'), best]), ['7.ckpt', '6.ckpt']);
  assert.deepEqual(namesOf([best, damaged('6.ckpt', { epoch: 4, sequence: 1 })])[0], '6.ckpt');
  assert.deepEqual(namesOf([best, damaged('8.ckpt', { epoch: 1, sequence: 1 })])[0], '8.ckpt');
  assert.deepEqual(namesOf([best, damaged('model.ckpt')]), ['model.ckpt', '7.ckpt']);
  assert.deepEqual(namesOf([damaged('a.ckpt', { epoch: 3, sequence: 7 }), best])[0], '7.ckpt');
});

test('what is well is not doubted', () => {
  const files = [good('42.ckpt'), good('41.ckpt', { sequence: 41, takenAtNs: at(-500) })];
  const [first, second] = candidatesOf(files, crash(), NOW_MS);
  assert.deepEqual([first?.doubts, first?.warnings, first?.strange], [undefined, [], undefined]);
  assert.deepEqual([first?.epoch, first?.instanceId, second?.name], [3, 'maker-e3', '41.ckpt']);
});

const OTHERS: readonly [string, Partial<CheckpointHeader>][] = [
  ['another instance of this epoch', { instanceId: 'maker-by-hand' }],
  ['another epoch of this instance', { epoch: 2 }],
  ['a later epoch', { epoch: 4, instanceId: 'maker-e4' }],
  ['one that was there before', { epoch: 2, instanceId: 'maker-e2' }],
];

for (const [what, change] of OTHERS) {
  test(`a newest checkpoint of ${what} is doubted`, () => {
    const [doubt = ''] = doubtsOf([good('42.ckpt', change)]);
    assert.match(doubt, /wrote it, and what crashed was maker-e3 \(epoch 3\)/);
  });
}

test('an engine that this recovery has started may have written it, also after the crash', () => {
  const written = good('42.ckpt', { epoch: 4, instanceId: 'maker-e4', takenAtNs: at(30_000) });
  const writers = { crashed: [CRASHED], started: ['maker-e4'], livedOn: false };
  assert.deepEqual(doubtsOf([written], crash({ writers })), []);
  assert.equal(doubtsOf([written]).length, 2);
});

test('a checkpoint of after the crash is doubted, and that of a hung engine only not fresh', () => {
  const written = good('42.ckpt', { takenAtNs: at(5_000) });
  assert.deepEqual(doubtsOf([written]), ['it was taken 4500 ms after the crash was noticed']);
  const writers = { crashed: [CRASHED], started: [], livedOn: true };
  const [candidate] = candidatesOf([written], crash({ writers }), NOW_MS);
  assert.deepEqual([candidate?.doubts, candidate?.late], [undefined, true]);
  assert.match(candidate?.warnings.join() ?? '', /after the crash/);
});

test('two clocks of one host may differ by a second', () => {
  const [candidate] = candidatesOf([good('42.ckpt', { takenAtNs: at(1_400) })], crash(), NOW_MS);
  assert.deepEqual([candidate?.doubts, candidate?.late], [undefined, undefined]);
});

test('a time that this host has not come to is doubted, and no corruption', () => {
  const of = crash({ atMs: NOW_MS + 120_000 });
  const [doubt = ''] = doubtsOf([good('42.ckpt', { takenAtNs: at(80_000) })], of);
  assert.equal(doubt, "its time is 20000 ms ahead of this host's clock");
});

test('an earlier one that was taken later contradicts it', () => {
  const files = [good('42.ckpt'), good('41.ckpt', { sequence: 41, takenAtNs: at(3_000) })];
  assert.match(doubtsOf(files).join(), /^41.ckpt, of an earlier place, was taken 3000 ms later$/);
});

test('two of one place are doubted, unless one is a copy', () => {
  const copy = good('copy.ckpt');
  assert.deepEqual(doubtsOf([good('42.ckpt'), copy]), []);
  const other = good('copy.ckpt', { takenAtNs: at(-5) });
  assert.match(doubtsOf([good('42.ckpt'), other]).join(), /same epoch and sequence/);
});

test('a name that says another sequence is strange, and doubted where it is chosen', () => {
  const old = good('60.ckpt', { epoch: 1, sequence: 7, takenAtNs: at(-7_200_000) });
  const [first, second] = candidatesOf([old, good('42.ckpt')], crash(), NOW_MS);
  assert.deepEqual([first?.name, first?.doubts], ['42.ckpt', undefined]);
  assert.equal(second?.strange, 'its name says 60, its header 7');
  assert.match(doubtsOf([good('60.ckpt')]).join(), /^its name says 60, its header 42$/);
  assert.deepEqual(doubtsOf([good('latest.ckpt')]), []);
});

test('recoveries of earlier versions tell no writers, and nobody is doubted for that', () => {
  const files = [good('42.ckpt', { epoch: 9, takenAtNs: at(5_000) })];
  assert.deepEqual(doubtsOf(files, crash({ writers: null })), []);
});

test('a folder of thousands is searched by what the files claim and by their names', () => {
  const old = Array.from({ length: 3_000 }, (_, n) => ({
    name: `${n + 100}.ckpt`,
    claim: { epoch: 1, sequence: n },
  }));
  const renamed = { name: '1.ckpt', claim: { epoch: 2, sequence: 0 } };
  const beheaded = { name: '9000.ckpt', claim: null };
  const junk = Array.from({ length: 50 }, (_, n) => ({ name: `model-${n}.ckpt`, claim: null }));
  const names = toLookAt([...junk, ...old, renamed, beheaded], 5);
  for (const name of ['1.ckpt', '9000.ckpt', '3099.ckpt', 'model-0.ckpt']) {
    assert.ok(names.includes(name), name);
  }
  assert.ok(names.length <= 15);
});

test('what a file claims is read from its first two lines, whole or not', () => {
  const file = sealed('{}');
  assert.deepEqual(claimOf(file), { epoch: 3, sequence: 42 });
  assert.deepEqual(claimOf(file.subarray(0, 200)), { epoch: 3, sequence: 42 });
  for (const junk of ['', 'RELIGHT-CHECKPOINT', 'RELIGHT-CHECKPOINT\nnull\n', 'x\n{"epoch":1}\n']) {
    assert.equal(claimOf(Buffer.from(junk)), null);
  }
});
