/**
 * The wire format of SSH (RFC 4251, section 5), read strictly.
 *
 * Invariants: no length is believed beyond the bytes that are there; a number has one encoding; who
 * has read all asks that nothing is left.
 */
import { bytesToHex } from '@noble/hashes/utils.js';

/** Bytes that are not what they should be; its text names what, for people. */
export class Malformed extends Error {
  override name = 'Malformed';
}

export type Reader = ReturnType<typeof readerOf>;

export function readerOf(bytes: Uint8Array, what: string) {
  let at = 0;
  function take(length: number): Uint8Array {
    if (length > bytes.length - at) throw new Malformed(`${what} is cut short`);
    at += length;
    return bytes.subarray(at - length, at);
  }
  function uint32(): number {
    return take(4).reduce((number, byte) => number * 256 + byte, 0);
  }
  function string(): Uint8Array {
    return take(uint32());
  }
  return {
    take,
    uint32,
    string,
    byte: (): number => take(1)[0] ?? 0,
    /** A name: ASCII that can be seen. */
    text: (): string => asciiOf(string(), what),
    /** A number that is not negative, in its only encoding. */
    mpint: (): Uint8Array => magnitudeOf(string(), what),
    end: (): void => {
      if (at !== bytes.length)
        throw new Malformed(`${what} has ${bytes.length - at} bytes too many`);
    },
  };
}

function asciiOf(bytes: Uint8Array, what: string): string {
  const text = String.fromCharCode(...bytes.subarray(0, 256));
  if (bytes.length > 256 || !/^[\x21-\x7e]*$/.test(text)) {
    throw new Malformed(`${what} names something that is no name`);
  }
  return text;
}

/** Without the zero byte that keeps a number from being negative. */
function magnitudeOf(bytes: Uint8Array, what: string): Uint8Array {
  const [first = 0, second = 0] = bytes;
  const isPadded = first === 0 && bytes.length > 0;
  if (first >= 0x80 || (isPadded && second < 0x80)) {
    throw new Malformed(`${what} holds a number that is negative or padded`);
  }
  return isPadded ? bytes.subarray(1) : bytes;
}

export function numberOf(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${bytesToHex(bytes)}`);
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Strict base64: with its padding, and with no bits that are thrown away. */
export function base64Bytes(text: string, what: string): Uint8Array {
  const digits = text.replace(/={1,2}$/, '');
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*$/.test(digits)) {
    throw new Malformed(`${what} is not base64`);
  }
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let bits = 0;
  let at = 0;
  for (let index = 0; index < digits.length; index += 1) {
    bits = ((bits << 6) | ALPHABET.indexOf(digits[index] ?? '')) & 0xffff;
    const place = index % 4;
    if (place !== 0) bytes[at++] = (bits >> (6 - 2 * place)) & 0xff;
  }
  const thrownAway = [0, 0x3f, 0xf, 0x3][digits.length % 4] ?? 0;
  if ((bits & thrownAway) !== 0 || digits.length % 4 === 1) {
    throw new Malformed(`${what} is not base64`);
  }
  return bytes;
}

/** With its padding. */
export function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const bits = (a << 16) | (b << 8) | c;
    const digits = [18, 12, 6, 0].map((shift) => ALPHABET[(bits >> shift) & 0x3f] ?? '');
    text += digits.join('').slice(0, Math.min(3, bytes.length - at) + 1);
  }
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}
