/** The manual checklist is that of the procedure. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AFTER_RECOVERY_FOLLOW_UPS,
  MANUAL_CHECKLIST,
} from '../../../../workflows/domain/gates/checklist.js';

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
  const items = MANUAL_CHECKLIST.flatMap((section) => section.items);
  assert.equal(new Set(items).size, items.length);
});

test('asks for fifteen minutes of watching, and for a checkpoint under one hour', () => {
  const text = MANUAL_CHECKLIST.flatMap(({ items }) => items).join('\n');
  assert.match(text, /closely for 15 minutes/);
  assert.match(text, /under one hour/);
});

test('the follow-ups of a recovery are its last section', () => {
  assert.deepEqual(AFTER_RECOVERY_FOLLOW_UPS, MANUAL_CHECKLIST.at(-1)?.items);
  assert.equal(AFTER_RECOVERY_FOLLOW_UPS.length, 4);
});
