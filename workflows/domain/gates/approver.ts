/**
 * Who may answer a gate: by role, and by keys of their own.
 *
 * Invariant: one person is one key: a key, or a name that reads the same, that stands twice is
 * refused, at load and again where a decision is judged.
 */
import { z } from 'zod';
import { ApproverName, RoleName } from '../content/names.js';
import { skeletonOf } from '../content/look-alike.js';
import { ApproverKey, identityOf, keyFault } from './keys/key.js';
import { invalidAt, VALIDITY, writingFault } from './keys/validity.js';
import { listOf } from '../policy/values.js';

const MOST_ROLES = 20;

export const Approver = z.strictObject({
  name: ApproverName,
  roles: listOf(RoleName, { least: 1, most: MOST_ROLES }),
  keys: z
    .array(ApproverKey)
    .min(1)
    .max(16)
    .optional()
    .describe('each counts for the same person: {ssh: "ssh-ed25519 AAAA..."} or {ed25519: hex}'),
  publicKey: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be an Ed25519 public key: 64 hex digits')
    .optional()
    .describe('the former way to write keys: [{ed25519: hex}]'),
  ...VALIDITY,
});
export type Approver = z.infer<typeof Approver>;

export function keysOf({ keys = [], publicKey }: Approver): ApproverKey[] {
  return publicKey === undefined ? keys : [...keys, { ed25519: publicKey }];
}

/** The first that is wrong with approvers, the key or the name named; null where nothing is. */
export function approversFault(approvers: readonly Approver[]): string | null {
  for (const [index, approver] of approvers.entries()) {
    const fault =
      faultOfKeys(approver) ??
      sharedBetween(approver, approvers.slice(0, index)) ??
      twice(approver);
    if (fault !== null) return fault;
  }
  return null;
}

/** Why a person's key does not count at this time, for who signed with it; null where it does. */
export function keyInvalid(person: Approver, key: ApproverKey, nowMs: number): string | null {
  const ofAll = invalidAt(person, nowMs);
  if (ofAll !== null) return `Approver "${person.name}" ${ofAll}`;
  const ofKey = invalidAt(key, nowMs);
  return ofKey === null ? null : `The key of "${person.name}" ${ofKey}`;
}

/** Those of them that count at this time. */
export function keysAt(person: Approver, nowMs: number): ApproverKey[] {
  return keysOf(person).filter((key) => keyInvalid(person, key, nowMs) === null);
}

/** Whoever has a key that counts at this time. */
export function ableAt(approvers: readonly Approver[], nowMs: number): Approver[] {
  return approvers.filter((person) => keysAt(person, nowMs).length > 0);
}

function faultOfKeys(approver: Approver): string | null {
  const written = writingFault(approver);
  if (written !== null) return `"${approver.name}": ${written}`;
  const keys = keysOf(approver);
  if (keys.length === 0) {
    return `"${approver.name}" has no key: add keys: [{ssh: "ssh-ed25519 AAAA..."}]`;
  }
  for (const key of keys) {
    const fault = keyFault(key);
    if (fault !== null) return `a key of "${approver.name}" is refused: ${fault}`;
  }
  return null;
}

function twice(approver: Approver): string | null {
  const keys = keysOf(approver).map(identityOf);
  const repeated = keys.some((key, index) => keys.indexOf(key) !== index);
  return repeated ? `"${approver.name}" has the same key twice: name it once` : null;
}

/** Whether two people could be one, or be taken for one; null where they are two. */
export function sharedBetween(approver: Approver, others: readonly Approver[]): string | null {
  const keys = new Set(keysOf(approver).map(identityOf));
  const skeleton = skeletonOf(approver.name);
  for (const other of others) {
    if (keysOf(other).some((key) => keys.has(identityOf(key)))) {
      return `"${other.name}" and "${approver.name}" have the same key: each needs one of their own`;
    }
    if (other.name === approver.name) return `"${approver.name}" stands there twice`;
    if (skeletonOf(other.name) === skeleton) {
      return `"${other.name}" and "${approver.name}" look alike: give one of them another name`;
    }
  }
  return null;
}
