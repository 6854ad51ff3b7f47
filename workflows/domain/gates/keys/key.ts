/**
 * Keys of approvers as the configuration holds them: Ed25519 as hex, or a line of a `.pub` file of
 * OpenSSH.
 *
 * Invariants: what is read is exactly a public key, with nothing before, in or behind it; the same
 * key has one identity however it is written.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { modulusFault, RSA_EXPONENT } from './rsa.js';
import { VALIDITY, writingFault } from './validity.js';
import { base64Bytes, base64Of, Malformed, numberOf, readerOf, type Reader } from './ssh-wire.js';

const LONGEST_LINE = 4_096;

export const ApproverKey = z.union(
  [
    z.strictObject({
      ssh: z
        .string()
        .min(1)
        .max(LONGEST_LINE)
        .describe('a line of a .pub file: ssh-ed25519, ecdsa-sha2-nistp256, ssh-rsa or sk-...'),
      ...VALIDITY,
    }),
    z.strictObject({
      ed25519: z
        .string()
        .regex(/^[0-9a-f]{64}$/, 'must be an Ed25519 public key: 64 hex digits')
        .describe('as `relight key new` prints it'),
      ...VALIDITY,
    }),
  ],
  {
    error:
      'write {ssh: "ssh-ed25519 AAAA..."} or {ed25519: "<64 hex digits>"}; beside it from, until and ' +
      'revoked may stand, as dates',
  },
);
export type ApproverKey = z.infer<typeof ApproverKey>;

interface OnCurve {
  /** Ed25519: 32 bytes. P-256: 65 bytes, uncompressed. */
  point: Uint8Array;
}
export type SshKey = { blob: Uint8Array } & (
  | ({ type: 'ssh-ed25519' | 'ecdsa-sha2-nistp256' } & OnCurve)
  | ({ type: 'sk-ssh-ed25519@openssh.com' | 'sk-ecdsa-sha2-nistp256@openssh.com' } & OnCurve & {
        application: Uint8Array;
      })
  | { type: 'ssh-rsa'; modulus: Uint8Array }
);

type Body<T> = T extends unknown ? Omit<T, 'blob'> : never;
const BODIES: Readonly<Record<string, (reader: Reader) => Body<SshKey>>> = {
  'ssh-ed25519': (r) => ({ type: 'ssh-ed25519', point: edwards(r) }),
  'ecdsa-sha2-nistp256': (r) => ({ type: 'ecdsa-sha2-nistp256', point: nist(r) }),
  'sk-ssh-ed25519@openssh.com': (r) => ({
    type: 'sk-ssh-ed25519@openssh.com',
    point: edwards(r),
    application: application(r),
  }),
  'sk-ecdsa-sha2-nistp256@openssh.com': (r) => ({
    type: 'sk-ecdsa-sha2-nistp256@openssh.com',
    point: nist(r),
    application: application(r),
  }),
  'ssh-rsa': rsa,
};

function edwards(reader: Reader): Uint8Array {
  const point = reader.string();
  if (point.length !== 32) throw new Malformed(`the key has ${point.length} bytes, not 32`);
  return point;
}

function nist(reader: Reader): Uint8Array {
  const curve = reader.text();
  if (curve !== 'nistp256') throw new Malformed(`the key is on the curve ${curve}, not nistp256`);
  const point = reader.string();
  if (point.length !== 65 || point[0] !== 4) throw new Malformed('the key is no whole point');
  return point;
}

function application(reader: Reader): Uint8Array {
  const bytes = reader.string();
  const text = String.fromCharCode(...bytes.subarray(0, 200));
  if (bytes.length > 200 || !/^ssh:[\x21-\x7e]*$/.test(text)) {
    throw new Malformed('the key of a security key is not made for ssh:');
  }
  return bytes;
}

function rsa(reader: Reader): Body<SshKey> {
  if (numberOf(reader.mpint()) !== RSA_EXPONENT) {
    throw new Malformed(`the exponent of the RSA key is not ${RSA_EXPONENT}`);
  }
  return { type: 'ssh-rsa', modulus: reader.mpint() };
}

/** Throws `Malformed`. Only the form is looked at: `keyFault` looks at the key itself. */
export function parseSshKey(line: string): SshKey {
  const text = line.replace(/\r?\n?$/, '').trim();
  if (/PRIVATE KEY/.test(text)) {
    throw new Malformed('this is a PRIVATE key: take it out, and give the line of the .pub file');
  }
  if (/[\r\n]/.test(text)) throw new Malformed('a public key is one line of a .pub file');
  const [type = '', base64 = ''] = text.split(/[ \t]+/);
  if (/-cert-v0\d@/.test(type)) {
    throw new Malformed('certificates are not taken: give the public key itself');
  }
  const body = Object.hasOwn(BODIES, type) ? BODIES[type] : undefined;
  if (body === undefined) throw new Malformed(unknownType(type));
  const blob = base64Bytes(base64, 'the public key');
  const reader = readerOf(blob, 'the public key');
  const inner = reader.text();
  if (inner !== type) throw new Malformed(`the line says ${type}, the key in it ${inner}`);
  const key = body(reader);
  reader.end();
  return { ...key, blob };
}

function unknownType(type: string): string {
  const types = `there are: ${Object.keys(BODIES).join(', ')}`;
  return /[=",]|^(?:@|restrict|cert-authority|no-|permit)/.test(type)
    ? `options stand before the key: a line begins with its type (${types})`
    : `${JSON.stringify(type.slice(0, 60))} is no type of key that is taken (${types})`;
}

/** As `ssh-keygen -l` prints it. */
export function sshFingerprint(blob: Uint8Array): string {
  return `SHA256:${base64Of(sha256(blob)).replace(/=+$/, '')}`;
}

/** Short, and the same wherever the key is shown: of an SSH key as `ssh-keygen -l` has it. */
export function keyTitle(key: ApproverKey): string {
  if ('ed25519' in key) return `ed25519 ${key.ed25519}`;
  const { type, blob } = parseSshKey(key.ssh);
  return `${type} ${sshFingerprint(blob)}`;
}

/** Equal for the same key, whatever the file in which it stands; null where it is malformed. */
export function identityOf(key: ApproverKey): string | null {
  if ('ed25519' in key) return `ed25519:${key.ed25519}`;
  try {
    return identityOfSsh(parseSshKey(key.ssh));
  } catch {
    return null;
  }
}

function identityOfSsh(key: SshKey): string {
  if (key.type === 'ssh-rsa') return `rsa:${bytesToHex(key.modulus)}`;
  return `${isEdwards(key.type) ? 'ed25519' : 'p256'}:${bytesToHex(key.point)}`;
}

function isEdwards(type: SshKey['type']): boolean {
  return type === 'ssh-ed25519' || type === 'sk-ssh-ed25519@openssh.com';
}

/** Why nobody must rely on a key, in words; null where it is a key as its kind should be. */
export function keyFault(key: ApproverKey): string | null {
  const written = writingFault(key);
  if (written !== null) return written;
  if ('ed25519' in key) return edwardsFault(hexToBytes(key.ed25519));
  try {
    const parsed = parseSshKey(key.ssh);
    if (parsed.type === 'ssh-rsa') {
      const fault = modulusFault(parsed.modulus);
      return fault === null ? null : `the RSA modulus ${fault}`;
    }
    return isEdwards(parsed.type) ? edwardsFault(parsed.point) : nistFault(parsed.point);
  } catch (error) {
    if (error instanceof Malformed) return error.message;
    throw error;
  }
}

/** Points of small order accept one signature for every message; with torsion, some may. */
function edwardsFault(bytes: Uint8Array): string | null {
  try {
    const point = ed25519.Point.fromBytes(bytes, false);
    return point.isSmallOrder() || !point.isTorsionFree()
      ? 'the Ed25519 key is a point of small order, for which anybody can sign'
      : null;
  } catch {
    return 'the Ed25519 key is no point of its curve';
  }
}

function nistFault(bytes: Uint8Array): string | null {
  try {
    p256.Point.fromBytes(bytes).assertValidity();
    return null;
  } catch {
    return 'the P-256 key is no point of its curve';
  }
}
