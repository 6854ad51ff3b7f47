/**
 * Runs of digits that stand for a text: in base64, or as the numbers of its bytes.
 *
 * Invariant: what is not a text once it is read is left out; runs never touch.
 */
import { Bytes, LayerOf, type Layer } from './layer.js';

const BASE64 = /[A-Za-z0-9+/_-]{12,}/g;
/** By base: each number is a byte; a debugger adds what it is as a character. */
const NUMBERS: readonly (readonly [base: number, run: RegExp, one: RegExp])[] = [
  [16, /(?:[0-9a-f]{2}h?[ :,_-]?){6,}/gi, /[0-9a-f]{2}/gi],
  [10, /(?:\d{1,3}(?:\s?'[^'\n]{1,5}')?\D{1,6}){5,}\d{1,3}/g, /'[^'\n]{1,5}'|\d+/g],
  [8, /(?:[0-3][0-7]{2}[ \t,]{1,2}){5,}[0-3][0-7]{2}/g, /[0-7]+/g],
  [2, /(?:[01]{8}[ \t,]{0,2}){6,}/g, /[01]{8}/g],
];
/** So that no run and no word goes on in the next one. */
const BETWEEN = '\n';

/** Null where there is none. */
export function readRuns(layer: Layer): Layer | null {
  const made = new LayerOf(layer, layer.text.length * MOST_READINGS);
  let some = false;
  const add = (runs: RegExp, read: (run: string, start: number) => Bytes) => {
    for (const { 0: run, index } of layer.text.matchAll(runs)) {
      const bytes = read(run, index);
      if (!bytes.isText) continue;
      bytes.moveTo(made);
      made.add(BETWEEN, index + run.length - 1, index + run.length);
      some = true;
    }
  };
  add(BASE64, readBase64);
  for (const [base, runs, one] of NUMBERS) add(runs, (run, at) => readNumbers(run, at, base, one));
  return some ? made.done() : null;
}

/** Each shorter than what it is of, with what is between. */
const MOST_READINGS = NUMBERS.length + 1;

function readNumbers(run: string, start: number, base: number, one: RegExp): Bytes {
  const bytes = new Bytes();
  for (const { 0: number, index } of run.matchAll(one)) {
    if (number.startsWith("'")) continue;
    bytes.add(Number.parseInt(number, base) & 0xff, start + index, start + index + number.length);
  }
  return bytes;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const VALUES = new Map<string, number>([
  ...DIGITS.split('').map((digit, value) => [digit, value] as const),
  ['+', 62],
  ['-', 62],
  ['/', 63],
  ['_', 63],
]);

/** Enough to see whether it is a text. */
const SAMPLE = 64;

/** Other letters may stand before it without a space: it begins where it is a text. */
function readBase64(run: string, start: number): Bytes {
  const isText = (skipped: number) =>
    fromBase64(run.slice(skipped, skipped + SAMPLE), start).isText;
  const skipped = [0, 1, 2, 3].find(isText);
  return skipped === undefined ? new Bytes() : fromBase64(run.slice(skipped), start + skipped);
}

function fromBase64(run: string, start: number): Bytes {
  const bytes = new Bytes();
  let bits = 0;
  let held = 0;
  for (let at = 0; at < run.length; at += 1) {
    held = ((held << 6) | (VALUES.get(run[at] ?? '') ?? 0)) & 0xff_ff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.add((held >> bits) & 0xff, start + at - 1, start + at + 1);
  }
  return bytes;
}
