/** Shows the limits of size, and the rule for how a file begins, to bite. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findFullFolders, findMissingHeader, findOversize, findReadonlyFields } from './shape.js';

/** Path, text, and what the rule must say, or `undefined` where it must keep quiet. */
const SAMPLES: readonly [string, string, RegExp | undefined][] = [
  ['clients/a.ts', '\n'.repeat(301) + 'a', /has 302 lines/],
  ['clients/a.ts', `function a() {\n${'  b();\n'.repeat(60)}}\n`, /function a has 62 lines/],
  ['clients/a.ts', `function a() {\n${'  b();\n'.repeat(58)}}\n`, undefined],
];

for (const [path, text, expected] of SAMPLES) {
  const shown = text.trim().split('\n')[0]?.slice(0, 60) ?? '';
  const verdict = expected === undefined ? 'allows' : `refuses (${expected.source})`;
  test(`${verdict} in ${path}: ${shown}`, () => {
    const faults = findOversize({ path, text });
    if (expected === undefined) assert.deepEqual(faults, []);
    else assert.match(faults.join('\n'), expected);
  });
}

test('refuses a folder of sixteen files, and counts none of its inner folders', () => {
  const fill = (folder: string, count: number) =>
    Array.from({ length: count }, (_, index) => ({ path: `${folder}/a${index}.ts`, text: '' }));
  assert.deepEqual(findFullFolders([...fill('clients', 15), ...fill('clients/cli', 15)]), []);
  assert.match(findFullFolders(fill('test/e2e', 16)).join(), /test\/e2e\/ has 16 files; 15 is/);
});

for (const [text, isHeader] of [
  ['/** What it is. */\nconst a = 1;', true],
  ['/**\n * What it is.\n */\nconst a = 1;', true],
  ['#!/usr/bin/env node\n/** What it is. */\n', true],
  ["import a from 'a';\n/** What it is. */\n", false],
  ['// What it is.\n', false],
  ['/* What it is. */\n', false],
  ['/** */\n', false],
  ['', false],
] as const) {
  test(`${isHeader ? 'takes' : 'does not take'} for a header: ${JSON.stringify(text)}`, () => {
    assert.equal(findMissingHeader({ path: 'clients/a.ts', text }).length, isHeader ? 0 : 1);
  });
}

for (const [text, isRefused] of [
  ['interface A {\n  readonly b: string;\n}\n', true],
  ['export type A = { readonly b?: string };\n', true],
  ['interface A {\n  b: { c: string; readonly d: string };\n}\n', true],
  ['interface A {\n  readonly [name: string]: string;\n}\n', true],
  ['interface A {\n  b: readonly string[];\n  c: Readonly<Record<string, string>>;\n}\n', false],
  ['export class A {\n  readonly #b: string;\n  readonly c: string;\n}\n', false],
  ['class A {\n  readonly b: string;\n}\ninterface C {\n  readonly d: string;\n}\n', true],
  ['function a(readonly: boolean, b: readonly string[]) {}\n', false],
  ['interface A {\n  // readonly b: string;\n  b: string;\n}\n', false],
] as const) {
  test(`${isRefused ? 'refuses' : 'allows'} fields as in ${JSON.stringify(text)}`, () => {
    assert.equal(findReadonlyFields({ path: 'clients/a.ts', text }).length, isRefused ? 1 : 0);
  });
}
