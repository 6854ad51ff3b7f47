/**
 * Gates and decisions in the record of the incident.
 *
 * Invariant: what is kept can be verified by anybody: what was shown, what was said, its proof, and
 * its place among all decisions of the incident.
 */
import type { Approver } from '../../domain/gates/approver.js';
import { isDecision, type AnyDecision } from '../../domain/gates/any-decision.js';
import { chainStart, linked } from '../../domain/gates/chain.js';
import { keyOfProof, shownOf, type Decision } from '../../domain/gates/decision.js';
import type { FormerDecision } from '../../domain/gates/former-decision.js';
import type { GateRequest } from '../../domain/gates/gate.js';
import type { GateRecord, RecoveryRecord } from '../../domain/record.js';

export function recordOfGate(request: GateRequest): GateRecord {
  const { gateId, kind, attempt, question, evidenceHash, evidence, openedAtMs } = request;
  return {
    gateId,
    kind,
    attempt,
    question,
    evidenceHash,
    shown: shownOf(request),
    evidence,
    openedAtMs,
    closedAtMs: null,
    outcome: 'open',
    decisions: [],
  };
}

/** Once, however often it is sent; the same answer of the same person again says nothing new. */
export function keepDecision(
  record: RecoveryRecord,
  gate: GateRecord,
  decision: AnyDecision,
  approvers: readonly Approver[],
): void {
  if (!isDecision(decision)) return keepFormer(gate, decision);
  const { answer, approver } = decision.said;
  const isKnown = gate.decisions.some(
    (kept) => kept.answer === answer && kept.approver === approver,
  );
  if (!isKnown) keepWhole(record, gate, decision, approvers);
}

function keepWhole(
  record: RecoveryRecord,
  gate: GateRecord,
  { said, proof, shownHash }: Decision,
  approvers: readonly Approver[],
): void {
  const person = approvers.find(({ name }) => name === said.approver);
  const key = person === undefined ? null : keyOfProof(person, proof);
  if (person === undefined || key === null) return; // nobody that `verify` has let pass
  const head = record.decisions ?? { count: 0, hash: chainStart(record) };
  const kept = linked(head.hash, { ...said, proof, key, roles: person.roles, shownHash });
  gate.decisions.push(kept);
  record.decisions = { count: head.count + 1, hash: kept.hash };
}

/** Without what came along with it unsigned. */
function keepFormer(gate: GateRecord, decision: FormerDecision): void {
  const { gateId, attempt, evidenceHash, answer, reason, approver, decidedAtMs } = decision;
  const { signature } = decision;
  const content = { gateId, attempt, evidenceHash, answer, reason, approver, decidedAtMs };
  const told = gate.decisions.some(
    (known) => known.approver === approver && known.decidedAtMs === decidedAtMs,
  );
  if (!told) gate.decisions.push({ ...content, signature });
}

export function keepLate(gate: GateRecord, decision: AnyDecision, why: string): void {
  const { answer, reason, approver, decidedAtMs } = isDecision(decision) ? decision.said : decision;
  gate.late = [...(gate.late ?? []), { answer, reason, approver, decidedAtMs, why }];
}
