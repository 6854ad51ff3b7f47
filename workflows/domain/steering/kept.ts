/**
 * Instructions that a recovery itself has taken (ticks of the checklist, its ramp stepped down or paused), as its
 * record keeps them: whole, so that anybody can verify them.
 *
 * Invariants: each is bound to all before it; of a bounded number, and none is ever taken out.
 */
import { digestOf } from '../content/canonical.js';
import type { Approver } from '../gates/approver.js';
import { keyOfProof, type Proof } from '../gates/decision.js';
import type { ApproverKey } from '../gates/keys/key.js';
import type { Instruction, Told } from './instruction.js';

export interface KeptInstruction {
  told: Told;
  proof: Proof;
  /** The approver's own, as it was configured when the instruction was judged. */
  key: ApproverKey;
  roles: string[];
  /** Hash of the one before it, and of this one. */
  previous: string;
  hash: string;
}

export interface ToldRecord {
  kept: KeptInstruction[];
  /** Of the last. */
  hash: string;
}

const MOST_KEPT = 500;

export function toldStart(incident: { incidentId: string; workflowId: string }): string {
  const { incidentId, workflowId } = incident;
  return digestOf({ told: 'instructions', incidentId, workflowId });
}

export function boundTo(
  previous: string,
  { told, proof, key, roles }: Omit<KeptInstruction, 'previous' | 'hash'>,
): KeptInstruction {
  const bound = { previous, told, proof, key, roles };
  return { ...bound, hash: digestOf(bound) };
}

/** Why no more are taken, for who sent it; null where there is room. */
export function fullRefusal(told: ToldRecord | undefined): string | null {
  const count = told?.kept.length ?? 0;
  return count < MOST_KEPT
    ? null
    : `This recovery has taken ${count} instructions: it takes no more`;
}

/** Of one that was verified: what is kept, with it. Null where its signer is nobody by now. */
export function withInstruction(
  record: { incidentId: string; workflowId: string; told?: ToldRecord },
  { told, proof }: Instruction,
  approvers: readonly Approver[],
): ToldRecord | null {
  const person = approvers.find(({ name }) => name === told.by);
  const key = person === undefined ? null : keyOfProof(person, proof);
  if (person === undefined || key === null) return null;
  const before = record.told ?? { kept: [], hash: toldStart(record) };
  const kept = boundTo(before.hash, { told, proof, key, roles: person.roles });
  return { kept: [...before.kept, kept], hash: kept.hash };
}
