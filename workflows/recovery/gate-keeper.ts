/**
 * Gates in a workflow: opens one at a time, verifies each decision, reminds, expires.
 *
 * Invariants: a refused decision changes nothing and is told why; a decision is verified once, when
 * it comes, and what is counted has been verified; an expired gate never approves; a gate that its
 * recovery leaves behind (the engine crashed again) is withdrawn, so that a late answer meets a
 * clear refusal.
 */
import { condition, isCancellation, log } from '@temporalio/workflow';
import { digestOf } from '../domain/content/canonical.js';
import {
  afterDecision,
  afterExpiry,
  mismatchOf,
  refusalOf,
  signedParts,
  type GateKind,
  type GateRequest,
  type GateState,
  type SignedDecision,
} from '../domain/gates/gate.js';
import { nextNotice, rulesFor, type GateRules } from '../domain/gates/rules.js';
import type { Approver, RecoveryPolicy } from '../domain/policy/policy.js';
import type { GateRecord } from '../domain/record.js';
import { failure } from '../failure.js';
import { gateIdOf } from '../ids.js';
import type { DecisionReceipt } from '../messages.js';

export interface Question {
  kind: GateKind;
  question: string;
  onApprove: string;
  onReject: string;
  evidence: Record<string, unknown>;
}

export type Answer = 'approved' | 'rejected' | 'expired';

export interface GateKeeper {
  ask(question: Question): Promise<Answer>;
  /** Throws, synchronously, why a decision does not count: for update validators. */
  verify(decision: SignedDecision): void;
  /** Of a decision that `verify` has let pass; its signature is not looked at again. */
  count(decision: SignedDecision): DecisionReceipt;
  open(): GateRequest | null;
}

interface GateOptions {
  incidentId: string;
  /** Asked at each decision. */
  approvers(): readonly Approver[];
  policy: RecoveryPolicy['gates'];
  records: GateRecord[];
  /** Called when a gate opens, when it waits for long, and when it closes. */
  onChange(change: 'opened' | 'reminder' | 'closed', gate: GateRequest): void;
}

interface OpenGate {
  readonly request: GateRequest;
  readonly rules: GateRules;
  readonly record: GateRecord;
  state: GateState;
}

export function createGateKeeper(options: GateOptions): GateKeeper {
  let current: OpenGate | null = null;

  function verify(decision: SignedDecision): void {
    const refusal = refusalOf(decision, current?.request ?? null, options.approvers());
    if (refusal !== null) throw failure('DecisionRefused', refusal);
  }

  function count(decision: SignedDecision): DecisionReceipt {
    if (current === null || mismatchOf(decision, current.request) !== null) {
      throw failure('DecisionRefused', `Gate "${decision.gateId}" is not open any more`);
    }
    const { request, record } = current;
    current.state = afterDecision(current.state, decision, request.quorum);
    const { approver, decidedAtMs } = decision;
    const told = record.decisions.some(
      (known) => known.approver === approver && known.decidedAtMs === decidedAtMs,
    );
    if (!told) record.decisions.push(signedParts(decision));
    const { status } = current.state;
    if (status === 'approved' || status === 'rejected') return { status, gateId: request.gateId };
    const approvals = current.state.status === 'open' ? current.state.approvals.length : 0;
    return { status: 'counted', gateId: request.gateId, approvals, quorum: request.quorum };
  }

  async function ask(question: Question): Promise<Answer> {
    const rules = rulesFor(question.kind, options.policy);
    const request = requestFor(question, rules, options);
    const record = recordOf(request);
    const mine: OpenGate = { request, rules, record, state: { status: 'open', approvals: [] } };
    options.records.push(record);
    current = mine;
    options.onChange('opened', request);
    try {
      await settled(mine, () => options.onChange('reminder', request));
      record.outcome = mine.state.status;
      return mine.state.status === 'open' ? 'expired' : mine.state.status;
    } catch (error) {
      if (isCancellation(error)) record.outcome = 'withdrawn';
      throw error;
    } finally {
      record.closedAtMs = Date.now();
      current = null;
      options.onChange('closed', request);
    }
  }

  return { ask, verify, count, open: () => current?.request ?? null };
}

/** Waits for the answer, or until the gate has expired. */
async function settled(gate: OpenGate, remind: () => void): Promise<void> {
  const { kind, gateId } = gate.request;
  const answered = () => gate.state.status !== 'open';
  for (let reminders = 0; ; reminders += 1) {
    const next = nextNotice(gate.rules, reminders);
    if (next === null) return condition(answered);
    const summary = `${kind}: until the ${next.kind}`;
    if (await condition(answered, next.afterMs, { summary })) return;
    if (next.kind === 'expiry') break;
    remind();
  }
  log.warn('gate expired', { gateId });
  gate.state = afterExpiry(gate.state);
}

function requestFor(question: Question, rules: GateRules, options: GateOptions): GateRequest {
  const { kind, evidence, onApprove, onReject } = question;
  const { roles, quorum, expiresAfterMs } = rules;
  const openedAtMs = Date.now();
  return {
    gateId: gateIdOf(options.incidentId, kind),
    kind,
    attempt: options.records.filter((record) => record.kind === kind).length + 1,
    question: question.question,
    onApprove,
    onReject,
    evidence,
    evidenceHash: digestOf(evidence),
    roles,
    quorum,
    openedAtMs,
    expiresAtMs: expiresAfterMs === null ? null : openedAtMs + expiresAfterMs,
  };
}

function recordOf(request: GateRequest): GateRecord {
  const { gateId, kind, attempt, question, evidenceHash, openedAtMs } = request;
  return {
    gateId,
    kind,
    attempt,
    question,
    evidenceHash,
    openedAtMs,
    closedAtMs: null,
    outcome: 'open',
    decisions: [],
  };
}
