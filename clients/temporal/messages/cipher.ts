/**
 * Encrypts payloads, where the configuration asks for it: AES-256-GCM by a key file that all processes of
 * one Relight share. Who stands for a payload is not said by it: that is for the signature around it.
 *
 * Invariant: a payload opens only where it belongs; what does not open is null, never a failure. Who only
 * shows histories opens a payload by the place that it names, which is true or it does not open.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Payload } from '@temporalio/common';
import { writeAtomically } from '../../files/atomic.js';
import { disk } from '../../files/disk.js';
import { MessageKeyFault } from './fault.js';
import { readPrivate } from './key-files.js';

/** The encoding of what is encrypted, by the name that Temporal's own examples give it. */
export const SEALED = 'binary/encrypted';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** In the metadata of what is encrypted: where it belongs. */
const PLACE = 'relight-place';
const LONGEST_PLACE = 8_192;

export interface Cipher {
  seal(payload: Payload, place: string): Payload;
  open(payload: Payload, place: string): Payload | null;
  /** Wherever it belongs: for eyes, and never to be acted on. */
  openAnywhere(payload: Payload): Payload | null;
}

function cipherFile(folder: string): string {
  return join(folder, 'encryption.key');
}

/** Makes the key where there is none; true where it did. */
export async function makeCipherKey(folder: string): Promise<boolean> {
  const file = cipherFile(folder);
  if (readPrivate(file) !== null) return false;
  await writeAtomically(file, `${randomBytes(32).toString('hex')}\n`, disk, 0o600);
  return true;
}

/** Fails with a MessageKeyFault where there is no key, or none to be used. */
export function openCipher(folder: string): Cipher {
  const file = cipherFile(folder);
  const text = readPrivate(file)?.trim();
  if (text === undefined) {
    throw new MessageKeyFault(
      `${file} is missing, and messages.encryption is on: copy it from the control plane, ` +
        'or make it there with "relight keys messages make"',
    );
  }
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new MessageKeyFault(`${file} holds no key of 64 hex digits`);
  return cipherOf(Buffer.from(text, 'hex'));
}

function cipherOf(key: Uint8Array): Cipher {
  const open = ({ data }: Payload, place: string) => {
    try {
      return opened(key, Buffer.from(data ?? []), place);
    } catch {
      return null;
    }
  };
  return {
    seal({ metadata, data }, place) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(place));
      const sealed = Buffer.concat([cipher.update(plain(metadata, data)), cipher.final()]);
      return {
        metadata: { encoding: Buffer.from(SEALED), [PLACE]: Buffer.from(place) },
        data: Buffer.concat([nonce, cipher.getAuthTag(), sealed]),
      };
    },
    open,
    openAnywhere(payload) {
      const place = payload.metadata?.[PLACE];
      if (!place || place.length > LONGEST_PLACE) return null;
      return open(payload, Buffer.from(place).toString('utf8'));
    },
  };
}

/** The encoding and the data, of which only the data may hold a line's end. */
function plain(metadata: Payload['metadata'], data: Payload['data']): Uint8Array {
  const encoding = Buffer.from(metadata?.['encoding'] ?? []);
  return Buffer.concat([encoding, Buffer.from('\n'), data ?? new Uint8Array()]);
}

function opened(key: Uint8Array, sealed: Buffer, place: string): Payload {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(place))
    .setAuthTag(tag);
  const text = sealed.subarray(NONCE_BYTES + TAG_BYTES);
  const content = Buffer.concat([decipher.update(text), decipher.final()]);
  const cut = content.indexOf('\n');
  return { metadata: { encoding: content.subarray(0, cut) }, data: content.subarray(cut + 1) };
}
