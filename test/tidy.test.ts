/** House rules that no linter knows, over every source file; each is also shown to bite. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findFaults, findMachinePaths, listImports, type Source } from './tidy-rules.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCE = /^(?:workflows|activities|clients|workers|sandbox|test)\/.*\.m?ts$/;
const TEXT = /(?:\.(?:m?[jt]s|json|ya?ml|md|sh|toml|h|hpp|rs|conf|service)|Dockerfile)$/;

function readSources(pattern: RegExp): Source[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '-z'],
    { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  return [...new Set(listed.split('\0'))]
    .filter((path) => pattern.test(path) && existsSync(ROOT + path))
    .map((path) => ({ path, text: readFileSync(ROOT + path, 'utf8') }));
}

test('every source file keeps the house rules', () => {
  const sources = readSources(SOURCE);
  assert.ok(sources.length > 0, 'no source file was found');
  assert.deepEqual(sources.flatMap(findFaults), []);
});

test('no tracked text names a path of one machine', () => {
  assert.deepEqual(readSources(TEXT).flatMap(findMachinePaths), []);
});

// Written apart, or this file would break the rule that it tries.
const MARK = ['TO', 'DO'].join('');

/** Path, text, and what the rule must say, or `undefined` where it must keep quiet. */
const SAMPLES: readonly [string, string, RegExp | undefined][] = [
  ['workflows/domain/a.ts', "import { z } from 'zod';", undefined],
  ['workflows/domain/a.ts', "import { sha256 } from '@noble/hashes/sha2.js';", undefined],
  ['workflows/domain/a.ts', "import { b } from '../ids.js';", /may not import workflows\/ids/],
  ['workflows/domain/a.ts', "import fs from 'node:fs';", /may not import node:fs/],
  ['workflows/a.ts', "import type { B } from '../activities/b.js';", /may not import types of/],
  ['workflows/a.ts', "import { b } from '../activities/b.js';", /may not import activities\/b/],
  ['workflows/a.ts', "import { type B } from '../activities/b.js';", /may not import activities/],
  ['workflows/a.ts', "import pino from 'pino';", /may not import pino/],
  ['workflows/a.ts', "import { z } from 'zod';", /may not import zod/],
  ['activities/a.ts', "import { failure } from '../workflows/failure.js';", undefined],
  ['activities/a.ts', "import type { X } from '../workflows/contract/index.js';", undefined],
  [
    'activities/a.ts',
    "import { x } from '../workflows/contract/index.js';",
    /may not import workf/,
  ],
  ['activities/a.ts', "import { x } from '../workflows/ids.js';", /may not import workflows\/ids/],
  ['activities/a.ts', "import { c } from '../clients/c.js';", /may not import clients\/c/],
  ['clients/engine/a.ts', "import type { P } from '../../activities/ports.js';", undefined],
  ['clients/engine/a.ts', "import { p } from '../../activities/ports.js';", /may not import activ/],
  ['clients/engine/a.ts', "import ccxt from 'ccxt';", /may not import ccxt/],
  [
    'clients/engine/a.ts',
    "import { c } from '../exchange/connection/ccxt.js';",
    /may not import clients/,
  ],
  ['clients/exchange/a.ts', "import ccxt from 'ccxt';", /may not import ccxt/],
  ['clients/exchange/a.ts', "import type { Order } from 'ccxt';", undefined],
  ['clients/exchange/connection/a.ts', "import { ccxt } from './ccxt.js';", undefined],
  ['clients/cli/a.ts', "await import('../../workers/main.js');", /may not import workers\/main/],
  ['clients/cli/a.ts', "export { x } from '../../sandbox/x.js';", /may not import sandbox\/x/],
  ['workers/a.ts', "import { x } from '../sandbox/x.js';", /may not import sandbox\/x/],
  ['workers/a.ts', "import { x } from '../test/x.js';", /may not import test\/x/],
  ['workers/a.ts', "import {\n  a,\n  b,\n} from 'ccxt';", /may not import ccxt/],
  ['sandbox/engine/a.ts', "import type { Order } from 'ccxt';", undefined],
  ['test/a.ts', "import * as ccxt from 'ccxt';", /may not import ccxt/],
  ['sandbox/demo.ts', "import ccxt from 'ccxt';", /may not import ccxt/],
  ['sandbox/demo.ts', "import { x } from '../activities/x.js';", /may not import activities\/x/],
  ['elsewhere/a.ts', '', /in no known folder/],
  ['clients/a.ts', "console.log('x');", /use the logger/],
  ['sandbox/demo.ts', "console.log('x');", undefined],
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
  ['workers/config/load.ts', 'const a = process.env.B;', undefined],
  ['clients/a.ts', '\n'.repeat(301) + 'a', /has 302 lines/],
  ['clients/a.ts', `function a() {\n${'  b();\n'.repeat(60)}}\n`, /function a has 62 lines/],
  ['clients/a.ts', `function a() {\n${'  b();\n'.repeat(58)}}\n`, undefined],
  ['clients/utils.ts', '', /says nothing/],
  ['clients/helpers/a.ts', '', /says nothing/],
];

for (const [path, text, expected] of SAMPLES) {
  const shown = text.trim().split('\n')[0]?.slice(0, 60) ?? '';
  const verdict = expected === undefined ? 'allows' : `refuses (${expected.source})`;
  test(`${verdict} in ${path}: ${shown}`, () => {
    const faults = findFaults({ path, text });
    if (expected === undefined) assert.deepEqual(faults, []);
    else assert.match(faults.join('\n'), expected);
  });
}

test('refuses a path of one machine', () => {
  const folder = ['', 'work', 'main'].join('/');
  assert.equal(findMachinePaths({ path: 'a.md', text: `see ${folder}/x` }).length, 1);
  assert.equal(findMachinePaths({ path: 'a.md', text: 'see docs/work/main' }).length, 0);
});

test('tells type imports from value imports', () => {
  const text = "import type { A } from './a.js';\nimport { b } from './b.js';\nimport './c.js';\n";
  assert.deepEqual(listImports({ path: 'clients/x.ts', text }), [
    { target: 'clients/a', typeOnly: true },
    { target: 'clients/b', typeOnly: false },
    { target: 'clients/c', typeOnly: false },
  ]);
});
