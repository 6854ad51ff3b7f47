/** The manual checklist is that of the procedure. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adviceFor } from '../../../../workflows/domain/crash/cause/advice.js';
import { Cause } from '../../../../workflows/domain/crash/cause/cause.js';
import {
  followUpsFor,
  MANUAL_CHECKLIST,
} from '../../../../workflows/domain/checklist/procedure.js';

/** The sections of the procedure's checklist, and how many boxes each has. */
const PROCEDURE: readonly [string, number][] = [
  ['Analyse the crash', 4],
  ['Fix the issue', 4],
  ['Validate the checkpoint', 4],
  ['Reconcile the state', 4],
  ['Test before recovery', 5],
  ['Resume trading', 5],
  ['After the recovery', 4],
];

test('has every section and every box of the procedure, in its order', () => {
  const sections = MANUAL_CHECKLIST.map(({ title, items }) => [title, items.length]);
  assert.deepEqual(sections, PROCEDURE);
});

test('no box stands twice', () => {
  const items = MANUAL_CHECKLIST.flatMap(({ items: of }) => of.map(({ text }) => text));
  assert.equal(new Set(items).size, items.length);
});

test('asks for fifteen minutes of watching, and for a checkpoint under one hour', () => {
  const text = MANUAL_CHECKLIST.flatMap(({ items }) => items.map((item) => item.text)).join('\n');
  assert.match(text, /closely for 15 minutes/);
  assert.match(text, /under one hour/);
});

test('the follow-ups are its last section, after what mends the cause', () => {
  const last = MANUAL_CHECKLIST.at(-1)?.items.map(({ text }) => text);
  assert.deepEqual(followUpsFor(null), last);
  for (const cause of Cause.options) {
    const advice = adviceFor(cause);
    const told = { cause, confidence: 'certain', because: '', advice } as const;
    assert.ok(advice.mend.length > 0 && advice.resume.length > 0, cause);
    assert.deepEqual(followUpsFor(told), [...advice.mend, ...(last ?? [])]);
  }
});

/** COMMON CRASH SCENARIOS: a cause of each, and words that its advice must have, in this order. */
const SCENARIOS = [
  ['segfault', [/core dump/, /Fix/, /Load the last checkpoint/, /Resume/]],
  [
    'out_of_memory',
    [/leak \(Valgrind, heaptrack\)/, /Fix/, /memory limit/, /checkpoint/, /Resume/],
  ],
  ['deadlock', [/deadlock/, /order of the locks/, /SIGKILL/, /checkpoint/, /Resume/]],
  ['assertion', [/assertion message/, /invariant/, /Fix/, /integrity/, /Resume/]],
  ['disconnect', [/Reconnect/, /Reconcile/, /open orders/, /carefully/]],
] as const;

for (const [cause, words] of SCENARIOS) {
  test(`the advice on ${cause} is the procedure's, step by step`, () => {
    const { mend, resume } = adviceFor(cause);
    let from = 0;
    for (const word of words) {
      const at = [...mend, ...resume].findIndex((step, index) => index >= from && word.test(step));
      assert.notEqual(at, -1, `${word} of ${cause}`);
      from = at + 1;
    }
  });
}
