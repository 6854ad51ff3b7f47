/** A question of a step, made into the gate that people are shown and sign. */
import { digestOf } from '../../domain/content/canonical.js';
import type { Said } from '../../domain/gates/decision.js';
import type { GateRequest } from '../../domain/gates/gate.js';
import type { GateKind } from '../../domain/content/gate-kind.js';
import type { Approver } from '../../domain/gates/approver.js';
import type { MarketView } from '../../domain/gates/market.js';
import type { GateRules } from '../../domain/gates/rules.js';
import type { RecoveryRecord } from '../../domain/record.js';
import { gateIdOf } from '../../ids.js';

export interface Question {
  kind: GateKind;
  question: string;
  onApprove: string;
  onReject: string;
  evidence: Record<string, unknown>;
  /** Why what is said does not count, of a question that takes more than yes and no; it is asked when it is said. */
  refusalOf?: (said: Said) => string | null;
}

/** What a question is opened with. */
export interface Opening {
  kind: GateKind;
  rules: GateRules;
  approvers: readonly Approver[];
  market: MarketView;
  openedAtMs: number;
}

/** What a signature is bound to beside the question. */
export interface Surroundings {
  record: RecoveryRecord;
  run: { namespace: string; workflowId: string; runId: string };
  /** The state that the engine boots from, if there is one for this question. */
  stateOf: (kind: GateKind) => Pick<GateRequest, 'stateDigest' | 'noStateBecause'>;
  rulesDigest: () => string;
}

export function requestFor(
  question: Question,
  { roles, quorum, expiresAfterMs }: GateRules,
  { record, run, stateOf, rulesDigest }: Surroundings,
): GateRequest {
  const { kind, evidence, onApprove, onReject } = question;
  const { namespace, workflowId, runId } = run;
  const openedAtMs = Date.now();
  return {
    version: 2,
    namespace,
    workflowId,
    runId,
    gateId: gateIdOf(record.incidentId, kind),
    kind,
    attempt: record.gates.filter((gate) => gate.kind === kind).length + 1,
    question: question.question,
    onApprove,
    onReject,
    evidence,
    evidenceHash: digestOf(evidence),
    ...stateOf(kind),
    roles,
    quorum,
    openedAtMs,
    expiresAtMs: expiresAfterMs === null ? null : openedAtMs + expiresAfterMs,
    rulesDigest: rulesDigest(),
  };
}
