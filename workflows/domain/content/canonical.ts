/**
 * Canonical JSON by RFC 8785, and content hashes. Equal content gives equal bytes whatever the order
 * in which keys were set, so a hash identifies content and an idempotency key can be made from it.
 *
 * Invariant: whatever JSON can write has a canonical text. The standard knows neither half a
 * surrogate pair nor a number that is not finite, and evidence cut out of a log may hold them: they
 * are U+FFFD, as in any UTF-8, and null, as in any JSON.
 */
import canonicalize from 'canonicalize';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** Fails on what JSON cannot write: a circle, nothing at all. */
export function canonicalJson(value: unknown): string {
  const text = strictly(value) ?? canonicalize(withinStandard(value));
  if (text === undefined) throw new TypeError('nothing has no canonical JSON');
  return text;
}

/** Null where the value holds what the standard refuses. */
function strictly(value: unknown): string | null | undefined {
  try {
    return canonicalize(value);
  } catch {
    return null;
  }
}

function withinStandard(value: unknown): unknown {
  // Only halves of pairs are escaped so, and only where the backslash is no escaped one itself.
  const halves = /\\\\|\\ud[89a-f][0-9a-f]{2}/g;
  const text = JSON.stringify(value).replace(halves, (found) =>
    found === '\\\\' ? found : '\u{fffd}',
  );
  return JSON.parse(text);
}

/** SHA-256 of bytes or UTF-8 text, as 64 lower-case hex digits. */
export function sha256Hex(content: string | Uint8Array): string {
  return bytesToHex(sha256(typeof content === 'string' ? utf8ToBytes(content) : content));
}

export function digestOf(value: unknown): string {
  return sha256Hex(canonicalJson(value));
}
