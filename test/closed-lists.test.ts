/**
 * Every word of a closed list is one that the code says or hears: a word that nobody uses is a case
 * that cannot be, and whoever reads the list handles it for nothing.
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

interface Source {
  path: string;
  text: string;
}

/** Where words are used. */
const FOLDERS = ['workflows', 'activities', 'clients', 'workers', 'sandbox'];
/** Where the lists that are held stand. */
const HELD = /^(?:workflows\/|activities\/)/;

/** Words that somebody else's program says, and that we treat as the rest of their list. */
const OF_OTHERS: ReadonlyMap<string, string> = new Map([
  ['unauthorised', 'an engine refuses with it, as docs/engine-control.openapi.yaml lists'],
  ...['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'].map(
    (day) =>
      [day, 'people write it in a calendar, and days are told apart by their number'] as const,
  ),
]);

const WORD = String.raw`'[\w.-]+'`;
const LISTS: readonly RegExp[] = [
  new RegExp(String.raw`z\.enum\(\[\s*${WORD}(?:,\s*${WORD})*,?\s*\]`, 'g'),
  new RegExp(String.raw`= \[\s*(?:\.\.\.\w+,\s*)?${WORD}(?:,\s*${WORD})*,?\s*\] as const`, 'g'),
  new RegExp(String.raw`(?:=|\w\??:)\s+(?:\|\s*)?${WORD}(?:\s*\|\s*${WORD})+`, 'g'),
];
/** Of a union of objects, each with a word of its own. */
const VARIANT = new RegExp(String.raw`\b(?:kind|status|outcome|disposition): (${WORD})`, 'g');
/** A table whose keys are the words. */
const TABLE = /= \{\n((?: {2}\w+: \{[^\n]*\},\n)+)\} as const satisfies Record<string/g;

interface List {
  path: string;
  start: number;
  end: number;
  words: readonly string[];
}

function unquoted(text: string, word: RegExp = new RegExp(WORD, 'g')): string[] {
  return [...text.matchAll(word)].map((found) => (found[1] ?? found[0]).replaceAll("'", ''));
}

/** Up to its own semicolon: those within braces are of fields. */
function statementAt(text: string, at: number): string {
  let depth = 0;
  for (let end = at; end < text.length; end += 1) {
    if (text[end] === '{') depth += 1;
    if (text[end] === '}') depth -= 1;
    if (text[end] === ';' && depth === 0) return text.slice(at, end);
  }
  return text.slice(at);
}

function listsIn({ path, text }: Source): List[] {
  const plain = LISTS.flatMap((list) => [...text.matchAll(list)]).map((found) => {
    return { at: found.index, text: found[0], words: unquoted(found[0]) };
  });
  const variants = [...text.matchAll(/^(?:export )?type \w+ =/gm)].map((found) => {
    const whole = statementAt(text, found.index);
    return { at: found.index, text: whole, words: unquoted(whole, VARIANT) };
  });
  const tables = [...text.matchAll(TABLE)].map((found) => {
    return { at: found.index, text: found[0], words: unquoted(found[1] ?? '', /^ {2}(\w+):/gm) };
  });
  return [...plain, ...variants, ...tables].map((found) => {
    return { path, start: found.at, end: found.at + found.text.length, words: found.words };
  });
}

/** What is left once no list declares its words. */
function withoutLists(source: Source): string {
  return listsIn(source).reduce((text, { start, end }) => {
    const blank = ' '.repeat(end - start);
    return text.slice(0, start) + blank + text.slice(end);
  }, source.text);
}

/** `path: word` of each word that no source uses outside the lists. */
function unusedIn(sources: readonly Source[]): string[] {
  const used = new Set(sources.flatMap((source) => unquoted(withoutLists(source))));
  const lists = sources.filter(({ path }) => HELD.test(path)).flatMap(listsIn);
  const dead = lists.flatMap(({ path, words }) =>
    words.filter((word) => !used.has(word)).map((word) => `${path}: ${word}`),
  );
  return [...new Set(dead)].toSorted();
}

function sourcesOfProduct(): Source[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name))
      .map((path) => ({ path, text: readFileSync(path, 'utf8') })),
  );
}

const ALL = sourcesOfProduct();

test('every word of a closed list is used outside it', () => {
  const dead = unusedIn(ALL).filter((found) => !OF_OTHERS.has(found.split(': ')[1] ?? ''));
  assert.deepEqual(dead, []);
});

test('no word is excused that needs no excuse', () => {
  const dead = new Set(unusedIn(ALL).map((found) => found.split(': ')[1]));
  const stale = [...OF_OTHERS.keys()].filter((word) => !dead.has(word));
  assert.deepEqual(stale, []);
});

test('the lists that matter are seen', () => {
  const words = new Set(
    ALL.filter(({ path }) => HELD.test(path))
      .flatMap(listsIn)
      .flatMap((l) => l.words),
  );
  for (const word of [
    'venues_unreadable', // z.enum over several lines
    'heartbeat_file', // z.enum on one
    'recover_orders', // a list as const
    'unexplained', // a union of literals
    'withdrawn', // a field
    'hard_fail', // a union of objects
    'duplicate',
    'KillSwitchEngaged', // keys of a table
  ]) {
    assert.ok(words.has(word), word);
  }
});

const USER = { path: 'workflows/steps/a.ts', text: "if (kind === 'one') act('two');" };

for (const [what, text] of [
  ['z.enum', "export const Kind = z.enum(['one', 'two', 'three']);"],
  ['a list', "export const KINDS = [\n  'one',\n  'two',\n  'three',\n] as const;"],
  ['a union of literals', "export type Kind = 'one' | 'two' | 'three';"],
  ['a union over lines', "export type Kind =\n  | 'one'\n  | 'two'\n  | 'three';"],
  ['a field', "interface A {\n  kind: 'one' | 'two' | 'three';\n}"],
  [
    'a union of objects',
    "export type A =\n  | { kind: 'one'; a: string }\n  | { kind: 'two' }\n  | { kind: 'three'; b: number };",
  ],
  [
    'a table',
    'const T = {\n  one: { a: 1 },\n  two: { a: 1 },\n  three: { a: 2 },\n} as const satisfies Record<string, A>;',
  ],
] as const) {
  test(`a word that nobody uses is found in ${what}`, () => {
    const list = { path: 'workflows/domain/a.ts', text };
    const twin = { path: 'workflows/domain/b.ts', text: "export type Twin = 'three' | 'one';" };
    assert.deepEqual(unusedIn([list, USER]), ['workflows/domain/a.ts: three']);
    const both = ['workflows/domain/a.ts: three', 'workflows/domain/b.ts: three'];
    assert.deepEqual(unusedIn([list, twin, USER]), both, 'one list uses no word of another');
  });
}
