/** Approvers' keys: Ed25519 seeds of 64 hex digits, in a file that only its owner can read. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { publicKeyOf } from '../../../workflows/domain/gates/decision.js';
import { writtenIn } from '../../files/writing.js';
import { NotPlain, readPlainFile, type PlainFile } from '../../files/plain-file.js';
import { EXIT, printLine, sayLine } from '../output.js';
import { UsageError } from '../usage-error.js';

const LONGEST_FILE = 10_000;

class KeyError extends UsageError {
  override name = 'KeyError';
}

export function makeKey(file: string): number {
  const { publicKey } = createKeyFile(file);
  printLine(publicKey);
  sayLine(
    `Private key in ${file}. Under approvers in the configuration: keys: [{ed25519: ${publicKey}}]`,
  );
  return EXIT.done;
}

export function createKeyFile(path: string): { publicKey: string } {
  const privateKey = randomBytes(32).toString('hex');
  try {
    const text = `${privateKey}\n`;
    writtenIn(dirname(path), () => writeFileSync(path, text, { mode: 0o600, flag: 'wx' }));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === 'EEXIST'
        ? 'it exists already, and a key is never overwritten: name another file, or remove that one'
        : message;
    throw new KeyError(`The key file ${path} cannot be written: ${why}`);
  }
  return { publicKey: publicKeyOf(privateKey) };
}

/** The line of a `.pub` file, without its comment. */
export function publicSshKey(path: string): string {
  const [type = '', key = ''] = plainFile(path).text.trim().split(/\s+/);
  if (type === '' || key === '' || type.startsWith('-----')) {
    throw new KeyError(`${path} is no SSH public key: name the .pub file`);
  }
  return `${type} ${key}`;
}

/** From `--key FILE`, or the variable RELIGHT_APPROVER_KEY_FILE. */
export function readKey(named: string | undefined): string {
  const path = named ?? process.env['RELIGHT_APPROVER_KEY_FILE'];
  if (path === undefined) {
    throw new KeyError(
      'No key to sign with. Name your key file with --key FILE or RELIGHT_APPROVER_KEY_FILE; ' +
        'make one with: relight key new FILE',
    );
  }
  return checkedKey(path);
}

function checkedKey(path: string): string {
  const { text, mode } = plainFile(path);
  if ((mode & 0o077) !== 0) {
    throw new KeyError(`${path} can be read by others. Do: chmod 600 ${path}`);
  }
  const key = text.trim();
  if (!/^[0-9a-f]{64}$/.test(key)) throw new KeyError(`${path} holds no key of 64 hex digits`);
  return key;
}

/** A link is followed: it is its owner's, and what it leads to is looked at. */
function plainFile(path: string): PlainFile {
  try {
    return readPlainFile(path, LONGEST_FILE);
  } catch (error) {
    if (!(error instanceof NotPlain)) throw error;
    throw new KeyError(`The key file ${path} ${error.message}`);
  }
}
