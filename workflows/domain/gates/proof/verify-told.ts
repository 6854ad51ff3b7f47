/**
 * Proves the instructions that a recovery has taken: ticks of its checklist, orders to its ramp.
 *
 * Invariant: each is signed over all that it says, for this incident, by the key that stands with it; none is missing.
 */
import { counted } from '../../content/counted.js';
import type { Approver } from '../approver.js';
import { keyOfProof, proofRefusal } from '../decision.js';
import { keyFault } from '../keys/key.js';
import { instructionBytes } from '../../steering/instruction.js';
import { boundTo, toldStart, type KeptInstruction } from '../../steering/kept.js';
import type { KeptRecord } from './kept-record.js';
import { whyNotTheirs, type Found } from './verify-decision.js';

/** `approvers`: null to take the keys that stand in the record. */
export function verifyTold(
  record: Pick<KeptRecord, 'incidentId' | 'workflowId'>,
  { kept, hash }: NonNullable<KeptRecord['told']>,
  approvers: readonly Approver[] | null,
): Found {
  let previous = toldStart(record);
  for (const one of kept) {
    const fault = faultOf(one, record.incidentId) ?? linkFault(previous, one);
    if (fault !== null) {
      return failed(`${one.told.command} of "${one.told.by}": ${fault}`);
    }
    previous = one.hash;
  }
  if (previous !== hash) return failed('an instruction is missing, or was added');
  const says = `${counted(kept.length, 'instruction')}, chain ${hash}`;
  const strangers = kept.filter(
    ({ key, told }) => approvers !== null && whyNotTheirs(key, told, approvers) !== null,
  );
  if (strangers.length === 0) return { status: 'verified', says: [says] };
  const names = [...new Set(strangers.map(({ told }) => `"${told.by}"`))].join(', ');
  return {
    status: 'unverified',
    says: [says, `signed by keys that are not theirs in this configuration: ${names}`],
  };
}

function faultOf({ told, proof, key }: KeptInstruction, incidentId: string): string | null {
  if (told.incidentId !== incidentId) return 'it is for another incident';
  const own = { name: told.by, roles: [], keys: [key] };
  if (keyOfProof(own, proof) === null) return 'the signature is by another key';
  return keyFault(key) ?? proofRefusal(key, proof, instructionBytes(told));
}

function linkFault(previous: string, one: KeptInstruction): string | null {
  const isNext = one.previous === previous && boundTo(previous, one).hash === one.hash;
  return isNext ? null : 'it does not follow the one before it';
}

function failed(says: string): Found {
  return { status: 'failed', says: [says] };
}
