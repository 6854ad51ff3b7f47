/** Keys and signatures of OpenSSH for tests: real ones by `ssh-keygen`, and security keys by hand. */
import { spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

const NAMESPACE = 'relight-decision';

export interface SshSigner {
  /** The line of the .pub file. */
  line: string;
  /** SSHSIG in hex. */
  sign(bytes: Uint8Array, change?: { namespace?: string }): string;
}

export function string(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

export function keyFile(t: TestContext, ...type: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'relight-ssh-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));
  const file = join(folder, 'key');
  run('ssh-keygen', ['-q', '-t', ...type, '-N', '', '-C', 'a comment of mine', '-f', file]);
  return file;
}

function run(command: string, args: string[], input?: Uint8Array): string {
  const { status, stdout, stderr } = spawnSync(command, args, { input });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr.toString()}`);
  return stdout.toString();
}

export function fromFile(file: string, more: string[] = []): SshSigner {
  return {
    line: readFileSync(file.replace(/(?:\.pub)?$/, '.pub'), 'utf8'),
    sign: (bytes, { namespace = NAMESPACE } = {}) =>
      bytesOf(run('ssh-keygen', ['-Y', 'sign', '-f', file, '-n', namespace, ...more], bytes)),
  };
}

function bytesOf(armour: string): string {
  const body = armour.split('\n').filter((line) => !line.startsWith('-----'));
  return Buffer.from(body.join(''), 'base64').toString('hex');
}

/** Parts of an SSHSIG, each of which a test may put wrong. */
export interface SshsigParts {
  magic?: string;
  version?: number;
  namespace?: string;
  reserved?: string;
  hash?: string;
  format?: string;
  flags?: number;
  /** After the signature, and after the whole. */
  behind?: string;
}

export function sshsig(keyBlob: Buffer, signature: Buffer, parts: SshsigParts = {}): Buffer {
  const { magic = 'SSHSIG', version = 1, namespace = NAMESPACE, reserved = '' } = parts;
  const number = Buffer.alloc(4);
  number.writeUInt32BE(version);
  return Buffer.concat([
    Buffer.from(magic),
    number,
    string(keyBlob),
    string(namespace),
    string(reserved),
    string(parts.hash ?? 'sha512'),
    string(signature),
    Buffer.from(parts.behind ?? ''),
  ]);
}

/** What an SSHSIG is over. */
export function toBeSigned(bytes: Uint8Array, parts: SshsigParts = {}): Buffer {
  const { namespace = NAMESPACE, reserved = '', hash = 'sha512' } = parts;
  const digest = createHash(hash === 'sha256' ? 'sha256' : 'sha512')
    .update(bytes)
    .digest();
  return Buffer.concat([
    Buffer.from('SSHSIG'),
    string(namespace),
    string(reserved),
    string(hash),
    string(digest),
  ]);
}

/** A security key, which nobody needs to own to try its signatures. */
export function securityKey(kind: 'ed25519' | 'ecdsa', application = 'ssh:') {
  const type =
    kind === 'ed25519' ? 'sk-ssh-ed25519@openssh.com' : 'sk-ecdsa-sha2-nistp256@openssh.com';
  const { publicKey, privateKey } =
    kind === 'ed25519'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const point = spki.subarray(kind === 'ed25519' ? -32 : -65);
  const curve = kind === 'ed25519' ? [] : [string('nistp256')];
  const blob = Buffer.concat([string(type), ...curve, string(point), string(application)]);
  const signed = (bytes: Uint8Array, parts: SshsigParts = {}) => {
    const { flags = 1, format = type } = parts;
    const state = Buffer.from([flags, 0, 0, 0, 7]);
    const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest();
    const message = Buffer.concat([sha256(application), state, sha256(toBeSigned(bytes, parts))]);
    const raw = kind === 'ed25519' ? sign(null, message, privateKey) : mpints(message, privateKey);
    return sshsig(blob, Buffer.concat([string(format), string(raw), state]), parts);
  };
  return { line: `${type} ${blob.toString('base64')} key on a ring`, signed };
}

function mpints(message: Buffer, privateKey: KeyObject): Buffer {
  const raw = sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return Buffer.concat([mpint(raw.subarray(0, 32)), mpint(raw.subarray(32))]);
}

export function mpint(number: Buffer): Buffer {
  const from = number.findIndex((byte) => byte !== 0);
  const magnitude = number.subarray(from === -1 ? number.length : from);
  const pad = (magnitude[0] ?? 0) >= 0x80 ? [0] : [];
  return string(Buffer.concat([Buffer.from(pad), magnitude]));
}
