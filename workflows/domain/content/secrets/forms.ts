/**
 * The forms in which a known value is looked for, besides those that are undone before: in base64, base32 and
 * hex, wherever within them it begins.
 *
 * Invariant: a form holds no line end.
 */
import { sparseUnit } from './decoded/joined.js';
import { changesIn } from './likely.js';

/** A secret of this length and mixed letters and digits shows by its pieces as well. */
const SHORTEST_IN_PIECES = 16;
const PIECE = 8;
const MIXED = 0.1;

/** An address is no secret up to its path, which may be: that of a webhook is. */
export function withParts(value: string): string[] {
  const flat = value.replaceAll(/[\r\n]/g, '');
  const address =
    /^[a-z][a-z0-9+.-]{0,20}:\/\/(?:([^/@\s]{1,500})@)?[^/]{0,500}(?:\/(.+))?$/is.exec(value);
  if (address === null) return [flat, ...passwordOf(value)];
  const [, user, path] = address;
  const isOfWeb = /^https?:/i.test(value);
  return [flat, ...(isOfWeb && path !== undefined ? [path] : []), ...passwordOf(user ?? '')];
}

/** Behind the name of a user, also as it is once it is decoded. */
function passwordOf(value: string): string[] {
  const password = /^[^\s:]{1,64}:([^\s]{6,500})$/.exec(value)?.[1];
  if (password === undefined) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

/** Those of which a piece is enough. */
export function formsOf(value: string): string[] {
  const bytes = new TextEncoder().encode(value);
  const flat = value.replaceAll(/[\r\n]/g, '');
  return [flat, ...hexOf(bytes), ...[0, 1, 2].flatMap((before) => base64Within(bytes, before))];
}

/** Those of which only the whole counts. */
export function rareFormsOf(value: string): string[] {
  const bytes = new TextEncoder().encode(value);
  const wide = wideBytes(value);
  const flat = value.replaceAll(/[\r\n]/g, '');
  const misread = [...bytes].map((byte) => String.fromCharCode(byte)).join('');
  return [
    flat.normalize('NFC'),
    flat.normalize('NFD'),
    flat.replaceAll(' ', '+'),
    misread.replaceAll(/[\r\n]/g, ''),
    ...hexOf(wide),
    ...[0, 1, 2].flatMap((before) => base64Within(wide, before)),
    ...[0, 1, 2, 3, 4].map((before) => within(bytes, before, BASE32)),
  ];
}

/** As PowerShell and Windows write it: two bytes for each. */
function wideBytes(value: string): Uint8Array {
  const units = value.split('').map((unit) => unit.charCodeAt(0));
  return Uint8Array.from(units.flatMap((unit) => [unit & 0xff, unit >> 8]));
}

function hexOf(bytes: Uint8Array): string[] {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex, hex.toUpperCase()];
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function base64Within(bytes: Uint8Array, before: number): string[] {
  const form = within(bytes, before, BASE64);
  return [form, form.replaceAll('+', '-').replaceAll('/', '_')];
}

/** The digits that these bytes alone decide, where so many others stand before them. */
function within(bytes: Uint8Array, before: number, digits: string): string {
  const each = Math.log2(digits.length);
  const bits = (before + bytes.length) * 8;
  const bitAt = (at: number) => ((bytes[(at >> 3) - before] ?? 0) >> (7 - (at & 7))) & 1;
  let form = '';
  for (let at = Math.ceil((before * 8) / each) * each; at + each <= bits; at += each) {
    let digit = 0;
    for (let bit = 0; bit < each; bit += 1) digit = digit * 2 + bitAt(at + bit);
    form += digits[digit] ?? '';
  }
  return form;
}

/** Words and figures are left out: they stand elsewhere too. */
export function piecesOf(form: string): string[] {
  if (form.length < SHORTEST_IN_PIECES || changesIn(form) / form.length < MIXED) return [];
  const pieces: string[] = [];
  for (let at = 0; at + PIECE <= form.length; at += 1) {
    const piece = form.slice(at, at + PIECE);
    if (/[A-Za-z]/.test(piece) && /\d|[a-z][A-Z]/.test(piece)) pieces.push(piece);
  }
  return pieces;
}

export function sparse(form: string): string {
  const units = form.split('').map((unit) => sparseUnit(unit.charCodeAt(0)));
  return String.fromCharCode(...units.filter((unit) => unit !== 0));
}
