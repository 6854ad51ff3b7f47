/** Every test file is run once, and those that share a process may. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LONGEST, testOf, unitsOf } from './units.js';

const TESTS = join(import.meta.dirname, '..');
const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => join('test', name))
  .sort();
const units = unitsOf(files);

test('every file is in one unit', () => {
  assert.deepEqual(units.flatMap((unit) => unit.files).sort(), files);
});

test('those that take longest are there, and are begun first', () => {
  const first = units.slice(0, LONGEST.length).map((unit) => unit.files);
  assert.deepEqual(
    first,
    LONGEST.map((name) => [testOf(name)]),
  );
});

/** What befalls the tests of other files, or outlives one's own. */
const OF_A_PROCESS = [
  /^(?:test\.)?(?:before|after)Each\(/m,
  /\bprocess\.(?:chdir|exit|on|once)\b/,
  /\bprocess\.env(?:\.\w+|\[[^\]]+\]) = /,
  /^(?:test\.)?mock\./m,
];

test('files that share a process have nothing that belongs to a whole process', () => {
  const shared = units.filter((unit) => unit.files.length > 1);
  assert.ok(shared.length > 0);
  const faults = shared
    .flatMap((unit) => unit.files)
    .filter((file) => {
      const text = readFileSync(join(TESTS, '..', file), 'utf8');
      return OF_A_PROCESS.some((pattern) => pattern.test(text));
    });
  assert.deepEqual(faults, []);
});
