/** Whether somebody who may has signed what they are said to have signed, and when. */
import { utcText } from '../content/utc-text.js';
import { keyInvalid, sharedBetween, type Approver } from '../gates/approver.js';
import {
  keyOfProof,
  malformedProof,
  proofRefusal,
  signedBy,
  type Proof,
} from '../gates/decision.js';

/** Clocks of people and workers may differ by so much. */
const CLOCKS_DIFFER_MS = 120_000;
/** Workers may be away for a moment; what is older was meant for another moment. */
export const GOOD_FOR_MS = 600_000;

/** Why it does not count now, for who signed it; null where it does. `taken`: ids of those that have counted. */
export function untimely(
  { atMs, id }: { atMs: number; id: string },
  { taken, nowMs }: { taken: readonly string[]; nowMs: number },
): string | null {
  if (taken.includes(id)) return 'It was taken already: sign a new one';
  const [at, now] = [utcText(atMs), utcText(nowMs)];
  if (atMs > nowMs + CLOCKS_DIFFER_MS) {
    return `Signed at ${at}, but it is ${now}: set the clock of your machine`;
  }
  return atMs < nowMs - GOOD_FOR_MS
    ? `Signed at ${at}, and it is ${now}: an instruction counts for ${GOOD_FOR_MS / 60_000} minutes. ` +
        'Sign it again'
    : null;
}

export interface Signed {
  /** The name of the approver. */
  by: string;
  proof: Proof;
  bytes: Uint8Array;
}

/** Why it is not of an approver of one of these roles, for who signed it; null where it is. */
export function signerRefusal(
  { by, proof, bytes }: Signed,
  { approvers, nowMs }: { approvers: readonly Approver[]; nowMs: number },
  { command, roles }: { command: string; roles: readonly string[] },
): string | null {
  const person = approvers.find(({ name }) => name === by);
  if (person === undefined) return `"${by}" is not among the configured approvers`;
  if (!person.roles.some((role) => roles.includes(role))) {
    return `"${by}" has roles ${person.roles.join(', ')}; ${command} asks for ${roles.join(' or ')}`;
  }
  const others = approvers.filter((other) => other !== person);
  const shared = sharedBetween(person, others);
  if (shared !== null) return `The approvers are configured wrongly: ${shared}`;
  return malformedProof(proof) ?? keyRefusal(person, { by, proof, bytes }, nowMs);
}

function keyRefusal(person: Approver, { by, proof, bytes }: Signed, nowMs: number): string | null {
  const key = keyOfProof(person, proof);
  if (key === null) {
    return `The signature is by a key that is none of "${by}" (${signedBy(proof)})`;
  }
  const invalid = keyInvalid(person, key, nowMs);
  if (invalid !== null) return invalid;
  const why = proofRefusal(key, proof, bytes);
  return why === null ? null : `Refused for the key of "${by}": ${why}`;
}
