/**
 * YAML as a configuration may be written, and where in the text each setting stands.
 *
 * Invariants: what is refused is refused by line and column; nothing is lost: no key stands twice,
 * none is one that a schema passes over; the work is linear in the length of the text, and aliases
 * cannot multiply it.
 */
import {
  LineCounter,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  visit,
  type Document,
  type Pair,
  type YAMLMap,
  type YAMLError,
} from 'yaml';
import { shortened } from '../../../workflows/domain/content/shortened.js';
import { ConfigError } from '../error.js';
import { shown } from './shown.js';
import { refuseCostly } from './yaml-cost.js';

const MOST_FAULTS = 50;

export type SettingPath = readonly PropertyKey[];

export interface YamlText {
  data: unknown;
  /** Where the setting, or the nearest that is there above it, begins; null if nothing does. */
  lineOf: (path: SettingPath) => number | null;
}

/** Fails with a ConfigError that names the places. */
export function readYaml(text: string): YamlText {
  try {
    return read(text);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    // An alias leads to too much or to nothing.
    throw new ConfigError((error as Error).message);
  }
}

function read(text: string): YamlText {
  refuseCostly(text);
  const lines = new LineCounter();
  // Its own look for keys that stand twice compares each with each: see `lostKeys`.
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false });
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) throw new ConfigError(placedFault(document, { error, lines, text }));
  const lost = lostKeys(document, lines);
  if (lost.length > 0) throw new ConfigError(shortened(lost, MOST_FAULTS).join('\n'));
  const find = createFinder();
  return {
    data: document.toJS() as unknown,
    lineOf: (path) => {
      const offset = offsetOf(document, path, find);
      return offset === null ? null : lines.linePos(offset).line;
    },
  };
}

interface Fault {
  error: YAMLError;
  lines: LineCounter;
  text: string;
}

const REMEDIES: Partial<Record<YAMLError['code'], string>> = {
  MULTIPLE_DOCS: 'a second document begins here: write one file of one document',
};

/** Where the person has to look, which for these is not where the parser noticed. */
function placedFault(document: Document, { error, lines, text }: Fault): string {
  const why = REMEDIES[error.code] ?? error.message.split(' at line ')[0]?.replace(/:$/, '');
  const nested = document.errors.find(({ code }) => code === 'MULTILINE_IMPLICIT_KEY');
  if (nested !== undefined && nested.pos[0] === error.pos[0]) {
    const { line } = lines.linePos(nested.pos[1]);
    const begin = lines.lineStarts[line - 1] ?? 0;
    const col = text.slice(begin).search(/\S/) + 1;
    const remedy = 'a setting below one that has a value already: indent it as its neighbours';
    return `line ${line}, column ${col}: ${remedy}`;
  }
  const quote = error.code === 'MISSING_CHAR' ? openQuote(document, error.pos[0]) : null;
  const { line, col } = lines.linePos(quote ?? error.pos[0]);
  return `line ${line}, column ${col}: ${why}`;
}

/** Where the text in quotes begins that never ends. */
function openQuote(document: Document, end: number): number | null {
  let begin: number | null = null;
  visit(document, {
    Scalar: (_, { type, range }) => {
      if (type?.startsWith('QUOTE') === true && range?.[1] === end) [begin] = range;
    },
  });
  return begin;
}

/** What a schema would never see, or only in part. */
function lostKeys(document: Document, lines: LineCounter): string[] {
  const faults: string[] = [];
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<string>();
      for (const pair of items) {
        const key = keyOf(pair);
        const fault = keyFault(key, seen);
        if (fault !== null) faults.push(`${placeOf(pair, lines)}${fault}`);
        if (key !== null) seen.add(key);
      }
    },
  });
  return faults;
}

function keyFault(key: string | null, seen: ReadonlySet<string>): string | null {
  if (key === null) return 'a key is no word: write a name';
  if (key === '__proto__') return 'a key is named "__proto__", which no setting and no name may be';
  return seen.has(key) ? `the key ${shown(key)} stands there twice: leave one out` : null;
}

function placeOf({ key }: Pair, lines: LineCounter): string {
  const offset = rangeOf(key);
  if (offset === null) return '';
  const { line, col } = lines.linePos(offset);
  return `line ${line}, column ${col}: `;
}

/** As it will be called; null where it is no word. */
function keyOf({ key }: Pair): string | null {
  if (!isScalar(key)) return null;
  const { value } = key;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

function rangeOf(node: unknown): number | null {
  return isScalar(node) || isMap(node) || isSeq(node) ? (node.range?.[0] ?? null) : null;
}

type Find = (map: YAMLMap, key: string) => Pair | undefined;

/** Each map is gone through once, however many of its settings are asked for. */
function createFinder(): Find {
  const byMap = new WeakMap<YAMLMap, Map<string | null, Pair>>();
  return (map, key) => {
    const pairs = byMap.get(map) ?? new Map(map.items.map((pair) => [keyOf(pair), pair]));
    byMap.set(map, pairs);
    return pairs.get(key);
  };
}

function offsetOf(document: Document, path: SettingPath, find: Find): number | null {
  let node: unknown = document.contents;
  let offset = rangeOf(node);
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = find(node, String(part));
      if (pair === undefined) return offset;
      offset = rangeOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      offset = rangeOf(node) ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}
