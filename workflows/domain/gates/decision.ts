/**
 * A decision: what was shown, what is said to it, and the proof that an approver said it.
 *
 * Invariants: the proof is over all that was shown and all that is said; `shown` is made by the
 * workflow and never taken from a sender; nothing is changed between signing and keeping, so what is
 * kept can be verified by anybody.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { Resume } from './resume.js';
import { canonicalJson, digestOf } from '../content/canonical.js';
import { holdsUnseen } from '../content/printable.js';
import { keysOf, type Approver } from './approver.js';
import { identityOf, parseSshKey, sshFingerprint, type ApproverKey } from './keys/key.js';
import { edwardsHolds, parseSshsig, sshRefusal } from './keys/sshsig.js';
import { equalBytes } from './keys/ssh-wire.js';
import type { GateKind } from '../content/gate-kind.js';

const LONGEST_REASON = 2_000;
const LONGEST_SSHSIG = 4_096;

/** Everything that somebody who decides is shown, the evidence by its hash. */
export interface Shown {
  version: 2;
  namespace: string;
  workflowId: string;
  runId: string;
  gateId: string;
  kind: GateKind;
  attempt: number;
  question: string;
  /** What approving and rejecting each lead to, in words. */
  onApprove: string;
  onReject: string;
  evidenceHash: string;
  /** Of the state that the engine boots from; null where there is none yet, with the reason. */
  stateDigest: string | null;
  noStateBecause: string | null;
  roles: string[];
  quorum: number;
  openedAtMs: number;
  /** Null where it waits as long as it takes. */
  expiresAtMs: number | null;
  /** Of the policy and the approvers by which it is judged. */
  rulesDigest: string;
}

export const Answer = z.enum(['approve', 'reject']);
export type Answer = z.infer<typeof Answer>;

/** What is wrong with a reason, as a sentence; null where nothing is. It is kept as it is signed. */
export function reasonFault(reason: string): string | null {
  if (reason.trim() === '') return 'a reason is required, for approving and for rejecting';
  if (reason !== reason.trim()) return 'the reason begins or ends with a blank: take it out';
  if (reason.length > LONGEST_REASON) {
    return `the reason has ${reason.length} characters: at most ${LONGEST_REASON} are taken`;
  }
  return holdsUnseen(reason)
    ? 'the reason holds a line break or another character that nobody sees: write one line'
    : null;
}

export const Reason = z.string().superRefine((reason, context) => {
  const fault = reasonFault(reason);
  if (fault !== null) context.addIssue({ code: 'custom', message: fault });
});

export const Said = z.strictObject({
  answer: Answer,
  reason: Reason,
  approver: z.string().min(1).max(256),
  decidedAtMs: z.number().int().positive(),
  /** Of a go after manual recovery: from where, and what was ticked by then. Missing: from the beginning. */
  resume: Resume.optional(),
});
export type Said = z.infer<typeof Said>;

const Hex64 = z
  .string()
  .length(64)
  .regex(/^[0-9a-f]+$/);

/** A kind each for every way to sign; that of passkeys is to come. */
export const Proof = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ed25519'),
    publicKey: Hex64,
    signature: z
      .string()
      .length(128, 'an Ed25519 signature has 128 hex digits')
      .regex(/^[0-9a-f]+$/),
  }),
  z.strictObject({
    kind: z.literal('ssh'),
    /** The SSHSIG in hex, without armour. */
    signature: z
      .string()
      .max(2 * LONGEST_SSHSIG, `the SSH signature is too long: at most ${LONGEST_SSHSIG} bytes`)
      .regex(/^(?:[0-9a-f]{2})+$/, 'the SSH signature is not hex'),
  }),
]);
export type Proof = z.infer<typeof Proof>;

/** On the wire. */
export const Decision = z.strictObject({
  gateId: z.string().min(1).max(1_000),
  attempt: z.number().int().positive(),
  said: Said,
  /** `shownHashOf` what was signed, so that a mismatch is told as one. */
  shownHash: Hex64,
  proof: Proof,
});
export type Decision = z.infer<typeof Decision>;

/** Of anything that holds more, such as the evidence. */
export function shownOf(gate: Shown): Shown {
  const { namespace, workflowId, runId, gateId, kind, attempt } = gate;
  const { question, onApprove, onReject, evidenceHash, stateDigest, noStateBecause } = gate;
  const { roles, quorum, openedAtMs, expiresAtMs, rulesDigest } = gate;
  const about = { namespace, workflowId, runId, gateId, kind, attempt };
  const asked = { question, onApprove, onReject, evidenceHash, stateDigest, noStateBecause };
  const judgedBy = { roles, quorum, openedAtMs, expiresAtMs, rulesDigest };
  return { version: 2, ...about, ...asked, ...judgedBy };
}

/** SHA-256 of what was shown, in hex. */
export function shownHashOf(gate: Shown): string {
  return digestOf(shownOf(gate));
}

/** Stands wherever the question is shown: where two differ, two questions were shown. */
export function checkCodeOf(gate: Shown): string {
  return shownHashOf(gate).slice(0, 8);
}

/** The bytes that are signed: a fixed prefix keeps a signature from meaning anything elsewhere. */
export function decisionBytes(gate: Shown, said: Said): Uint8Array {
  const whole = { shown: shownOf(gate), said: saidOf(said) };
  return utf8ToBytes(`relight-decision-v2\n${canonicalJson(whole)}`);
}

/** Of anything that holds more, such as the decision as it is kept. */
export function saidOf({ answer, reason, approver, decidedAtMs, resume }: Said): Said {
  return { answer, reason, approver, decidedAtMs, ...(resume !== undefined && { resume }) };
}

/** With the seed of an Ed25519 key, 64 hex digits. Throws where what is said is malformed. */
export function signDecision(gate: Shown, said: Said, privateKeyHex: string): Decision {
  return decisionWith(
    gate,
    said,
    edwardsProof(decisionBytes(gate, Said.parse(said)), privateKeyHex),
  );
}

/** Of an Ed25519 key file. */
export function edwardsProof(bytes: Uint8Array, privateKeyHex: string): Proof {
  const signature = bytesToHex(ed25519.sign(bytes, hexToBytes(privateKeyHex)));
  return { kind: 'ed25519', publicKey: publicKeyOf(privateKeyHex), signature };
}

export function decisionWith(gate: Shown, said: Said, proof: Proof): Decision {
  const { gateId, attempt } = gate;
  return { gateId, attempt, said, shownHash: shownHashOf(gate), proof };
}

export function publicKeyOf(privateKeyHex: string): string {
  return bytesToHex(ed25519.getPublicKey(hexToBytes(privateKeyHex)));
}

/** The key among an approver's own that is said to have signed; null where it is none of theirs. */
export function keyOfProof(approver: Approver, proof: Proof): ApproverKey | null {
  const mayBe = proof.kind === 'ed25519' ? isRaw(proof.publicKey) : isOfSsh(proof.signature);
  return keysOf(approver).find(mayBe) ?? null;
}

function isRaw(publicKey: string) {
  return (key: ApproverKey) => 'ed25519' in key && key.ed25519 === publicKey;
}

function isOfSsh(signature: string) {
  return (key: ApproverKey): boolean => {
    if (!('ssh' in key)) return false;
    try {
      const { keyBlob } = parseSshsig(hexToBytes(signature));
      return equalBytes(parseSshKey(key.ssh).blob, keyBlob);
    } catch {
      return false; // malformed, the one or the other
    }
  };
}

/** Which key a proof says that it is by, for a person who took another one for theirs. */
export function signedBy(proof: Proof): string {
  if (proof.kind === 'ed25519') return `public key ${proof.publicKey}`;
  try {
    const { keyBlob } = parseSshsig(hexToBytes(proof.signature));
    return sshFingerprint(keyBlob);
  } catch {
    return 'of which nothing can be read';
  }
}

/** Why a proof is malformed, before any key is looked up; null where it is well formed. */
export function malformedProof(proof: Proof): string | null {
  if (proof.kind === 'ed25519') return null;
  try {
    parseSshsig(hexToBytes(proof.signature));
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'the SSH signature is malformed';
  }
}

/** Why a proof by this key does not hold, in words; null where it does. The only look at a curve. */
export function proofRefusal(key: ApproverKey, proof: Proof, bytes: Uint8Array): string | null {
  try {
    if (proof.kind === 'ssh') {
      if (!('ssh' in key)) return 'the proof is of an SSH key, the approver has none';
      return sshRefusal(parseSshKey(key.ssh), hexToBytes(proof.signature), bytes);
    }
    if (!('ed25519' in key)) return 'the proof is of an Ed25519 file, the approver has none';
    const raw = hexToBytes(proof.signature);
    if (edwardsHolds(hexToBytes(key.ed25519), raw, bytes)) return null;
  } catch {
    // a malformed point is a signature that does not hold
  }
  return 'the signature does not hold';
}

/** What is the same for every file in which a key stands: nobody counts twice by one key. */
export function signerOf(key: ApproverKey): string {
  return identityOf(key) ?? canonicalJson(key);
}
