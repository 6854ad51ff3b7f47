/**
 * With what a decision, or an instruction, is signed: the key file of `relight key new`, or an SSH key through
 * `ssh-keygen`, which reads files, asks agents and has security keys touched.
 *
 * Invariant: what comes back is verified here before it is sent.
 */
import { spawnSync } from 'node:child_process';
import {
  decisionBytes,
  decisionWith,
  edwardsProof,
  proofRefusal,
  Said,
  type Decision,
  type Proof,
  type Shown,
} from '../../../workflows/domain/gates/decision.js';
import { parseSshsig, SSH_NAMESPACE } from '../../../workflows/domain/gates/keys/sshsig.js';
import { readerOf } from '../../../workflows/domain/gates/keys/ssh-wire.js';
import { UsageError } from '../usage-error.js';
import { readKey } from './keys.js';

export interface SigningOptions {
  key?: string;
  sshKey?: string;
}

export type Sign = (gate: Shown, said: Said) => Decision;
export type Prove = (bytes: Uint8Array) => Proof;

/** A key file is read at once, so that a missing one is told before anything is shown. */
export function proverOf({ key, sshKey }: SigningOptions): Prove {
  if (sshKey === undefined) {
    const privateKey = readKey(key);
    return (bytes) => edwardsProof(bytes, privateKey);
  }
  if (key !== undefined) throw new UsageError('Sign with --key or with --ssh-key, not with both');
  return (bytes) => sshProof(sshKey, bytes);
}

/** Of decisions. Throws where what is said is malformed. */
export function signerOf(options: SigningOptions): Sign {
  const prove = proverOf(options);
  return (gate, said) => decisionWith(gate, said, prove(decisionBytes(gate, Said.parse(said))));
}

/** A person may have to type a passphrase, or to find the security key. */
const PATIENCE_MS = 180_000;

/** `file`: a private key, or a .pub file whose private key an agent holds. */
function sshProof(file: string, bytes: Uint8Array): Proof {
  const { status, stdout, error } = spawnSync(
    'ssh-keygen',
    ['-Y', 'sign', '-f', file, '-n', SSH_NAMESPACE],
    { input: bytes, stdio: ['pipe', 'pipe', 'inherit'], timeout: PATIENCE_MS, maxBuffer: 65_536 },
  );
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  // One that refuses may have ended before it has read anything.
  if (error !== undefined && code !== 'EPIPE') {
    throw new UsageError(
      code === 'ENOENT'
        ? 'ssh-keygen is not installed: install OpenSSH, or sign with --key FILE'
        : `ssh-keygen did not sign (${code}): is the agent, or the security key, there?`,
    );
  }
  if (status !== 0) {
    throw new UsageError(
      `ssh-keygen did not sign with ${file}. A key with a passphrase needs a terminal or an ` +
        'agent (ssh-add); a .pub file needs an agent that holds its key',
    );
  }
  return checked(unarmoured(stdout.toString('latin1')), bytes);
}

function unarmoured(text: string): Buffer {
  const body =
    /^-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+)\n-----END SSH SIGNATURE-----\s*$/;
  return Buffer.from(body.exec(text)?.[1] ?? '', 'base64');
}

function checked(sshsig: Buffer, bytes: Uint8Array): Proof {
  const proof: Proof = { kind: 'ssh', signature: sshsig.toString('hex') };
  const why = proofRefusal({ ssh: publicKeyIn(sshsig) }, proof, bytes);
  if (why !== null) throw new UsageError(`What ssh-keygen signed would be refused: ${why}`);
  return proof;
}

/** As a .pub file has it. */
function publicKeyIn(sshsig: Buffer): string {
  try {
    const { keyBlob } = parseSshsig(sshsig);
    const type = readerOf(keyBlob, 'the public key').text();
    return `${type} ${Buffer.from(keyBlob).toString('base64')}`;
  } catch {
    return ''; // which no signature holds for
  }
}
