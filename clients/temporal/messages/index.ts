/** Authenticated messages for one process: its keys, opened once, as the SDK wants them. */
import type { PayloadCodec } from '@temporalio/common';
import { openCipher } from './cipher.js';
import { createMessageCodec } from './codec.js';
import { MessageKeyFault } from './fault.js';
import { keyFile, readSigningKey, type Owner } from './key-files.js';
import { openRing } from './key-ring.js';

export interface Messages {
  codec: PayloadCodec;
}

export interface MessageSettings {
  folder: string;
  encryption: boolean;
}

/** Fails with a MessageKeyFault where a key is missing or must not be used. */
export function openMessages({ folder, encryption }: MessageSettings, owner: Owner): Messages {
  const ring = openRing(folder);
  const signer = readSigningKey(folder, owner);
  // People's decisions prove themselves, and questions need no proof.
  if (signer === null && owner.role !== 'operator') {
    throw new MessageKeyFault(
      `${keyFile(folder, owner)} is missing, and without it nobody believes what this process says: ` +
        'on one machine "relight up" makes it, else "relight keys messages make"',
    );
  }
  const cipher = encryption ? openCipher(folder) : null;
  return { codec: createMessageCodec({ ring, signer, cipher }) };
}
