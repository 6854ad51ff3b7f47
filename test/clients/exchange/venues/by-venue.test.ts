/**
 * All that is of one venue stands in its folder: who adds a word of Kraken's opens one folder, and who
 * adds a venue makes one, and a line in the table.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { OWN } from '../../../../clients/exchange/venues/own.js';
import { listImports } from '../../../tidy/source.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const EXCHANGE = 'clients/exchange';
/** The table, the list that a configuration is checked against without loading ccxt, and names of libraries. */
const TABLES = [
  'clients/exchange/venues/own.ts',
  'clients/exchange/known-venues.ts',
  'workflows/domain/orders/shared-prefixes.ts',
];
const SHARED_FOLDERS = ['generic'];

const COMMENT = /\/\*[\s\S]*?\*\/|(?:^|\s)\/\/.*$/gm;
const IMPORT = /^(?:import|export) (?:type )?\{[^}]*\} from '[^']*';$/gm;

interface Source {
  path: string;
  text: string;
}

function sourcesIn(folder: string): Source[] {
  return readdirSync(join(ROOT, folder), { recursive: true })
    .map((name) => join(folder, String(name)).replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

/** What runs in production; the sandbox has venues of its own. */
const sources = ['clients', 'workers', 'activities', 'workflows'].flatMap(sourcesIn);
/** A setting that is published by this name; its words come from the folder. */
const PUBLISHED = /\b(?:krakenTier|KRAKEN_TIERS)\b/g;

const folders = readdirSync(join(ROOT, EXCHANGE, 'venues'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !SHARED_FOLDERS.includes(entry.name))
  .map(({ name }) => name);

/** The venue in whose folder a path is. */
function homeOf(path: string): string | undefined {
  return folders.find((folder) => path.startsWith(`${EXCHANGE}/venues/${folder}/`));
}

/** Code that names a venue outside its folder; the way to a folder, in an import, is no such name. */
function strangersIn({ path, text }: Source): string[] {
  if (homeOf(path) !== undefined || TABLES.includes(path)) return [];
  const names = new RegExp([...folders, ...Object.keys(OWN)].join('|'), 'gi');
  const code = text.replaceAll(COMMENT, '').replaceAll(IMPORT, '').replaceAll(PUBLISHED, '');
  return [...code.matchAll(names)].map(([name]) => `${path} names ${name}`);
}

/** An import of what is in a venue's folder from outside it. */
function reachingInto({ path, text }: Source): string[] {
  return listImports({ path, text })
    .map(({ target }) => target)
    .filter((target) => homeOf(target) !== undefined && homeOf(target) !== homeOf(path))
    .map((target) => `${path} takes ${target}`);
}

test('no code outside the folder of a venue names it', () => {
  assert.deepEqual(sources.flatMap(strangersIn), []);
});

test('a name that stands in the wrong place is found', () => {
  const path = `${EXCHANGE}/connection/connection.ts`;
  for (const text of [
    "if (settings.ccxt === 'kraken') wait();",
    'const KRAKEN_MS = 6_000;',
    'const OPTIONS = { binanceusdm: {} };',
    'return /coinbase/.test(id);',
  ]) {
    assert.equal(strangersIn({ path, text }).length, 1, text);
    assert.deepEqual(strangersIn({ path: `${EXCHANGE}/venues/kraken/adapter.ts`, text }), []);
  }
  assert.deepEqual(strangersIn({ path, text: '/** As Kraken does. */\n// and Binance' }), []);
});

test('the folder of a venue is entered by the table alone, but for the words of a setting', () => {
  const entered = sources.filter(({ path }) => !TABLES.includes(path)).flatMap(reachingInto);
  assert.deepEqual(entered, [`workers/config/schema.ts takes ${EXCHANGE}/venues/kraken/tiers`]);
});

test('each folder of a venue has its profile, its limits, its words and its envelopes', () => {
  for (const folder of folders) {
    for (const file of ['profile', 'limits', 'words', 'envelope']) {
      const path = `${EXCHANGE}/venues/${folder}/${file}.ts`;
      assert.ok(
        sources.some((source) => source.path === path),
        path,
      );
    }
  }
});
