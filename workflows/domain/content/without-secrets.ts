/**
 * A line of a log, or anything that somebody else wrote, as it may be told: without what may be a secret.
 *
 * Invariants: rather too much is taken out than too little, but no figure, id of an order or frame of a
 * stack; no text takes long: a line is cut before it is looked at, and nothing looks far back or ahead.
 */
import { printable } from './printable.js';
import { customarySecrets } from './secrets/customs.js';
import { isNone, knownSecrets, markKnown, type KnownSecrets } from './secrets/known.js';
import type { Layer } from './secrets/decoded/layer.js';
import { layersOf, quotedLayerOf } from './secrets/decoded/layers.js';
import { secretsByLook } from './secrets/looks.js';
import { namedSecrets, NAMES } from './secrets/named.js';
import { keysInArmour } from './secrets/pem.js';
import { secretsInTables } from './secrets/tables.js';
import { wordsOfWallets } from './secrets/wallet.js';

const LONGEST_READ = 4_096;
const MARK = '[redacted]';

const VARIABLE = new RegExp(`${NAMES}|(?:^|_)(?:key|pass|pwd?|auth|sign|jwt|pin|otp)$`, 'i');

/** Of a variable of an environment. */
export function namesASecret(name: string): boolean {
  return VARIABLE.test(name);
}

/** One line, which is cut. `known`: secrets by their value, wherever they stand. */
export function withoutSecrets(text: string, known: readonly string[] = []): string {
  return printable(textWithoutSecrets(text.slice(0, LONGEST_READ), knownSecrets(known)));
}

/** All of a text, its lines as they are. */
export function textWithoutSecrets(text: string, known: KnownSecrets): string {
  return told(text, marksOf(text, known));
}

/** Only what is known: for texts of ours, in which ids and hashes must stay what they are. */
export function withoutKnown(text: string, known: KnownSecrets): string {
  return isNone(known) ? text : told(text, knownMarksOf(text, known));
}

/** Waits until others have had their turn. */
export type Turn = () => Promise<unknown>;

/** Of a text of any length, in parts: a mebibyte at once would hold its process for seconds. */
export async function longTextWithoutSecrets(text: string, known: KnownSecrets, turn: Turn) {
  return told(text, await inParts(text, (part) => marksOf(part, known), turn));
}

export async function longTextWithoutKnown(text: string, known: KnownSecrets, turn: Turn) {
  if (isNone(known)) return text;
  return told(text, await inParts(text, (part) => knownMarksOf(part, known), turn));
}

const PART = 32_768;
/** What stands over the end of a part is found in the next one: longer than any key in armour that is in use. */
const OVERLAP = 8_192;

async function inParts(text: string, marksIn: (part: string) => Uint8Array, turn: Turn) {
  const marks = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += PART) {
    const from = lineBefore(text, at - OVERLAP);
    const found = marksIn(text.slice(from, at + PART));
    for (let i = found.indexOf(1); i !== -1; i = found.indexOf(1, i + 1)) marks[from + i] = 1;
    await turn();
  }
  return marks;
}

/** So that a part does not begin in the midst of a word, which would look drawn. */
function lineBefore(text: string, at: number): number {
  return at <= 0 ? 0 : Math.max(at - OVERLAP, text.lastIndexOf('\n', at) + 1);
}

function marksOf(text: string, known: KnownSecrets): Uint8Array {
  const marks = new Uint8Array(text.length);
  const layers = layersOf(text);
  markAllKnown(layers, known, marks);
  for (const layer of layers) markUnknown(layer, marks);
  return marks;
}

function knownMarksOf(text: string, known: KnownSecrets): Uint8Array {
  const marks = new Uint8Array(text.length);
  markAllKnown(layersOf(text), known, marks);
  return marks;
}

/** Lines stay lines. */
function markAllKnown(layers: readonly Layer[], known: KnownSecrets, marks: Uint8Array): void {
  if (isNone(known)) return;
  const text = layers[0]?.text ?? '';
  for (const layer of [...layers, ...quotedLayerOf(text)]) markKnown(layer, known, marks);
  for (let at = marks.indexOf(1); at !== -1; at = marks.indexOf(1, at)) {
    const end = runEnd(text, marks, at);
    marks.fill(1, at, end);
    at = end;
  }
  for (const { index } of text.matchAll(/[\r\n]/g)) marks[index] = 0;
}

/** By name, by custom, and by look. */
function markUnknown({ text, from, to }: Layer, marks: Uint8Array): void {
  for (const found of [
    keysInArmour(text),
    namedSecrets(text),
    customarySecrets(text, namesASecret),
    secretsInTables(text, namesASecret),
    wordsOfWallets(text),
    secretsByLook(text),
  ]) {
    for (const place of found) marks.fill(1, from[place.from], to[place.to - 1]);
  }
}

function told(text: string, marks: Uint8Array): string {
  let words = '';
  for (let at = 0; at < text.length;) {
    const next = marks.indexOf(marks[at] === 1 ? 0 : 1, at);
    const end = next === -1 ? text.length : next;
    words += marks[at] === 1 ? MARK : text.slice(at, end);
    at = end;
  }
  return words;
}

/** A short rest in the midst of a word belongs to it. */
const REST = 8;

function runEnd(text: string, marks: Uint8Array, from: number): number {
  let end = from + 1;
  for (let at = end; at < text.length && at - end < REST; at += 1) {
    if (marks[at] === 1) end = at + 1;
    else if (/\s/.test(text[at] ?? '')) break;
  }
  return end;
}
