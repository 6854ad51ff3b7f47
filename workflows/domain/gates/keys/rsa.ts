/**
 * RSA signatures by PKCS #1 v1.5 (RFC 8017, section 8.2.2).
 *
 * Invariant: the encoding is built anew and compared whole, never parsed: what a parser passes over
 * is where signatures of small exponents are forged.
 */
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { numberOf } from './ssh-wire.js';

export const RSA_EXPONENT = 65_537n;
const RSA_BITS = { least: 2_048, most: 8_192 } as const;

/** DER of the DigestInfo before the hash, and the hash. */
const HASHES = {
  'rsa-sha2-256': { prefix: hexToBytes('3031300d060960864801650304020105000420'), hash: sha256 },
  'rsa-sha2-512': { prefix: hexToBytes('3051300d060960864801650304020305000440'), hash: sha512 },
};
export type RsaFormat = keyof typeof HASHES;

export function isRsaFormat(name: string): name is RsaFormat {
  return Object.hasOwn(HASHES, name);
}

/** `modulus`: without a leading zero byte; its exponent is `RSA_EXPONENT`. */
export function rsaHolds(
  modulus: Uint8Array,
  { format, signature }: { format: RsaFormat; signature: Uint8Array },
  message: Uint8Array,
): boolean {
  const [n, s] = [numberOf(modulus), numberOf(signature)];
  if (signature.length !== modulus.length || s >= n) return false;
  const { prefix, hash } = HASHES[format];
  const digestInfo = concatBytes(prefix, hash(message));
  const padding = new Uint8Array(modulus.length - digestInfo.length - 3).fill(0xff);
  const encoded = concatBytes(Uint8Array.of(0, 1), padding, Uint8Array.of(0), digestInfo);
  return raised(s, n) === numberOf(encoded);
}

/** To the power of 65,537 = 2^16 + 1. */
function raised(base: bigint, modulus: bigint): bigint {
  let power = base;
  for (let squared = 0; squared < 16; squared += 1) power = (power * power) % modulus;
  return (power * base) % modulus;
}

/** Why a modulus is none of a key that somebody may rely on; null where nothing is seen. */
export function modulusFault(modulus: Uint8Array): string | null {
  const n = numberOf(modulus);
  const bits = n.toString(2).length;
  if (bits < RSA_BITS.least) return `has ${bits} bits: at least ${RSA_BITS.least} are safe`;
  if (bits > RSA_BITS.most) return `has ${bits} bits: at most ${RSA_BITS.most} are taken`;
  // Two large primes have no small factor; a template's zeros and ones do.
  for (let factor = 2n; factor < 2_000n; factor += 1n) {
    if (n % factor === 0n) return 'is no product of two large primes';
  }
  return null;
}
