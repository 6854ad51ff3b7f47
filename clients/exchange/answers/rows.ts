/**
 * Fields of a venue's rows, as text.
 *
 * Invariants: a row that lacks a required field fails as a whole and is never filled in; the failure
 * names the kind of row and the field only, because nothing of a row may reach a history or a log.
 */
import { canonical } from '../../../workflows/domain/numbers/decimal.js';
import { OurWords } from './own-words.js';

export interface Place {
  venue: string;
  account: string;
}

export type Row = Record<string, unknown>;

export type RowKind = 'order' | 'fill' | 'position' | 'balance' | 'cash flow';

const LONGEST_WORD = 40;

/** A word of the venue inside a sentence of ours: short, and nothing that a screen would obey. */
export function foreignWord(word: unknown): string {
  return String(word)
    .slice(0, LONGEST_WORD)
    .replaceAll(/[^\w .:-]/g, '?');
}

/** An answer that cannot be what the venue meant to say. */
export function malformed(words: string): OurWords {
  return new OurWords('malformed_answer', words);
}

export function lacking(kind: RowKind, field: string): Error {
  return malformed(`${kind} row without a valid ${field}`);
}

/** An open list that holds an ended order, or a look-up that found another one. */
export function contradicts(what: string): Error {
  return malformed(`malformed answer from ${what}: not what was asked for`);
}

export function isRow(value: unknown): value is Row {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Text of a number that ccxt gives as text under `number: String`; null where there is none. */
export function text(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const given = `${value}`;
  return given.trim() === '' || !Number.isFinite(Number(given)) ? null : canonical(given);
}

export function number(kind: RowKind, field: string, value: unknown): string {
  const given = text(value);
  if (given === null) throw lacking(kind, field);
  return given;
}

export function name(kind: RowKind, field: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') throw lacking(kind, field);
  return value;
}

/** An id that some venues write as a number. */
export function id(kind: RowKind, field: string, value: unknown): string {
  return name(kind, field, typeof value === 'number' ? String(value) : value);
}

/** A field that may be absent, as a word to compare. */
export function word(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

export function tradeSide(kind: RowKind, value: unknown): 'buy' | 'sell' {
  if (value !== 'buy' && value !== 'sell') throw lacking(kind, 'side');
  return value;
}

/** Zero is not told: read as 1970, the row would be too old to count. */
export function timeMs(kind: RowKind, value: unknown): number {
  const given = typeof value === 'string' && value !== '' ? Number(value) : value;
  const isTime = typeof given === 'number' && Number.isFinite(given) && given > 0;
  if (!isTime) throw lacking(kind, 'timestamp');
  return Math.round(given);
}

/** Of a time that the venue writes as ISO 8601. */
export function isoMs(kind: RowKind, value: unknown): number {
  return timeMs(kind, typeof value === 'string' ? Date.parse(value) : undefined);
}

/** When a row stood so, by the venue's own word: in milliseconds, or as ISO 8601; whatever else is no word. */
export function toldAt(value: unknown): { toldAtMs?: number } {
  const told = word(value);
  const atMs = /^\d{13}$/.test(told) ? Number(told) : isoTimeOf(told);
  return Number.isNaN(atMs) ? {} : { toldAtMs: atMs };
}

function isoTimeOf(told: string): number {
  return /^\d{4}-\d\d-\d\dT/.test(told) ? Date.parse(told) : Number.NaN;
}

export function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/** The list at a key of an answer whose envelope has been checked. */
export function listAt(answer: unknown, key: string): Row[] {
  const rows = isRow(answer) ? answer[key] : undefined;
  if (!Array.isArray(rows)) throw malformed('malformed answer from the venue');
  return rows as Row[];
}

export function recordAt(answer: unknown, ...keys: string[]): Row {
  let at: unknown = answer;
  for (const key of keys) at = isRow(at) ? at[key] : undefined;
  if (!isRow(at)) throw malformed('malformed answer from the venue');
  return at;
}

/** Rows that the venue keys by id, each with its id. */
export function entriesOf(record: Row): (Row & { id: string })[] {
  return Object.entries(record).map(([key, row]) => ({ ...(row as Row), id: key }));
}
