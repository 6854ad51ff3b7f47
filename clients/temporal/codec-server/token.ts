/**
 * Who may ask a codec server: whoever can read one file, 0600, in the folder of message keys.
 *
 * Invariant: tokens are compared by their hashes, in a time that tells nothing of them.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { writeAtomically } from '../../files/atomic.js';
import { disk } from '../../files/disk.js';
import { MessageKeyFault } from '../messages/fault.js';
import { readPrivate } from '../messages/key-files.js';

const TOKEN_BYTES = 32;

/** It may stand in a path, and in a header. */
const TOKEN = /^[\w-]{43}$/;

export function tokenFile(folder: string): string {
  return join(folder, 'codec.token');
}

/** Made where there is none. Fails with a MessageKeyFault where there is one that must not be used. */
export async function readToken(folder: string): Promise<string> {
  const file = tokenFile(folder);
  const kept = readPrivate(file)?.trim();
  if (kept === undefined) {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    await writeAtomically(file, `${token}\n`, disk, 0o600);
    return token;
  }
  if (TOKEN.test(kept)) return kept;
  throw new MessageKeyFault(`${file} holds no token of ours: remove it, and a new one is made`);
}

export function isToken(token: string, shown: string): boolean {
  return timingSafeEqual(hashOf(token), hashOf(shown));
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
