/** A codec server for one folder of message keys: its cipher and its token, opened once. */
import { openCipher } from '../messages/cipher.js';
import { startCodecServer, type CodecServer } from './server.js';
import { readToken } from './token.js';

export { tokenFile } from './token.js';

/** Fails with a MessageKeyFault where there is no key to decrypt with, or a file must not be used. */
export async function openCodecServer(
  folder: string,
  options: { port: number; uiOrigin: string | null },
): Promise<CodecServer> {
  const cipher = openCipher(folder);
  return startCodecServer({ cipher, token: await readToken(folder), ...options });
}
