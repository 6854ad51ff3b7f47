/**
 * The public keys by which messages are believed: one file, `ring.json`, in the folder of message keys.
 *
 * Invariants: a ring is whole or refused with a reason; two keys never have the same id; a key is taken
 * out by people only, because what it signed may be under way. `verify`: replaced, and still believed.
 */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Role, type Sender } from '../../../workflows/domain/trust/marks.js';
import { HostName } from '../../../workflows/domain/content/names.js';
import { writeAtomically } from '../../files/atomic.js';
import { disk } from '../../files/disk.js';
import { NotPlain, readPlainFile } from '../../files/plain-file.js';
import { MessageKeyFault } from './fault.js';

const LONGEST_FILE = 1_000_000;
const MOST_KEYS = 1_000;

const RingKey = z
  .strictObject({
    id: z.string().min(1).max(100),
    role: Role,
    host: HostName.nullable(),
    publicKey: z.string().regex(/^[0-9a-f]{64}$/, 'must be an Ed25519 public key: 64 hex digits'),
    status: z.enum(['active', 'verify']),
    /** When it was made; missing in rings that were written by hand. */
    madeAtMs: z.number().int().nonnegative().optional(),
  })
  .refine(({ role, host }) => (role === 'host') === (host !== null), {
    message: 'a key of a host names its host, and no other key does',
  });
export type RingKey = z.infer<typeof RingKey>;

const Ring = z.strictObject({
  version: z.literal(1),
  keys: z
    .array(RingKey)
    .max(MOST_KEYS)
    .refine((keys) => new Set(keys.map(({ id }) => id)).size === keys.length, {
      message: 'two keys have the same id',
    })
    .refine((keys) => new Set(keys.map(({ publicKey }) => publicKey)).size === keys.length, {
      message: 'a key stands in it twice',
    }),
});

/** A key's id is a function of the key. */
export function keyIdOf(role: Role, publicKey: string): string {
  return `${role}-${createHash('sha256').update(publicKey).digest('hex').slice(0, 16)}`;
}

export function ringFile(folder: string): string {
  return join(folder, 'ring.json');
}

/** Null where there is no ring yet. Fails with a MessageKeyFault where there is one that is not whole. */
export function readRing(folder: string): RingKey[] | null {
  const file = ringFile(folder);
  const text = textOf(file);
  if (text === null) return null;
  const parsed = Ring.safeParse(jsonIn(text));
  if (parsed.success) return parsed.data.keys;
  const why = z.prettifyError(parsed.error).slice(0, 500);
  throw new MessageKeyFault(`${file} is no ring of message keys:\n${why}`);
}

export async function writeRing(folder: string, keys: readonly RingKey[]): Promise<void> {
  const lines = keys.map((key) => `  ${JSON.stringify(key)}`).join(',\n');
  const text = `{"version": 1, "keys": [\n${lines}\n]}\n`;
  // Public: who only asks reads it too.
  await writeAtomically(ringFile(folder), text, disk, 0o644);
}

export interface KeyRing {
  /** Null where the ring does not know it, as it is now on disk. */
  find(keyId: string): { sender: Sender; publicKey: string } | null;
  /** When the first of its keys was made; null where that is not known. */
  sinceMs: number | null;
}

/** Reads the file again when it has changed: a key that was taken out is believed no longer. */
export function openRing(folder: string): KeyRing {
  const first = readRing(folder);
  if (first === null) {
    throw new MessageKeyFault(
      `${ringFile(folder)} is missing: without it no message can be verified. ` +
        'On one machine "relight up" makes it, else "relight keys messages make"; ' +
        'on another machine copy it from the control plane',
    );
  }
  let read = { keys: byId(first), stamp: stampOf(folder) };
  const known = (keyId: string) => {
    const stamp = stampOf(folder);
    if (stamp !== read.stamp) {
      read = { keys: byId(readAgain(folder) ?? [...read.keys.values()]), stamp };
    }
    return read.keys.get(keyId);
  };
  const made = first.flatMap(({ madeAtMs }) => madeAtMs ?? []);
  return {
    sinceMs: made.length === 0 ? null : Math.min(...made),
    find(keyId) {
      const key = known(keyId);
      if (key === undefined) return null;
      const { id, role, host, publicKey } = key;
      return { sender: { keyId: id, role, host }, publicKey };
    },
  };
}

function byId(keys: readonly RingKey[]): Map<string, RingKey> {
  return new Map(keys.map((key) => [key.id, key]));
}

/** A file that is being spoilt must not stop who has read a good one. */
function readAgain(folder: string): RingKey[] | null {
  try {
    return readRing(folder);
  } catch {
    return null;
  }
}

function stampOf(folder: string): string {
  const stat = statSync(ringFile(folder), { throwIfNoEntry: false });
  return stat === undefined ? 'gone' : `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
}

function textOf(file: string): string | null {
  try {
    return readPlainFile(file, LONGEST_FILE).text;
  } catch (error) {
    if (!(error instanceof NotPlain)) throw error;
    if (error.isMissing) return null;
    throw new MessageKeyFault(`${file} ${error.message}`);
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
