/** Shows the table of imports to bite, and to refuse what is allowed in vain. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Zone } from './client-zones.js';
import { findForbiddenImports, findStaleAllowances } from './zones.js';

/** Path, text, and what the rule must say, or `undefined` where it must keep quiet. */
const SAMPLES: readonly [string, string, RegExp | undefined][] = [
  ['workflows/domain/a.ts', "import { z } from 'zod';", undefined],
  ['workflows/domain/a.ts', "import { sha256 } from '@noble/hashes/sha2.js';", undefined],
  ['workflows/domain/a.ts', "import { b } from '../ids.js';", /may not import workflows\/ids/],
  ['workflows/domain/a.ts', "import fs from 'node:fs';", /may not import node:fs/],
  ['workflows/a.ts', "import type { B } from '../activities/b.js';", /may not import types of act/],
  ['workflows/a.ts', "import { b } from '../activities/b.js';", /may not import activities\/b/],
  ['workflows/a.ts', "import { type B } from '../activities/b.js';", /may not import activities/],
  ['workflows/a.ts', "import pino from 'pino';", /may not import pino/],
  ['workflows/a.ts', "import { z } from 'zod';", /may not import zod/],
  ['activities/a.ts', "import { failure } from '../workflows/failure.js';", undefined],
  [
    'activities/procedures/a.ts',
    "import { Context } from '@temporalio/activity';",
    /may not import @temporalio/,
  ],
  ['activities/procedures/a.ts', "import { a } from '../start.js';", /may not import activities/],
  ['activities/a.ts', "import type { X } from '../workflows/contract/x.js';", undefined],
  [
    'activities/a.ts',
    "import { x } from '../workflows/contract/x.js';",
    /may not import workflows/,
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
  ['clients/report/a.ts', "import pdf from 'pdfkit';", undefined],
  ['clients/report/a.ts', "import { z } from 'zod';", /may not import zod/],
  ['clients/notify/a.ts', "import pdf from 'pdfkit';", /may not import pdfkit/],
  ['clients/notify/a.ts', "import { s } from '../artifacts/index.js';", /may not import clients/],
  ['clients/temporal/embedded/a.ts', "import { r } from '../recoveries.js';", /may not import cl/],
  ['clients/exchange/venues/kraken/a.ts', "import { o } from './orders.js';", undefined],
  ['clients/exchange/venues/kraken/a.ts', "import { p } from '../pages.js';", undefined],
  [
    'clients/exchange/venues/kraken/a.ts',
    "import { o } from '../binance/orders.js';",
    /may not import clients\/exchange\/venues\/binance/,
  ],
  ['clients/exchange/venues/index.ts', "import { o } from './kraken/orders.js';", undefined],
  ['clients/cli/a.ts', "await import('../../workers/main.js');", /may not import workers\/main/],
  ['clients/cli/a.ts', "export { x } from '../../sandbox/x.js';", /may not import sandbox\/x/],
  ['workers/a.ts', "import { x } from '../sandbox/x.js';", /may not import sandbox\/x/],
  ['workers/a.ts', "import { x } from '../test/x.js';", /may not import test\/x/],
  ['workers/a.ts', "import {\n  a,\n  b,\n} from 'ccxt';", /may not import ccxt/],
  [
    'workers/config/a.ts',
    "import { c } from '../compose/c.js';",
    /may not import workers\/compose/,
  ],
  ['workers/compose/a.ts', "import { c } from '../config/load.js';", undefined],
  ['sandbox/venues/a.ts', "import { z } from 'zod';", undefined],
  [
    'sandbox/venues/wire/a.ts',
    "import type { Order } from '../../../workflows/domain/books/state.js';",
    /may not import types of workflows/,
  ],
  ['sandbox/venues/a.ts', "import { e } from '../engine/e.js';", /may not import sandbox\/engine/],
  ['sandbox/engine/a.ts', "import { v } from '../venues/v.js';", /may not import sandbox\/venues/],
  ['sandbox/engine/a.ts', "import type { Order } from 'ccxt';", undefined],
  ['test/a.ts', "import * as ccxt from 'ccxt';", /may not import ccxt/],
  ['sandbox/demo.ts', "import ccxt from 'ccxt';", /may not import ccxt/],
  ['sandbox/demo.ts', "import { x } from '../activities/x.js';", /may not import activities\/x/],
  ['elsewhere/a.ts', '', /in no known folder/],
];

for (const [path, text, expected] of SAMPLES) {
  const shown = text.trim().split('\n')[0]?.slice(0, 60) ?? '';
  const verdict = expected === undefined ? 'allows' : `refuses (${expected.source})`;
  test(`${verdict} in ${path}: ${shown}`, () => {
    const faults = findForbiddenImports({ path, text });
    if (expected === undefined) assert.deepEqual(faults, []);
    else assert.match(faults.join('\n'), expected);
  });
}

const HOUSE: readonly Zone[] = [
  { folder: 'kitchen/', values: ['cellar/', 'package:knife'], types: ['package:stove'] },
  { folder: 'cellar/', values: [] },
];
const KITCHEN = [
  "import { wine } from '../cellar/wine.js';",
  "import { blade } from 'knife/blade.js';",
  "import type { Heat } from 'stove';",
].join('\n');

function staleIn(kitchen: string, cellar = 'cellar/wine.ts'): string[] {
  const sources = [
    { path: 'kitchen/cook.ts', text: kitchen },
    { path: cellar, text: '' },
  ];
  return findStaleAllowances(sources, HOUSE);
}

test('keeps quiet about a table of which all is needed', () => {
  assert.deepEqual(staleIn(KITCHEN), []);
});

test('refuses an allowance that no file uses', () => {
  assert.match(
    staleIn(KITCHEN.replace("'knife/blade.js'", "'knives'")).join(),
    /no value of knife/,
  );
  assert.match(staleIn(KITCHEN.replace("'stove'", "'oven'")).join(), /no type of stove/);
});

test('refuses to allow values where types are all that is used', () => {
  const types = KITCHEN.replace('import { wine }', 'import type { Wine }');
  assert.match(staleIn(types).join(), /kitchen\/ imports no value of cellar\//);
});

test('refuses a row for a folder that is gone', () => {
  assert.match(
    staleIn(KITCHEN, 'kitchen/wine.ts').join(),
    /a row for cellar\/, which holds no file/,
  );
});
