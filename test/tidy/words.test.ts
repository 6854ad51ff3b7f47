/** Shows each banned word to be refused, and to pass where it may stand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findBannedTokens, findMachinePaths, findStaleExceptions, findVagueName } from './words.js';

// Written apart, or this file would break the rule that it tries.
const MARK = ['TO', 'DO'].join('');

/** Path, text, and what the rule must say, or `undefined` where it must keep quiet. */
const SAMPLES: readonly [string, string, RegExp | undefined][] = [
  ['clients/a.ts', "console.log('x');", /use the logger/],
  ['test/a.ts', "console.log('x');", undefined],
  ['clients/a.ts', `// ${MARK}: later`, /use the work itself/],
  ['workflows/domain/a.ts', 'const a = parseFloat(b);', /use exact decimals/],
  ['workflows/domain/a.ts', 'const a = b.toNumber();', /use exact decimals/],
  ['workflows/domain/a.ts', 'const a = Math.random();', /no clock and no chance/],
  ['workflows/domain/a.ts', 'const a = Date.now();', /no clock and no chance/],
  ['workflows/domain/a.ts', 'const a = new Date(b);', /no clock and no chance/],
  ['workflows/domain/a.ts', "// not Date.now()\nconst a = 'Date.now()';", undefined],
  ['clients/a.ts', 'const a = Date.now();', undefined],
  ['clients/a.ts', 'export enum A { B }', /use a union of literals/],
  ['clients/a.ts', 'export default 1;', /use a named export/],
  ['test/a.test.ts', "test.only('x', () => {});", /use the whole suite/],
  ['activities/a.ts', 'const a = process.env.B;', /use a parsed configuration/],
  ['activities/a.ts', "const a = process['env'];", /use a parsed configuration/],
  ['workers/config/environment.ts', 'const a = process.env.B;', undefined],
  ['clients/utils.ts', '', /says nothing/],
  ['clients/helpers/a.ts', '', /says nothing/],
];

for (const [path, text, expected] of SAMPLES) {
  const shown = text.trim().split('\n')[0]?.slice(0, 60) ?? '';
  const verdict = expected === undefined ? 'allows' : `refuses (${expected.source})`;
  test(`${verdict} in ${path}: ${shown}`, () => {
    const faults = [...findBannedTokens({ path, text }), ...findVagueName(path)];
    if (expected === undefined) assert.deepEqual(faults, []);
    else assert.match(faults.join('\n'), expected);
  });
}

test('refuses an exception that no file needs', () => {
  const needed = { path: 'test/a.ts', text: "console.log('x');" };
  const complaint = /^nothing in test\/ has .*console/;
  assert.ok(!findStaleExceptions([needed]).some((fault) => complaint.test(fault)));
  assert.ok(findStaleExceptions([]).some((fault) => complaint.test(fault)));
});

test('refuses a path of one machine', () => {
  const folder = ['', 'work', 'main'].join('/');
  assert.equal(findMachinePaths({ path: 'a.md', text: `see ${folder}/x` }).length, 1);
  assert.equal(findMachinePaths({ path: 'a.md', text: `see docs${folder}` }).length, 0);
});
