/**
 * What is escaped in a text, undone once: percent, backslashes, entities, `0x` bytes, quoted-printable; and
 * what is not seen at all, such as colours, left out.
 *
 * Invariant: one look from left to right; no escape is read in two ways.
 */
import { Bytes, LayerOf, type Layer } from './layer.js';

const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  colon: ':',
  equals: '=',
  plus: '+',
  sol: '/',
  commat: '@',
  num: '#',
  excl: '!',
  dollar: '$',
  percnt: '%',
  ast: '*',
  lowbar: '_',
  hyphen: '-',
};
const LETTERS: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v' };

const X = '[0-9a-fA-F]';
const BYTE = String.raw`%(?<percent>${X}{2})|\\x(?<x>${X}{2})|\\(?<octal>[0-3][0-7]{2})|0x(?<c>${X}{2})\b(?:[,;\s]{0,4}(?=0x))?`;
const CODE = String.raw`\\u\{(?<braced>${X}{1,6})\}|\\u(?<u>${X}{4})|%u(?<pu>${X}{4})|\\U(?<long>${X}{8})|U\+(?<plus>${X}{4,6})[ ,]?|&#[xX](?<hex>${X}{1,6});|&#(?<decimal>\d{1,7});`;
const SIGN = String.raw`&(?<entity>[a-zA-Z]{2,8});|\\(?<letter>[nrtbfv])|\\(?<self>[^\w\s])`;
const ESC = String.fromCharCode(27);
const UNSEEN = String.raw`(?<unseen>${ESC}\[[\d;]{0,16}[A-Za-z]|\\0(?![0-7]{2})|[\0\u00ad\u200b-\u200f\u2060\ufeff])`;
const ESCAPES = new RegExp(`${BYTE}|${CODE}|${SIGN}|${UNSEEN}`, 'g');
const QUOTED = /=(?<percent>[0-9A-F]{2})|(?<unseen>=\r?\n)/g;

/** Null where nothing is escaped. */
export function unescaped(layer: Layer): Layer | null {
  return undone(layer, ESCAPES);
}

/** As letters of mail are. */
export function unquoted(layer: Layer): Layer | null {
  return undone(layer, QUOTED);
}

function undone(layer: Layer, escapes: RegExp): Layer | null {
  if (layer.text.search(escapes) === -1) return null;
  const made = new LayerOf(layer, layer.text.length);
  const bytes = new Bytes();
  let done = 0;
  for (const { 0: found, index, groups = {} } of layer.text.matchAll(escapes)) {
    const end = index + found.length;
    const byte = byteOf(groups);
    if (index > done || byte === null) bytes.moveTo(made);
    made.keep(done, index);
    if (byte === null) made.add(characterOf(groups, found), index, end);
    else bytes.add(byte, index, end);
    done = end;
  }
  bytes.moveTo(made);
  made.keep(done, layer.text.length);
  return made.done();
}

type Groups = Record<string, string | undefined>;

function byteOf({ percent, x, octal, c }: Groups): number | null {
  const hex = percent ?? x ?? c;
  if (hex !== undefined) return Number.parseInt(hex, 16);
  return octal === undefined ? null : Number.parseInt(octal, 8);
}

function characterOf(groups: Groups, found: string): string {
  const { braced, u, pu, long, plus, hex, decimal, entity, letter, self, unseen } = groups;
  if (unseen !== undefined) return '';
  const digits = [braced, u, pu, long, plus, hex].find((one) => one !== undefined);
  if (digits !== undefined) return ofCode(Number.parseInt(digits, 16));
  if (decimal !== undefined) return ofCode(Number(decimal));
  const named = entity === undefined ? LETTERS[letter ?? ''] : ENTITIES[entity.toLowerCase()];
  return named ?? self ?? found;
}

function ofCode(code: number): string {
  return code > 0x10_ff_ff ? '\ufffd' : String.fromCodePoint(code);
}
