/**
 * Secrets that are known by their value, found in a text: as they are, and in whatever form a program may have
 * written them, over the end of a line too; of one that is long and mixed, each half too.
 *
 * Invariants: linear in the text; a form that is shorter than a word's worth is not looked for.
 */
import { formsOf, piecesOf, rareFormsOf, sparse, withParts } from './forms.js';
import { joined, sparseOf } from './decoded/joined.js';
import type { Layer } from './decoded/layer.js';
import { BEGINS, findWords, wordsOf, type Words } from './search.js';

/** What an environment or a file gives as a value; shorter ones are words. */
const SHORTEST = BEGINS;
/** By letters and digits alone, whatever stands between them and in small ones or capitals. */
const SHORTEST_SPARSE = 8;
const SHORTEST_OF_LETTERS = 12;

export interface KnownSecrets {
  /** To the letter. */
  exact: Words;
  /** Only letters and digits. */
  sparse: Words;
  /** By how they begin, with which a line may end. */
  byHead: ReadonlyMap<string, readonly string[]>;
  /** Whether any begins with two such characters: most places are passed over by it. */
  heads: Uint8Array;
}

export function knownSecrets(values: readonly string[]): KnownSecrets {
  const whole = [...new Set(values.flatMap(withParts))].filter(({ length }) => length >= SHORTEST);
  const shown = new Set(whole.flatMap(formsOf));
  const forms = [...shown, ...whole.flatMap(rareFormsOf)].filter(
    ({ length }) => length >= SHORTEST,
  );
  const bare = [...new Set(forms.map(sparse))].filter(isLong);
  const byHead = new Map<string, string[]>();
  const heads = new Uint8Array(HEADS);
  for (const form of bare) {
    heads[headAt(form, 0)] = 1;
    const head = form.slice(0, HEAD);
    byHead.set(head, [...(byHead.get(head) ?? []), form]);
  }
  return {
    exact: wordsOf([...forms, ...[...shown].flatMap(piecesOf)]),
    sparse: wordsOf(bare),
    byHead,
    heads,
  };
}

const HEADS = 1 << 12;

function headAt(text: string, at: number): number {
  return (text.charCodeAt(at) * 31 + text.charCodeAt(at + 1)) & (HEADS - 1);
}

function isLong(form: string): boolean {
  if (form.length < SHORTEST_SPARSE) return false;
  return form.length >= SHORTEST_OF_LETTERS || /\d/.test(form);
}

export function isNone({ exact }: KnownSecrets): boolean {
  return exact.byBeginning.size === 0;
}

/** The places of the whole text that are part of a secret: its marks become 1. */
export function markKnown(layer: Layer, known: KnownSecrets, marks: Uint8Array): void {
  const { text, from, to } = joined(layer);
  findWords(text, known.exact, (at, length) => {
    for (let i = at; i < at + length; i += 1) marks.fill(1, from[i], to[i]);
  });
  const bare = sparseOf(layer);
  const mark = (at: number, length: number) => {
    marks.fill(1, bare.from[at], bare.to[at + length - 1]);
  };
  findWords(bare.text, known.sparse, mark);
  bare.lines.forEach((end, index) => {
    const start = Math.max(bare.lines[index - 1] ?? 0, end - LONGEST_HEAD);
    markOver(bare.text, { start, end }, known, mark);
  });
}

const HEAD = 4;
/** What a log writes before a line's words is shorter. */
const FAR = 160;
const LONGEST_HEAD = 512;

/** One that a line ends with the beginning of, and the next one goes on with, whatever stands before it there. */
function markOver(
  text: string,
  { start, end }: { start: number; end: number },
  { byHead, heads }: KnownSecrets,
  mark: (at: number, length: number) => void,
): void {
  const next = text.slice(end, end + FAR);
  for (let at = start; at + HEAD <= end; at += 1) {
    const forms = heads[headAt(text, at)] === 1 ? byHead.get(text.slice(at, at + HEAD)) : undefined;
    if (forms === undefined) continue;
    const head = text.slice(at, end);
    const form = forms.find((one) => one.length > head.length && one.startsWith(head));
    if (form === undefined) continue;
    const rest = form.slice(head.length);
    const found = next.indexOf(rest);
    if (found !== -1) mark(end + found, rest.length);
    if (found !== -1 || isMuch(head, form)) mark(at, head.length);
  }
}

/** So that the beginning alone tells. */
function isMuch(head: string, form: string): boolean {
  const part = head.length / form.length;
  return head.length >= SHORTEST_SPARSE && (part >= 0.75 || (part >= 0.5 && /\d/.test(head)));
}
