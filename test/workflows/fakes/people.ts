/** People with keys, and the decisions they sign. */
import { randomUUID } from 'node:crypto';
import {
  edwardsProof,
  publicKeyOf,
  signDecision,
  type Answer,
  type Decision,
  type Said,
} from '../../../workflows/domain/gates/decision.js';
import type { GateRequest } from '../../../workflows/domain/gates/gate.js';
import {
  instructionBytes,
  type Instruction,
  type Told,
} from '../../../workflows/domain/steering/instruction.js';
import type { Command } from '../../../workflows/domain/steering/table.js';
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
  keys: [{ ed25519: publicKeyOf(privateKey) }],
}));

function sayTo(gate: GateRequest, answer: Answer, person: Person): Said {
  const reason = `looked at the evidence of ${gate.kind}`;
  return { answer, reason, approver: person.name, decidedAtMs: Date.now() };
}

/** `told`: something else than the usual. */
export function tell(
  engineId: string,
  command: Command,
  person: Person = OLGA,
  told: Partial<Told> = {},
): Instruction {
  const usual = {
    version: 1,
    namespace: 'default',
    incidentId: null,
    reason: 'for the test',
  } as const;
  const when = { by: person.name, atMs: Date.now(), id: randomUUID() };
  const whole: Told = { ...usual, engineId, command, ...when, ...told };
  return { told: whole, proof: edwardsProof(instructionBytes(whole), person.privateKey) };
}

/** `shown`: something else than the gate shows. */
export function sign(
  gate: GateRequest,
  answer: Answer,
  person: Person = OLGA,
  change: { said?: Partial<Said>; shown?: Partial<GateRequest> } = {},
): Decision {
  const said = { ...sayTo(gate, answer, person), ...change.said };
  return signDecision({ ...gate, ...change.shown }, said, person.privateKey);
}
