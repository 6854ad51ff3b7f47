/**
 * Private keys of messages: one file a role and host, PEM, which only its owner can read.
 *
 * Invariants: a key that others can read is refused; a key is written whole or not at all; making keys
 * where there are some changes none of them.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Role } from '../../../workflows/domain/trust/marks.js';
import { writeAtomically } from '../../files/atomic.js';
import { disk } from '../../files/disk.js';
import { NotPlain, readPlainFile } from '../../files/plain-file.js';
import { writtenIn } from '../../files/writing.js';
import { MessageKeyFault } from './fault.js';
import { keyIdOf, readRing, ringFile, writeRing, type RingKey } from './key-ring.js';

/** Whose key. `host`: null but for hosts. */
export interface Owner {
  role: Role;
  host: string | null;
}

export interface SigningKey {
  keyId: string;
  privateKey: KeyObject;
}

const LONGEST_FILE = 10_000;

export function keyFile(folder: string, { role, host }: Owner): string {
  return join(folder, host === null ? `${role}.key` : `${role}-${encodeURIComponent(host)}.key`);
}

/** Null where there is no such file. Fails with a MessageKeyFault where it is not one to be used. */
export function readSigningKey(folder: string, owner: Owner): SigningKey | null {
  const file = keyFile(folder, owner);
  const text = readPrivate(file);
  if (text === null) return null;
  const privateKey = keyIn(text);
  if (privateKey?.asymmetricKeyType !== 'ed25519') {
    throw new MessageKeyFault(`${file} holds no Ed25519 key`);
  }
  const publicKey = publicHex(privateKey);
  const known = readRing(folder)?.find((key) => key.publicKey === publicKey);
  if (known === undefined || known.role !== owner.role || known.host !== owner.host) {
    throw new MessageKeyFault(
      `the key in ${file} does not stand in ${ringFile(folder)} as one of ${owner.role}` +
        `${owner.host === null ? '' : ` "${owner.host}"`}: put the ring of the control plane there, ` +
        'or make a new key with "relight keys messages rotate"',
    );
  }
  return { keyId: known.id, privateKey };
}

/** Its content, of a file that belongs to its reader alone; null where there is none. */
export function readPrivate(file: string): string | null {
  try {
    const { text, mode } = readPlainFile(file, LONGEST_FILE, { links: 'refused' });
    if ((mode & 0o077) === 0) return text;
  } catch (error) {
    if (!(error instanceof NotPlain)) throw error;
    if (error.isMissing) return null;
    throw new MessageKeyFault(`${file} ${error.message}`);
  }
  throw new MessageKeyFault(`${file} can be read by others. Do: chmod 600 ${file}`);
}

/** Makes what is missing of these; gives the owners that got one. */
export async function makeKeys(
  folder: string,
  owners: readonly Owner[],
  nowMs: number,
): Promise<Owner[]> {
  const missing = owners.filter((owner) => !existsSync(keyFile(folder, owner)));
  if (missing.length > 0) await rotateKeys(folder, missing, nowMs);
  return missing;
}

/** A new key for each; those before stay believed, and sign no more once their user starts again. */
export async function rotateKeys(
  folder: string,
  owners: readonly Owner[],
  nowMs: number,
): Promise<void> {
  const replaced = ({ role, host }: RingKey) =>
    owners.some((owner) => owner.role === role && owner.host === host);
  const keys = (readRing(folder) ?? []).map((key) =>
    replaced(key) ? { ...key, status: 'verify' as const } : key,
  );
  await addKeys(folder, keys, owners, nowMs);
}

async function addKeys(
  folder: string,
  before: readonly RingKey[],
  owners: readonly Owner[],
  madeAtMs: number,
): Promise<void> {
  writtenIn(folder, () => mkdirSync(folder, { recursive: true, mode: 0o700 }));
  const made = owners.map((owner) => ({
    owner,
    privateKey: generateKeyPairSync('ed25519').privateKey,
  }));
  const added = made.map(({ owner, privateKey }): RingKey => {
    const publicKey = publicHex(privateKey);
    return { id: keyIdOf(owner.role, publicKey), ...owner, publicKey, status: 'active', madeAtMs };
  });
  // The ring first: a key that is used before it is known would be refused.
  await writeRing(folder, [...before, ...added]);
  for (const { owner, privateKey } of made) {
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
    await writeAtomically(keyFile(folder, owner), pem, disk, 0o600);
  }
}

function keyIn(text: string): KeyObject | null {
  try {
    return createPrivateKey(text);
  } catch {
    return null;
  }
}

function publicHex(key: KeyObject): string {
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  return Buffer.from(x, 'base64url').toString('hex');
}

export function publicKeyFrom(hex: string): KeyObject {
  const x = Buffer.from(hex, 'hex').toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}
