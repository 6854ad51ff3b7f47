/**
 * Secrets that are known by their value, found in a text: as they are, escaped, URL-encoded, in base64 or
 * hex, and over the end of a line; of one that is long and mixed, each half too.
 *
 * Invariants: linear in the text; a form that is shorter than a word's worth is not looked for.
 */
import { changesIn } from './likely.js';

/** What an environment or a file gives as a value; shorter ones are words. */
const SHORTEST = 6;
/** A secret of this length and mixed letters and digits shows by its pieces as well. */
const SHORTEST_IN_PIECES = 16;
const PIECE = 8;
const MIXED = 0.1;

export interface KnownSecrets {
  /** Longest first; each with a piece without which it cannot be there, where it has one. */
  forms: readonly { form: string; piece: string | undefined }[];
  pieces: ReadonlySet<string>;
}

export function knownSecrets(values: readonly string[]): KnownSecrets {
  const whole = [...new Set(values.flatMap(withParts))].filter(({ length }) => length >= SHORTEST);
  const found = [...new Set(whole.flatMap(formsOf))].filter(({ length }) => length >= SHORTEST);
  const pieces = new Set<string>();
  const forms = found.map((form) => {
    const own = showsByPieces(form) ? piecesOf(form) : [];
    for (const piece of own) pieces.add(piece);
    return { form, piece: own[0] };
  });
  return { forms: forms.toSorted((a, b) => b.form.length - a.form.length), pieces };
}

/** The places of the text that are part of a secret, one mark a character. */
export function markKnown(text: string, { forms, pieces }: KnownSecrets): Uint8Array {
  const marks = new Uint8Array(text.length);
  const { joined, places } = withoutBreaks(text);
  const mark = (at: number, length: number) => {
    for (let i = at; i < at + length; i += 1) marks[places[i] ?? 0] = 1;
  };
  const found = markPieces(joined, pieces, mark);
  for (const { form, piece } of forms) {
    if (piece !== undefined && !found.has(piece)) continue;
    for (let at = joined.indexOf(form); at !== -1; at = joined.indexOf(form, at + form.length)) {
      mark(at, form.length);
    }
  }
  return marks;
}

/** An address is no secret up to its path, which may be: that of a webhook is. */
function withParts(value: string): string[] {
  const path = /^https?:\/\/[^/]{1,500}\/(.+)$/s.exec(value)?.[1];
  const joined = value.replaceAll(/[\r\n]/g, '');
  return path === undefined ? [joined, value] : [joined, path];
}

function formsOf(value: string): string[] {
  const bytes = new TextEncoder().encode(value);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const base64 = [0, 1, 2].map((before) => base64Within(bytes, before));
  return [
    value.replaceAll(/[\r\n]/g, ''),
    urlEncoded(value),
    JSON.stringify(value).slice(1, -1),
    hex,
    hex.toUpperCase(),
    ...base64,
    ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
  ];
}

/** Half a pair of surrogates cannot be encoded. */
function urlEncoded(value: string): string {
  return encodeURIComponent(value.replaceAll(/\p{Cs}/gu, '\ufffd'));
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The digits that these bytes alone decide, where so many others stand before them. */
function base64Within(bytes: Uint8Array, before: number): string {
  const bits = (before + bytes.length) * 8;
  const bitAt = (at: number) => ((bytes[(at >> 3) - before] ?? 0) >> (7 - (at & 7))) & 1;
  let form = '';
  for (let at = Math.ceil((before * 8) / 6) * 6; at + 6 <= bits; at += 6) {
    let digit = 0;
    for (let bit = 0; bit < 6; bit += 1) digit = digit * 2 + bitAt(at + bit);
    form += DIGITS[digit] ?? '';
  }
  return form;
}

function showsByPieces(form: string): boolean {
  return form.length >= SHORTEST_IN_PIECES && changesIn(form) / form.length >= MIXED;
}

/** Words and figures are left out: they stand elsewhere too. */
function piecesOf(form: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at + PIECE <= form.length; at += 1) {
    const piece = form.slice(at, at + PIECE);
    if (/[A-Za-z]/.test(piece) && /\d|[a-z][A-Z]/.test(piece)) pieces.push(piece);
  }
  return pieces;
}

/** And where each of its characters stood. */
function withoutBreaks(text: string): { joined: string; places: Int32Array } {
  const places = new Int32Array(text.length);
  const parts: string[] = [];
  let length = 0;
  for (const { 0: line, index } of text.matchAll(/[^\r\n]+/g)) {
    parts.push(line);
    for (let i = 0; i < line.length; i += 1) places[length + i] = index + i;
    length += line.length;
  }
  return { joined: parts.join(''), places };
}

const TABLE = 1 << 16;
const FACTOR = 0x01_00_01_93;
const LEAVING = Array.from({ length: PIECE - 1 }).reduce<number>(
  (power) => Math.imul(power, FACTOR),
  FACTOR,
);

/** By a hash that moves along: a lookup for each place would take as long as all else. */
function markPieces(
  text: string,
  pieces: ReadonlySet<string>,
  mark: (at: number, length: number) => void,
): Set<string> {
  const found = new Set<string>();
  const table = new Uint8Array(TABLE);
  for (const piece of pieces) table[hashOf(piece) >>> 16] = 1;
  let hash = hashOf(text.slice(0, PIECE));
  for (let at = 0; at + PIECE <= text.length && pieces.size > 0; at += 1) {
    const piece = table[hash >>> 16] === 1 ? text.slice(at, at + PIECE) : '';
    if (pieces.has(piece)) {
      found.add(piece);
      mark(at, PIECE);
    }
    hash = Math.imul(hash, FACTOR) + Math.imul(text.charCodeAt(at + PIECE), FACTOR);
    hash = (hash - Math.imul(text.charCodeAt(at), Math.imul(LEAVING, FACTOR))) | 0;
  }
  return found;
}

function hashOf(piece: string): number {
  let hash = 0;
  for (let i = 0; i < piece.length; i += 1) {
    hash = (Math.imul(hash, FACTOR) + Math.imul(piece.charCodeAt(i), FACTOR)) | 0;
  }
  return hash;
}
