/** People with keys, and the decisions they sign. */
import {
  publicKeyOf,
  signDecision,
  type DecisionContent,
  type GateRequest,
  type SignedDecision,
} from '../../../workflows/domain/gates/gate.js';
import type { Approver } from '../../../workflows/domain/gates/approver.js';

export interface Person {
  name: string;
  roles: string[];
  privateKey: string;
}

export const OLGA: Person = { name: 'olga', roles: ['ops'], privateKey: '01'.repeat(32) };
export const RITA: Person = { name: 'rita', roles: ['risk'], privateKey: '02'.repeat(32) };
export const DEAN: Person = { name: 'dean', roles: ['dev'], privateKey: '03'.repeat(32) };

export const APPROVERS: Approver[] = [OLGA, RITA, DEAN].map(({ name, roles, privateKey }) => ({
  name,
  roles,
  publicKey: publicKeyOf(privateKey),
}));

export function sign(
  gate: GateRequest,
  answer: 'approve' | 'reject',
  person: Person = OLGA,
  change: Partial<DecisionContent> = {},
): SignedDecision {
  const { gateId, attempt, evidenceHash } = gate;
  const content: DecisionContent = {
    gateId,
    attempt,
    evidenceHash,
    answer,
    reason: `looked at the evidence of ${gate.kind}`,
    approver: person.name,
    decidedAtMs: Date.now(),
    ...change,
  };
  return signDecision(content, person.privateKey);
}
