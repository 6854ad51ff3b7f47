/** A signature over nothing: whether a key is there, is its owner's, and counts, before it is needed. */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from '../../content/canonical.js';
import { keyInvalid, type Approver } from '../approver.js';
import { keyOfProof, proofRefusal, signedBy, type Proof } from '../decision.js';
import type { ApproverKey } from '../keys/key.js';

export interface Trial {
  by: string;
  atMs: number;
}

/** The bytes that are signed: a fixed prefix keeps a signature from meaning anything elsewhere. */
export function trialBytes({ by, atMs }: Trial): Uint8Array {
  return utf8ToBytes(`relight-key-trial-v1\n${canonicalJson({ by, atMs })}`);
}

export type TrialResult =
  | { counts: true; person: Approver; key: ApproverKey }
  /** In words for the person who signed. */
  | { counts: false; why: string };

/** What a decision signed so would meet, but for the roles of its gate. */
export function judgeTrial(
  trial: Trial,
  proof: Proof,
  approvers: readonly Approver[],
): TrialResult {
  const { by, atMs } = trial;
  const person = approvers.find(({ name }) => name === by);
  if (person === undefined) {
    const names = approvers.map(({ name }) => name).join(', ') || 'nobody';
    return { counts: false, why: `"${by}" is not among the approvers (there are: ${names})` };
  }
  const key = keyOfProof(person, proof);
  if (key === null) {
    const owner = approvers.find((other) => keyOfProof(other, proof) !== null);
    const whose = owner === undefined ? 'nobody here' : `"${owner.name}"`;
    const why = `it was signed by ${signedBy(proof)}, a key of ${whose}, and not of "${by}"`;
    return { counts: false, why };
  }
  const why = keyInvalid(person, key, atMs) ?? proofRefusal(key, proof, trialBytes(trial));
  return why === null ? { counts: true, person, key } : { counts: false, why };
}
