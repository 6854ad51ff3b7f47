/**
 * Signatures of `ssh-keygen -Y sign` (PROTOCOL.sshsig of OpenSSH), over keys of files, of an agent,
 * and of security keys.
 *
 * Invariants: a signature means one thing only, by its namespace; everything in it is looked at
 * before the curve is; a security key counts only where it was touched, which OpenSSH itself does
 * not ask for.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { SshKey } from './key.js';
import { isRsaFormat, modulusFault, rsaHolds } from './rsa.js';
import { equalBytes, Malformed, readerOf, type Reader } from './ssh-wire.js';

export const SSH_NAMESPACE = 'relight-decision';
const MAGIC = utf8ToBytes('SSHSIG');
const VERSION = 1;
const TOUCHED = 0x01;

interface Sshsig {
  /** Of the key that is said to have signed. */
  keyBlob: Uint8Array;
  namespace: string;
  hash: 'sha256' | 'sha512';
  format: string;
  raw: Uint8Array;
  /** Of a security key; null of any other. */
  device: { flags: number; counter: Uint8Array } | null;
}

/** Throws `Malformed`. */
export function parseSshsig(bytes: Uint8Array): Sshsig {
  const reader = readerOf(bytes, 'the SSH signature');
  if (!equalBytes(reader.take(MAGIC.length), MAGIC)) throw new Malformed('this is no SSHSIG');
  const version = reader.uint32();
  if (version !== VERSION) throw new Malformed(`the SSHSIG has version ${version}, not ${VERSION}`);
  const keyBlob = reader.string();
  const namespace = reader.text();
  if (reader.string().length > 0) throw new Malformed('the SSHSIG holds something reserved');
  const hash = reader.text();
  if (hash !== 'sha256' && hash !== 'sha512') {
    throw new Malformed(`the SSHSIG is over a hash by ${hash}: sha512 or sha256`);
  }
  const signature = readerOf(reader.string(), 'the signature within the SSHSIG');
  reader.end();
  const format = signature.text();
  const raw = signature.string();
  const device = format.startsWith('sk-') ? deviceOf(signature) : null;
  signature.end();
  return { keyBlob, namespace, hash, format, raw, device };
}

function deviceOf(reader: Reader): Sshsig['device'] {
  return { flags: reader.byte(), counter: reader.take(4) };
}

/** Why an SSHSIG of this key does not hold over a message, in words; null where it does. */
export function sshRefusal(key: SshKey, bytes: Uint8Array, message: Uint8Array): string | null {
  try {
    const signed = parseSshsig(bytes);
    return formRefusal(key, signed) ?? (holds(key, signed, message) ? null : DOES_NOT_HOLD);
  } catch (error) {
    if (error instanceof Malformed) return error.message;
    return DOES_NOT_HOLD; // a malformed point or figure
  }
}

const DOES_NOT_HOLD = 'the SSH signature does not hold';

/** What needs no curve. */
function formRefusal(key: SshKey, { keyBlob, namespace, format, device }: Sshsig): string | null {
  if (namespace !== SSH_NAMESPACE) {
    return `the SSH signature is of the namespace "${namespace}", not "${SSH_NAMESPACE}"`;
  }
  if (!equalBytes(keyBlob, key.blob)) return 'the SSH signature is by another key';
  const fits = key.type === 'ssh-rsa' ? isRsaFormat(format) : format === key.type;
  const weak = key.type === 'ssh-rsa' ? modulusFault(key.modulus) : null;
  if (weak !== null) return `the RSA modulus ${weak}`;
  if (!fits) return `the SSH signature has the format ${format}, which is not of ${key.type}`;
  return device !== null && (device.flags & TOUCHED) === 0
    ? 'the security key was not touched'
    : null;
}

function holds(key: SshKey, signed: Sshsig, message: Uint8Array): boolean {
  const { format, raw } = signed;
  const bytes = signedBytes(signed, message);
  switch (key.type) {
    case 'ssh-rsa':
      return isRsaFormat(format) && rsaHolds(key.modulus, { format, signature: raw }, bytes);
    case 'ssh-ed25519':
      return edwardsHolds(key.point, raw, bytes);
    case 'ecdsa-sha2-nistp256':
      return nistHolds(key.point, raw, bytes);
    case 'sk-ssh-ed25519@openssh.com':
      return edwardsHolds(key.point, raw, byDevice(key.application, signed, bytes));
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return nistHolds(key.point, raw, byDevice(key.application, signed, bytes));
  }
}

function signedBytes({ namespace, hash }: Sshsig, message: Uint8Array): Uint8Array {
  const digest = (hash === 'sha512' ? sha512 : sha256)(message);
  const parts = [utf8ToBytes(namespace), new Uint8Array(0), utf8ToBytes(hash), digest];
  return concatBytes(MAGIC, ...parts.flatMap((part) => [uint32(part.length), part]));
}

function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** What a security key signs in place of the message. */
function byDevice(application: Uint8Array, { device }: Sshsig, message: Uint8Array): Uint8Array {
  const { flags, counter } = device ?? { flags: 0, counter: new Uint8Array(4) };
  return concatBytes(sha256(application), Uint8Array.of(flags), counter, sha256(message));
}

/** Strict: the library's default lets points of small order sign for everybody. */
export function edwardsHolds(point: Uint8Array, raw: Uint8Array, message: Uint8Array): boolean {
  return raw.length === 64 && ed25519.verify(raw, message, point, { zip215: false });
}

/** Both halves of the curve: honest signers give either, and a twin is no second answer. */
function nistHolds(point: Uint8Array, raw: Uint8Array, message: Uint8Array): boolean {
  const reader = readerOf(raw, 'the ECDSA signature');
  const compact = concatBytes(scalarOf(reader), scalarOf(reader));
  reader.end();
  return p256.verify(compact, message, point, { lowS: false, format: 'compact', prehash: true });
}

function scalarOf(reader: Reader): Uint8Array {
  const number = reader.mpint();
  if (number.length === 0 || number.length > 32) {
    throw new Malformed('the ECDSA signature holds a number of the wrong size');
  }
  const padded = new Uint8Array(32);
  padded.set(number, 32 - number.length);
  return padded;
}
