/** Proves one decision in a record, of this version or of the former one. */
import { keyInvalid, keysOf, type Approver } from '../approver.js';
import {
  decisionBytes,
  keyOfProof,
  proofRefusal,
  Said,
  saidOf,
  shownHashOf,
  signerOf,
  type Shown,
} from '../decision.js';
import { FormerDecision, formerHolds } from '../former-decision.js';
import { approvesOwnRequest, CLOCKS_DIFFER_MS, timeFault } from '../gate.js';
import { keyFault, type ApproverKey } from '../keys/key.js';
import { rolesAt } from '../situation.js';
import type { Kept, KeptGate } from './kept-record.js';

export interface Found {
  status: 'verified' | 'unverified' | 'failed';
  /** In words, for whoever asks what was compared with what. */
  says: string[];
}

/** `approvers`: null to take the key that stands with the decision. */
export function verifyKept(
  gate: KeptGate,
  kept: Kept,
  approvers: readonly Approver[] | null,
): Found {
  const who = `${kept.answer} of "${kept.approver}"`;
  const why = faultOf(gate, kept);
  if (why !== null) return { status: 'failed', says: [`${who}: ${why}`] };
  const { key } = kept;
  if (key === undefined) return { status: 'failed', says: [`${who}: its key is missing`] };
  const holds = `${who}: signature of a ${typeOf(key)} key over all that was shown`;
  if (approvers === null) {
    return { status: 'verified', says: [`${holds}; the key is the one in this record`] };
  }
  const other = whyNotTheirs(key, { by: kept.approver, atMs: kept.decidedAtMs }, approvers);
  return other === null
    ? { status: 'verified', says: [`${holds}; the key is configured`] }
    : { status: 'unverified', says: [`${who}: ${other}`] };
}

function faultOf({ shown, evidence = {} }: KeptGate, kept: Kept): string | null {
  const { approver, decidedAtMs, proof, key } = kept;
  if (shown === undefined || proof === undefined || key === undefined) return 'it is not whole';
  const said = Said.safeParse(saidOf(kept));
  if (!said.success) return 'what is said is malformed';
  return (
    rulesFault(shown, evidence, kept) ??
    timeFault(said.data, shown, decidedAtMs) ??
    keyFault(key) ??
    (keyOfProof({ name: approver, roles: [], keys: [key] }, proof) === null
      ? 'the signature is by another key'
      : proofRefusal(key, proof, decisionBytes(shown, said.data)))
  );
}

function rulesFault(shown: Shown, evidence: Record<string, unknown>, kept: Kept): string | null {
  const { shownHash, roles = [], decidedAtMs } = kept;
  if (shownHash !== shownHashOf(shown)) return 'something else was shown to them';
  if (approvesOwnRequest(kept, { evidence })) return 'they approved what they had asked for';
  const counting = rolesAt({ roles: shown.roles, evidence }, decidedAtMs + CLOCKS_DIFFER_MS);
  return roles.some((role) => counting.includes(role)) ? null : 'they had none of the roles';
}

/** By the configuration, at that time: a key that was revoked later proves what was said before. Null where it is theirs. */
export function whyNotTheirs(
  key: ApproverKey,
  { by, atMs }: { by: string; atMs: number },
  approvers: readonly Approver[],
): string | null {
  const person = approvers.find(({ name }) => name === by);
  const own = person && keysOf(person).find((one) => signerOf(one) === signerOf(key));
  if (person === undefined || own === undefined) {
    return 'signed by a key that is not theirs in this configuration';
  }
  return keyInvalid(person, own, atMs);
}

function typeOf(key: ApproverKey): string {
  return 'ed25519' in key ? 'Ed25519' : (key.ssh.split(' ')[0] ?? 'SSH');
}

/** Its key is not in the record: without a configuration there is nothing to compare with. */
export function verifyFormer(
  gate: KeptGate,
  kept: Kept,
  approvers: readonly Approver[] | null,
): Found {
  const who = `${kept.answer} of "${kept.approver}"`;
  const decision = FormerDecision.safeParse(kept);
  const person = approvers?.find(({ name }) => name === kept.approver);
  if (!decision.success || person === undefined) {
    return { status: 'unverified', says: [`${who}: there is nothing to verify it by`] };
  }
  const { gateId, attempt, evidenceHash } = decision.data;
  const isOfGate =
    gateId === gate.gateId && attempt === gate.attempt && evidenceHash === gate.evidenceHash;
  const holds = keysOf(person).some(
    (key) => 'ed25519' in key && formerHolds(decision.data, key.ed25519),
  );
  return isOfGate && holds
    ? { status: 'verified', says: [`${who}: signature over the evidence; the key is configured`] }
    : { status: 'failed', says: [`${who}: the signature does not hold for this gate`] };
}
